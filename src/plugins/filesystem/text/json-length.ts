const longestEscape = 6;
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for here
const longEscaped = /[\0-\x07\x0b\x0e-\x1f\ud800-\udfff]/;
/** Control characters with an escape of two characters: \b \t \n \f \r. */
const shortEscapes = new Set([8, 9, 10, 12, 13]);

/** Whether JSON writes a text with more than `most` characters between its quotes; found out without writing it. */
export function isLongerInJson(text: string, most: number): boolean {
  if (text.length * longestEscape <= most) return false;
  if (text.length * 2 <= most && !longEscaped.test(text)) return false; // nearly always
  let left = most - text.length;
  for (let at = 0; at < text.length && left >= 0; at++) {
    const code = text.charCodeAt(at);
    if (code < 0x20) left -= shortEscapes.has(code) ? 1 : longestEscape - 1;
    else if (code === 0x22 || code === 0x5c) left--;
    else if (code >= 0xd800 && code <= 0xdfff) {
      if ((text.codePointAt(at) ?? 0) > 0xffff) at++;
      else left -= longestEscape - 1;
    }
  }
  return left < 0;
}
