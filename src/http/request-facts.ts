import type { IncomingMessage } from 'node:http';

/** Header lines that one request may have. */
export const maxHeaders = 100;

/** The headers that the guards judge, each with every line it came in: Node itself would keep only the first. */
export interface RequestFacts {
  readonly count: number;
  readonly host: readonly string[];
  readonly origin: readonly string[];
  readonly authorization: readonly string[];
  readonly apiKey: readonly string[];
}

const none: readonly string[] = [];

/** Collects the judged headers in one pass over the raw ones. */
export function readFacts({ rawHeaders }: IncomingMessage): RequestFacts {
  let host = none;
  let origin = none;
  let authorization = none;
  let apiKey = none;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i] ?? '';
    const value = rawHeaders[i + 1] ?? '';
    // Lengths first: nearly every header is none of the four, and lower-casing each would cost more than the rest.
    if (name.length === 4 && name.toLowerCase() === 'host') host = [...host, value];
    else if (name.length === 6 && name.toLowerCase() === 'origin') origin = [...origin, value];
    else if (name.length === 13 && name.toLowerCase() === 'authorization') authorization = [...authorization, value];
    else if (name.length === 9 && name.toLowerCase() === 'x-api-key') apiKey = [...apiKey, value];
  }
  return { count: rawHeaders.length / 2, host, origin, authorization, apiKey };
}
