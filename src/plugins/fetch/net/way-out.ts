import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import { GatewayError } from '../../../core/errors.ts';
import type { Asker } from '../asker.ts';
import type { FetchSettings } from '../config.ts';
import type { HostGate } from './host-gate.ts';
import type { LazyAgent } from './lazy-agent.ts';
import { acceptedEncodings, readBody } from './read-body.ts';
import { followRedirect, type HopRequest, isRedirect } from './redirect.ts';
import { isClosedConnection, requestFailure } from './request-failure.ts';
import type { UrlRules } from './url-rules.ts';

/** What is wanted from the web. Header names are lower case. */
export interface Errand {
  readonly url: string;
  readonly method?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly timeoutMs?: number;
  /** Decoded bytes that are read, at most the operator's `maxBytes`. */
  readonly maxBytes?: number;
  readonly asker: Asker;
  /** Asked before every hop, after the URL rules: robots.txt. Throws to stop there. */
  readonly beforeHop?: (url: URL, signal: AbortSignal) => Promise<void>;
}

export interface Redirect {
  readonly status: number;
  readonly url: string;
}

/** What came back, read and decoded, of the last hop. */
export interface Answer {
  readonly url: URL;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Whether the body is longer than `maxBytes` and was cut there. */
  readonly cut: boolean;
  /** The hops that led on, in order. */
  readonly redirects: readonly Redirect[];
}

type WayOutSettings = Pick<FetchSettings, 'timeoutMs' | 'maxRedirects' | 'maxBytes' | 'allowDowngrade' | 'hostHeaders'>;

interface Parts {
  readonly rules: UrlRules;
  readonly agent: LazyAgent;
  readonly gate: HostGate;
  readonly settings: WayOutSettings;
  /** Asked before each hop where the agent does not resolve names itself, which is behind a proxy. */
  readonly checkName?: (url: URL) => Promise<void>;
}

/**
 * The one way out of the plugin: every byte it ever reads from the network comes through `run`. Each hop is held
 * against the URL rules; the whole chain has one budget of time, hops and decoded bytes.
 */
export class WayOut {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws `denied`, `invalid_input`, `timeout` or `upstream`; an HTTP error status is an answer like any other. */
  async run(errand: Errand): Promise<Answer> {
    const { rules, settings } = this.#parts;
    const timeoutMs = Math.min(errand.timeoutMs ?? settings.timeoutMs, settings.timeoutMs);
    const deadline = AbortSignal.timeout(timeoutMs);
    const signal = AbortSignal.any([errand.asker.signal, deadline]);
    const maxBytes = Math.min(errand.maxBytes ?? settings.maxBytes, settings.maxBytes);
    const url = rules.check(errand.url);
    url.hash = '';
    const headers = { ...errand.headers, ...this.#operatorHeaders(url) };
    let hop: HopRequest = { url, method: errand.method ?? 'GET', headers, body: errand.body };
    const redirects: Redirect[] = [];
    const progress = { isWaiting: false };
    try {
      for (;;) {
        await errand.beforeHop?.(hop.url, signal);
        const answer = await this.#hop(hop, maxBytes, { caller: errand.asker.principal.id, signal, progress });
        if (!('location' in answer)) return { ...answer, url: hop.url, redirects };
        if (redirects.length >= settings.maxRedirects) {
          throw new GatewayError('upstream', `${url.origin} redirects more than ${settings.maxRedirects} times.`);
        }
        redirects.push({ status: answer.status, url: hop.url.href });
        hop = followRedirect(hop, answer.status, answer.location, {
          check: (target) => rules.check(target),
          allowDowngrade: settings.allowDowngrade,
        });
      }
    } catch (error) {
      const budget = { timeoutMs, limitMs: settings.timeoutMs, ...progress };
      throw requestFailure(error, hop.url, budget, { deadline, caller: errand.asker.signal });
    }
  }

  async #hop(
    hop: HopRequest,
    maxBytes: number,
    comer: { readonly caller: string; readonly signal: AbortSignal; readonly progress: { isWaiting: boolean } },
  ): Promise<Omit<Answer, 'url' | 'redirects'> | { readonly status: number; readonly location: string | undefined }> {
    const { agent, gate, checkName } = this.#parts;
    const { signal, progress } = comer;
    const dispatcher = await agent.get();
    const { request } = await import('undici');
    progress.isWaiting = true;
    return gate.through(hop.url.hostname, comer, async () => {
      progress.isWaiting = false;
      const send = async () => {
        signal.throwIfAborted();
        await checkName?.(hop.url);
        return request(hop.url, {
          dispatcher,
          method: hop.method as Dispatcher.HttpMethod,
          headers: { ...hop.headers, 'accept-encoding': acceptedEncodings },
          body: hop.body ?? null,
          signal,
        });
      };
      const response = await send().catch((error: unknown) => {
        if (!isRepeatable(hop) || !isClosedConnection(error)) throw error;
        return send();
      });
      const { statusCode: status, headers, body } = response;
      if (isRedirect(status)) {
        body.once('error', () => undefined).destroy(); // nothing in a redirect's body is wanted
        return { status, location: one(headers.location) };
      }
      const isBare = hop.method === 'HEAD' || status === 204 || status === 304; // names an encoding, sends nothing encoded
      const encoding = isBare ? undefined : one(headers['content-encoding']);
      const read = await readBody(body, encoding, maxBytes);
      return { status, headers, body: read.bytes, cut: read.cut };
    });
  }

  #operatorHeaders(url: URL): Record<string, string> {
    const own = url.protocol === 'https:' ? this.#parts.settings.hostHeaders[url.hostname] : undefined;
    return Object.fromEntries(Object.entries(own ?? {}).map(([name, value]) => [name.toLowerCase(), value]));
  }
}

/** Whether a site may be asked again without asking it for more (RFC 9110 section 9.2.2). */
function isRepeatable({ method, body }: HopRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && body === undefined;
}

/** The first value of a header that may have come several times. */
export function one(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
