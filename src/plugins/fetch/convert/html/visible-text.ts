const invisible =
  /(?![\t\n\r])\p{Cc}|(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}|[\ufff9-\ufffb\ufdd0-\ufdef]|\u200c{2,}|(?:\u200c?\u200d){2,}\u200c?|\ufe0f{2,}|\ufe0e{2,}/gu;
const mayHoldInvisible = /(?![\t\n\r])\p{Cc}|\u034f|[\u00ad\u060c-\u{10ffff}]/u;
/** Most text is of these, which is seen sooner than that nothing else is in it. */
const isPlain = /^[\t\n\r -~]*$/;

/**
 * The text without characters that a reader cannot see and a model reads: tags, bidi overrides, zero width, fillers, and
 * controls other than tab and line ends. Single joiners stay, which Persian, Indic scripts and emoji are written with.
 */
export function visibleText(text: string): string {
  return withoutInvisible(text.includes('\u00a0') ? text.replaceAll('\u00a0', ' ') : text);
}

/** That with its spaces as they are: for text that is not set anew. */
export function withoutInvisible(text: string): string {
  return isPlain.test(text) || !mayHoldInvisible.test(text) ? text : text.replace(invisible, '');
}
