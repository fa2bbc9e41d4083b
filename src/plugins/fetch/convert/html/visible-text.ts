const invisible =
  /(?![\t\n\r])\p{Cc}|[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0d\ufeff\uffa0\ufff0-\ufffb\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]|[\u200c\u200d]{2,}|[\ufe0e\ufe0f]{2,}/gu;
const mayHoldInvisible = /(?![\t\n\r])\p{Cc}|[\u00ad\u034f\u060c-\u{10ffff}]/u;

/**
 * The text without characters that a reader cannot see and a model reads: tags, bidi overrides, zero width, fillers, and
 * controls other than tab and line ends. Single joiners stay, which Persian, Indic scripts and emoji are written with.
 */
export function visibleText(text: string): string {
  const spaced = text.includes('\u00a0') ? text.replaceAll('\u00a0', ' ') : text;
  return mayHoldInvisible.test(spaced) ? spaced.replace(invisible, '') : spaced;
}
