import { GatewayError } from '../../core/errors.ts';

/** Headers that shape the connection itself, and those the plugin writes: no configuration opens these to a caller. */
const never = new Set([
  ...['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'te', 'trailer', 'expect', 'keep-alive'],
  ...['accept-encoding', 'user-agent', 'via', 'forwarded', 'if-none-match', 'if-modified-since', 'if-range', 'range'],
]);
const most = 32;

/** The caller's headers in lower case; throws `denied` for a name that the operator did not list, `invalid_input` for a bad value. */
export function callerHeaders(
  headers: Readonly<Record<string, string>> | undefined,
  allowed: readonly string[],
): Record<string, string> {
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  const entries = Object.entries(headers ?? {});
  if (entries.length > most) throw new GatewayError('invalid_input', `At most ${most} headers can be set.`);
  const checked = entries.map(([name, value]): [string, string] => {
    const lower = name.toLowerCase();
    if (!names.has(lower) || never.has(lower) || /^(proxy|sec|x-forwarded)-/.test(lower)) {
      throw new GatewayError(
        'denied',
        `The header "${name.slice(0, 60)}" may not be set here; allowed are: ${allowed.join(', ') || 'none'} (plugins.fetch.allowHeaders).`,
      );
    }
    if (!/^[\t\x20-\x7e\x80-\xff]{0,4096}$/.test(value)) {
      throw new GatewayError(
        'invalid_input',
        `The value of the header "${lower}" holds characters that a header cannot have.`,
      );
    }
    return [lower, value];
  });
  return Object.fromEntries(checked);
}
