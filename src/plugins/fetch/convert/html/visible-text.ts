const invisible =
  /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}]/gu;
const mayHoldInvisible = /[\u00ad\u060c-\u{10ffff}]/u;

/** The text without characters that a reader cannot see and a model reads: tags, bidi overrides, zero width. */
export function visibleText(text: string): string {
  if (!mayHoldInvisible.test(text)) return text.includes('\u00a0') ? text.replaceAll('\u00a0', ' ') : text;
  return text.replaceAll('\u00a0', ' ').replace(invisible, '');
}
