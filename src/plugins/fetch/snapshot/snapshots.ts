import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../../core/errors.ts';
import type { Asker } from '../asker.ts';
import type { FetchSettings } from '../config.ts';
import type { UrlRules } from '../net/url-rules.ts';
import { type Answer, one, type WayOut } from '../net/way-out.ts';
import type { Robots } from '../robots/robots.ts';
import { SingleFlight } from '../single-flight.ts';
import { rawFileUrl } from './code-host.ts';
import { httpError } from './http-error.ts';
import { MissingPages } from './missing-pages.ts';
import type { Snapshot, SnapshotCache } from './snapshot-cache.ts';

/** A caller's wish for a page. */
export interface Ask {
  readonly url: string;
  /** What is preferred where the site has several forms. */
  readonly accept: 'markdown' | 'html';
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds; the operator's time to live where absent. 0 asks the site every time. */
  readonly maxAgeS: number | undefined;
  /** Whether this reads on in a page already begun: then any snapshot will do, so that offsets stay true. */
  readonly isContinuation: boolean;
  readonly timeoutMs: number | undefined;
  /** A person asked, not a model: robots.txt is not for them. */
  readonly isUser: boolean;
}

export interface Taken {
  readonly snapshot: Snapshot;
  readonly fromCache: boolean;
}

const accepts = {
  markdown: 'text/markdown, text/html;q=0.9, application/xhtml+xml;q=0.9, */*;q=0.5',
  html: 'text/html, application/xhtml+xml, */*;q=0.8',
} as const;

interface Parts {
  readonly settings: FetchSettings;
  readonly rules: UrlRules;
  readonly wayOut: Pick<WayOut, 'run'>;
  readonly robots: Pick<Robots, 'check'>;
  readonly cache: SnapshotCache;
  readonly userAgents: { readonly autonomous: string; readonly user: string };
}

/** Pages as they were when they were fetched: from memory while fresh, asked after when old, fetched otherwise. */
export class Snapshots {
  readonly #parts: Parts;
  readonly #flights = new SingleFlight();
  readonly #missing = new MissingPages();

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Throws what the way out and robots.txt throw, and `upstream` for an HTTP error status. */
  async take(ask: Ask, asker: Asker): Promise<Taken> {
    const { cache, settings } = this.#parts;
    const url = this.#effectiveUrl(ask.url);
    const headers = Object.entries(ask.headers).sort();
    const key = JSON.stringify([url, ask.accept, ask.isUser, headers]);
    const missingKey = JSON.stringify([url, ask.isUser, headers]);
    const begun = Date.now();
    const find = () => {
      const known = cache.get(key);
      // What another call fetched while this one waited is as fresh as anything this one could fetch.
      const isFound = known && (isFresh(known, ask, settings.cacheTtlMs) || known.fetchedAt > begun);
      if (isFound) return { snapshot: known, fromCache: true };
      const maxAgeMs = ask.maxAgeS === undefined ? settings.cacheTtlMs : ask.maxAgeS * 1000;
      const status = this.#missing.statusOf(missingKey, maxAgeMs, begun);
      if (status !== undefined) throw httpError(ask.url, status, { isRemembered: true });
      return undefined;
    };
    return this.#flights.run(key, asker.signal, find, () => this.#renew(url, { key, missingKey }, ask, asker));
  }

  async #renew(
    url: string,
    { key, missingKey }: { readonly key: string; readonly missingKey: string },
    ask: Ask,
    asker: Asker,
  ): Promise<Taken> {
    const { cache } = this.#parts;
    const cached = cache.get(key);
    const answer = await this.#fetch(url, ask, cached, asker);
    this.#missing.forget(missingKey);
    this.#missing.remember(missingKey, answer.status);
    if (answer.status === 304 && cached) {
      cached.fetchedAt = Date.now();
      return { snapshot: cached, fromCache: true };
    }
    if (answer.status >= 400 || answer.status === 304)
      throw httpError(ask.url, answer.status, { retryAfter: one(answer.headers['retry-after']) });
    const snapshot = snapshotOf(ask.url, answer, cached);
    cache.put(key, snapshot);
    return { snapshot, fromCache: false };
  }

  #fetch(url: string, ask: Ask, cached: Snapshot | undefined, asker: Asker): Promise<Answer> {
    const { settings, robots, userAgents, wayOut } = this.#parts;
    const headers: Record<string, string> = {
      'accept-language': 'en, *;q=0.5',
      ...ask.headers,
      'user-agent': ask.isUser ? userAgents.user : userAgents.autonomous,
      accept: accepts[ask.accept],
    };
    if (cached?.etag !== undefined) headers['if-none-match'] = cached.etag;
    if (cached?.lastModified !== undefined) headers['if-modified-since'] = cached.lastModified;
    const asksRobots = settings.obeyRobots && !ask.isUser;
    return wayOut.run({
      url,
      headers,
      asker,
      ...(ask.timeoutMs === undefined ? {} : { timeoutMs: ask.timeoutMs }),
      ...(asksRobots ? { beforeHop: (hop, signal) => robots.check(hop, { principal: asker.principal, signal }) } : {}),
    });
  }

  /** The URL that is really fetched: without fragment, and the raw file of a code host where that may be reached. */
  #effectiveUrl(text: string): string {
    const { rules, settings } = this.#parts;
    const url = rules.check(text);
    url.hash = '';
    const raw = settings.rewriteCodeHosts ? rawFileUrl(url) : undefined;
    if (raw === undefined) return url.href;
    try {
      return rules.check(raw).href;
    } catch (error) {
      if (error instanceof GatewayError) return url.href; // the operator allows the page, not the file's host
      throw error;
    }
  }
}

function isFresh(snapshot: Snapshot, ask: Ask, ttlMs: number): boolean {
  const age = Date.now() - snapshot.fetchedAt;
  if (ask.maxAgeS !== undefined) return age < ask.maxAgeS * 1000;
  return ask.isContinuation || (!snapshot.isVolatile && age < ttlMs);
}

function snapshotOf(requestedUrl: string, answer: Answer, before: Snapshot | undefined): Snapshot {
  const control = one(answer.headers['cache-control'])?.toLowerCase() ?? '';
  return {
    id: randomUUID(),
    requestedUrl,
    finalUrl: answer.url.href,
    status: answer.status,
    contentType: one(answer.headers['content-type']),
    etag: one(answer.headers.etag),
    lastModified: one(answer.headers['last-modified']),
    isVolatile: /no-store|no-cache|max-age=0/.test(control),
    redirects: answer.redirects,
    body: answer.body,
    cut: answer.cut,
    fetchedAt: Date.now(),
    hasChanged: before !== undefined && !before.body.equals(answer.body),
    documents: new Map(),
  };
}
