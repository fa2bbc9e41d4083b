import { GatewayError } from '../../../core/errors.ts';

const hints: Readonly<Record<number, string>> = {
  304: 'The site says that nothing changed since a copy that is not here any more; max_age_s: 0 asks again.',
  401: 'The page is for those who are signed in, which this server is not. Tell the user, or use another source.',
  402: 'The page is for those who pay. Tell the user, or use another source.',
  403: 'The site does not let this server read the page. Tell the user, or use another source.',
  404: 'Check the URL, or look for the page with fetch_site.',
  405: 'The URL takes no GET requests, so it is no page to read. Check the URL.',
  408: 'The site gave up waiting. Try again.',
  410: 'The page was taken away for good. Look for another with fetch_site.',
  418: 'The site refuses to answer. Use another source.',
  429: 'Wait before asking this site again.',
  451: 'The page may not be shown for legal reasons. Use another source.',
};

/** An HTTP status as the error it is to a caller, and what to do next. */
export function httpError(
  url: string,
  status: number,
  { isRemembered = false, retryAfter }: { readonly isRemembered?: boolean; readonly retryAfter?: string | undefined },
): GatewayError {
  const wait = waitOf(retryAfter);
  const hint =
    hints[status] ??
    (status >= 500 ? 'The site has a fault or is overloaded. Try again later.' : 'Check the URL and its parameters.');
  const after = wait === undefined ? '' : ` The site asks to wait ${wait}.`;
  const age = isRemembered
    ? ' The site said so a few seconds ago; ask again in 10 seconds, or at once with max_age_s: 0 where the tool has it.'
    : '';
  return new GatewayError('upstream', `Failed to fetch ${url} - status code ${status}. ${hint}${after}${age}`, {
    details: { status },
  });
}

/** What Retry-After says (RFC 9110 section 10.2.3), in this server's own words; undefined where it is not to be read. */
function waitOf(retryAfter: string | undefined): string | undefined {
  const text = retryAfter?.trim() ?? '';
  if (/^\d{1,9}$/.test(text)) return `${Number(text)} seconds`;
  const time = /^[A-Za-z]{3,9},/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(time) ? undefined : `until ${new Date(time).toISOString()}`;
}
