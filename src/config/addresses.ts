import { isIP } from 'node:net';

/** Whether the text is an IP address, or a range such as `10.0.0.0/8` or `fd00::/8`. */
export function isAddressOrRange(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  if (bits === undefined) return true;
  return /^[0-9]{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

/** Whether the text is what a browser sends as Origin: scheme, host and port, nothing behind them; or the word `null`. */
export function isOrigin(text: string): boolean {
  return text === 'null' || (/^[a-z][a-z0-9+.-]*:\/\/[^/?#@\s]+$/.test(text) && parse(text) !== null);
}

/** Whether the text is a Host header's value: a name or address with or without a port. */
export function isHostHeader(text: string): boolean {
  const url = parse(`http://${text}`);
  return url !== null && /^[^\s/@?#\\]+$/.test(text);
}

/** Whether the text is an http(s) URL fit to prepend to paths: no credentials, query or fragment. */
export function isBaseUrl(text: string): boolean {
  const url = parse(text);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return false;
  return url.username === '' && url.password === '' && !/[?#\s]/.test(text);
}

/** Whether a bind address is reachable from this machine only. */
export function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[(.*)\]$/, '$1').toLowerCase();
  if (bare === 'localhost' || bare === '::1') return true;
  return isIP(bare.replace(/^::ffff:/, '')) === 4 && /^(::ffff:)?127\./.test(bare);
}

function parse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}
