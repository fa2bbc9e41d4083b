import { GatewayError } from './errors.ts';

/** Deepest nesting that a request body may have; clients use under 20. */
export const maxDepth = 128;

/** Whether a parsed JSON value is an object, and neither null nor an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether brackets in the text nest deeper than `limit`; strings are skipped. Never recurses. */
export function nestsDeeperThan(text: string, limit: number): boolean {
  // Hardly any text has so many brackets, wherever they stand, and counting them is native and far quicker than the scan.
  if (count(text, '{', limit + 1) + count(text, '[', limit + 1) <= limit) return false;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x22) {
      i = endOfString(text, i);
    } else if (code === 0x5b || code === 0x7b) {
      if (++depth > limit) return true;
    } else if (code === 0x5d || code === 0x7d) {
      depth--;
    }
  }
  return false;
}

/** How often a character occurs; counted up to `most`. */
function count(text: string, character: string, most: number): number {
  let found = 0;
  for (let i = text.indexOf(character); i !== -1 && found < most; i = text.indexOf(character, i + 1)) found++;
  return found;
}

function endOfString(text: string, start: number): number {
  for (let i = text.indexOf('"', start + 1); i !== -1; i = text.indexOf('"', i + 1)) {
    let backslashes = 0;
    while (text.charCodeAt(i - 1 - backslashes) === 0x5c) backslashes++;
    if (backslashes % 2 === 0) return i;
  }
  return text.length;
}

/**
 * Serialises a tool's data as valid JSON: a bigint becomes a string, lone surrogates are escaped as `JSON.stringify` does.
 * Throws `invalid_output` for what has no JSON form (a cycle, or nothing at all) and `too_large` above `maxBytes`.
 */
export function stringifyResult(data: unknown, maxBytes: number): string {
  let json: string | undefined;
  try {
    json = jsonOf(data);
  } catch (cause) {
    // V8 refuses a string over its length limit with a RangeError; everything else here is a cycle or a throwing toJSON.
    if (cause instanceof RangeError) throw tooLarge(maxBytes, cause);
    throw new GatewayError('invalid_output', 'The tool returned data that has no JSON form.', { cause });
  }
  if (json === undefined) throw new GatewayError('invalid_output', 'The tool returned no data.');
  if (isLongerThan(json, maxBytes)) throw tooLarge(maxBytes);
  return json;
}

/** Whether a text has more bytes of UTF-8; counted only where it may have, a character being one to three. */
function isLongerThan(text: string, bytes: number): boolean {
  return text.length > bytes || (text.length * 3 > bytes && Buffer.byteLength(text) > bytes);
}

/** A replacer doubles the cost, so it is used only where a bigint asks for it. */
function jsonOf(data: unknown): string | undefined {
  try {
    return JSON.stringify(data);
  } catch (error) {
    if (error instanceof TypeError) return JSON.stringify(data, bigintAsString);
    throw error;
  }
}

function bigintAsString(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? value.toString() : value;
}

function tooLarge(maxBytes: number, cause?: unknown): GatewayError {
  return new GatewayError(
    'too_large',
    `The result is larger than the gateway sends (${maxBytes} bytes, limits.resultBytes). Ask for less: a lower limit, fewer rows, a narrower range, a page at a time.`,
    { cause },
  );
}
