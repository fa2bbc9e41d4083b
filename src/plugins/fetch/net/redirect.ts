import { GatewayError } from '../../../core/errors.ts';

/** One request of a chain, as far as a redirect changes it. */
export interface HopRequest {
  readonly url: URL;
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

const redirectStatus = new Set([301, 302, 303, 307, 308]);

/** Headers that say nothing about who asks, and so may follow to another origin. */
const harmless = new Set(['accept', 'accept-encoding', 'accept-language', 'user-agent']);
const aboutBody = new Set(['content-type', 'content-length', 'content-encoding', 'content-language']);

export function isRedirect(status: number): boolean {
  return redirectStatus.has(status);
}

/**
 * The request that a redirect leads to; `check` holds the target against every URL rule. On another origin only
 * harmless headers stay. Throws `upstream` where the redirect names no target, `denied` on https to http.
 */
export function followRedirect(
  from: HopRequest,
  status: number,
  location: string | undefined,
  rules: { readonly check: (url: string) => URL; readonly allowDowngrade: boolean },
): HopRequest {
  const target = location === undefined ? '' : decodeHeader(location).trim();
  if (target === '' || !URL.canParse(target, from.url.href)) {
    throw new GatewayError(
      'upstream',
      `${from.url.origin} answered ${status} without a usable Location, so there is nothing to read.`,
    );
  }
  const resolved = new URL(target, from.url);
  resolved.hash = '';
  const url = rules.check(resolved.href);
  if (from.url.protocol === 'https:' && url.protocol === 'http:' && !rules.allowDowngrade) {
    throw new GatewayError('denied', `${from.url.origin} redirects from https to plain http, which is not followed.`);
  }
  const becomesGet = status === 303 ? from.method !== 'HEAD' : status <= 302 && from.method === 'POST';
  const isSameOrigin = url.origin === from.url.origin;
  const headers = Object.entries(from.headers).filter(
    ([name]) => (isSameOrigin || harmless.has(name)) && !(becomesGet && aboutBody.has(name)),
  );
  // A body may hold what the headers held: it goes to no origin that the caller did not name.
  const keepsBody = !becomesGet && isSameOrigin;
  return {
    url,
    method: becomesGet ? 'GET' : from.method,
    headers: Object.fromEntries(headers),
    body: keepsBody ? from.body : undefined,
  };
}

/** Header bytes arrive as Latin-1; sites that put raw characters there mean UTF-8, and browsers read it so. */
function decodeHeader(value: string): string {
  const bytes = Buffer.from(value, 'latin1');
  const text = bytes.toString('utf8');
  return text.includes('\ufffd') ? value : text;
}
