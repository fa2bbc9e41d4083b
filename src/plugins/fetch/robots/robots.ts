import { GatewayError } from '../../../core/errors.ts';
import type { Answer, WayOut } from '../net/way-out.ts';
import { SingleFlight } from '../single-flight.ts';
import { RobotsRules } from './robots-rules.ts';

const ttlMs = 3_600_000;
const retryMs = 60_000;
const mostOrigins = 500;
const timeoutMs = 10_000;

/** What an origin says to crawlers: its rules, or that nobody may fetch (`reason` says why). */
export type Verdict = { readonly rules: RobotsRules; readonly text: string } | { readonly reason: string };

interface Known {
  readonly until: number;
  readonly verdict: Verdict;
}

/** robots.txt of each origin, fetched over the same guarded way as any page and remembered for an hour. */
export class Robots {
  readonly #known = new Map<string, Known>();
  readonly #flights = new SingleFlight();
  readonly #wayOut: Pick<WayOut, 'run'>;
  readonly #userAgent: string;

  constructor(wayOut: Pick<WayOut, 'run'>, userAgent: string) {
    this.#wayOut = wayOut;
    this.#userAgent = userAgent;
  }

  /** The name that robots.txt files know this crawler by. */
  get product(): string {
    return /^[A-Za-z_-]+/.exec(this.#userAgent)?.[0] ?? '*';
  }

  /** Throws `denied` where robots.txt forbids the URL, and whatever fetching robots.txt throws. */
  async check(url: URL, signal: AbortSignal): Promise<void> {
    const verdict = await this.of(url.origin, signal);
    if ('reason' in verdict) throw forbidden(url, verdict.reason);
    if (!verdict.rules.allows(url, this.product)) {
      throw forbidden(url, `specifies that autonomous fetching of this page is not allowed for ${this.product}`);
    }
  }

  /** Throws whatever fetching robots.txt throws; a failure is the caller's to see, and is not remembered. */
  of(origin: string, signal: AbortSignal): Promise<Verdict> {
    const find = () => {
      const known = this.#known.get(origin);
      return known && known.until > Date.now() ? known.verdict : undefined;
    };
    return this.#flights.run(origin, signal, find, () => this.#fetch(origin, signal));
  }

  async #fetch(origin: string, signal: AbortSignal): Promise<Verdict> {
    const headers = { 'user-agent': this.#userAgent, accept: 'text/plain, */*;q=0.1' };
    const answer = await this.#wayOut.run({ url: `${origin}/robots.txt`, headers, signal, timeoutMs });
    const verdict = verdictOf(answer);
    if (this.#known.size >= mostOrigins) this.#known.delete(this.#known.keys().next().value ?? '');
    this.#known.set(origin, { verdict, until: Date.now() + ('reason' in verdict ? retryMs : ttlMs) });
    return verdict;
  }
}

/** RFC 9309 section 2.3.1; 401 and 403 forbid as in the reference server, although the RFC would allow. */
function verdictOf({ status, body }: Answer): Verdict {
  if (status === 401 || status === 403) return { reason: `answered ${status}, so autonomous fetching is not allowed` };
  if (status >= 500) return { reason: `answered ${status}, which stands for "no" until it can be read` };
  const text = status >= 200 && status < 300 ? body.toString('utf8') : '';
  return { rules: new RobotsRules(text), text };
}

function forbidden(url: URL, reason: string): GatewayError {
  return new GatewayError(
    'denied',
    `The site's robots.txt (${url.origin}/robots.txt) ${reason}. Tell the user that the page ${url.href} was not read; they can fetch it themselves with the "fetch" prompt of this server.`,
  );
}
