import { GatewayError } from '../../../core/errors.ts';
import type { Asker } from '../asker.ts';
import type { Answer, WayOut } from '../net/way-out.ts';
import { SingleFlight } from '../single-flight.ts';
import { RobotsRules } from './robots-rules.ts';

const ttlMs = 3_600_000;
const retryMs = 60_000;
const mostOrigins = 500;
const mostKept = 16 * 1024 * 1024;
const mostBytes = 512_000; // RFC 9309 section 2.5: at least 500 KiB are parsed
const timeoutMs = 10_000;

/** What an origin says to crawlers: its rules, or that nobody may fetch (`reason` says why). */
export type Verdict = { readonly rules: RobotsRules; readonly text: string } | { readonly reason: string };

interface Known {
  readonly until: number;
  readonly verdict: Verdict;
  /** Bytes of memory, roughly. */
  readonly weight: number;
}

/** robots.txt of each origin, fetched over the same guarded way as any page and remembered for an hour. */
export class Robots {
  readonly #known = new Map<string, Known>();
  #kept = 0;
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
  async check(url: URL, asker: Asker): Promise<void> {
    const verdict = await this.of(url.origin, asker);
    if ('reason' in verdict) throw forbidden(url, verdict.reason);
    if (!verdict.rules.allows(url, this.product)) {
      throw forbidden(url, `specifies that autonomous fetching of this page is not allowed for ${this.product}`);
    }
  }

  /** Throws whatever fetching robots.txt throws; a failure is the caller's to see, and is not remembered. */
  of(origin: string, asker: Asker): Promise<Verdict> {
    const find = () => {
      const known = this.#known.get(origin);
      return known && known.until > Date.now() ? known.verdict : undefined;
    };
    return this.#flights.run(origin, asker.signal, find, () => this.#fetch(origin, asker));
  }

  async #fetch(origin: string, asker: Asker): Promise<Verdict> {
    const headers = { 'user-agent': this.#userAgent, accept: 'text/plain, */*;q=0.1' };
    const answer = await this.#wayOut.run({
      url: `${origin}/robots.txt`,
      headers,
      asker,
      timeoutMs,
      maxBytes: mostBytes,
    });
    const verdict = verdictOf(answer);
    this.#keep(origin, verdict);
    return verdict;
  }

  /** Bytes of memory that what is remembered takes, roughly. */
  get keptBytes(): number {
    return this.#kept;
  }

  #keep(origin: string, verdict: Verdict): void {
    this.#forget(origin);
    const isNo = 'reason' in verdict;
    const weight = isNo ? 200 : verdict.rules.weight;
    this.#known.set(origin, { verdict, weight, until: Date.now() + (isNo ? retryMs : ttlMs) });
    this.#kept += weight;
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= mostOrigins && this.#kept <= mostKept) break;
      this.#forget(oldest);
    }
  }

  #forget(origin: string): void {
    this.#kept -= this.#known.get(origin)?.weight ?? 0;
    this.#known.delete(origin);
  }
}

/** RFC 9309 section 2.3.1; 401 and 403 forbid as in the reference server, although the RFC would allow. */
function verdictOf({ url, status, body, cut }: Answer): Verdict {
  if (status === 401 || status === 403) return { reason: `answered ${status}, so autonomous fetching is not allowed` };
  if (status >= 500) return { reason: `answered ${status}, which stands for "no" until it can be read` };
  const whole = status >= 200 && status < 300 ? body.toString('utf8') : '';
  // Half a line at the cut could say something else than the whole one.
  const text = cut ? whole.slice(0, Math.max(whole.lastIndexOf('\n'), whole.lastIndexOf('\r')) + 1) : whole;
  return { rules: new RobotsRules(text, url.href), text };
}

function forbidden(url: URL, reason: string): GatewayError {
  return new GatewayError(
    'denied',
    `The site's robots.txt (${url.origin}/robots.txt) ${reason}. Tell the user that the page ${url.href} was not read; they can fetch it themselves with the "fetch" prompt of this server.`,
  );
}
