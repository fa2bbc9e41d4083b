/** The offset, or that before it where it stands in the middle of a character (a surrogate pair). */
export function characterStart(text: string, at: number): number {
  const isLow = at > 0 && at < text.length && (text.charCodeAt(at) & 0xfc00) === 0xdc00;
  return isLow && (text.charCodeAt(at - 1) & 0xfc00) === 0xd800 ? at - 1 : at;
}

/** At most `limit` UTF-16 units from the beginning of the text, in whole characters. */
export function firstOf(text: string, limit: number): string {
  return text.slice(0, characterStart(text, limit));
}
