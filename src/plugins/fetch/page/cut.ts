const candidates = 40;

/**
 * Where a part of at most `maxLength` characters that begins at `start` ends: after a block where that keeps at least
 * half of the length, else after a line or a word, never inside a surrogate pair. Parts joined give the text again.
 */
export function cutAt(text: string, start: number, maxLength: number): number {
  const limit = start + maxLength;
  if (limit >= text.length) return text.length;
  const least = start + Math.floor(maxLength / 2);
  const block = blockBoundary(text, start, least, limit);
  if (block !== undefined) return block;
  for (const separator of ['\n', ' ']) {
    const at = text.lastIndexOf(separator, limit - separator.length);
    if (at >= least) return at + separator.length;
  }
  const code = text.charCodeAt(limit - 1);
  const splitsPair = code >= 0xd800 && code <= 0xdbff;
  return splitsPair ? (maxLength > 1 ? limit - 1 : limit + 1) : limit;
}

/** The last blank line that is not inside a fence opened in this part. */
function blockBoundary(text: string, start: number, least: number, limit: number): number | undefined {
  let first: number | undefined;
  let at = text.lastIndexOf('\n\n', limit - 2);
  for (let tries = 0; at >= least && tries < candidates; tries++) {
    first ??= at + 2;
    const fences = text.slice(start, at).match(/^ *`{3,}/gm)?.length ?? 0;
    if (fences % 2 === 0) return at + 2;
    at = text.lastIndexOf('\n\n', at - 1);
  }
  return first;
}
