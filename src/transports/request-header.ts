import type { IncomingMessage } from 'node:http';

/**
 * A request header by its lower-case name; what came in several lines is joined or cut to the first by Node's rules. It is
 * looked up in the lines as they came: Node's `headers` first makes an object of all of them, most of which nobody asks for.
 */
export function requestHeader(incoming: IncomingMessage, name: string): string | undefined {
  const { rawHeaders } = incoming;
  let found: string | undefined;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const line = rawHeaders[i] ?? '';
    if (line.length !== name.length || line.toLowerCase() !== name) continue;
    if (found !== undefined) return repeatedHeader(incoming, name);
    found = rawHeaders[i + 1];
  }
  return found;
}

function repeatedHeader({ headers }: IncomingMessage, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
