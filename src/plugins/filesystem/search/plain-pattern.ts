const mostUnbounded = 4;
const longestCount = 200;

/** One piece of a pattern that V8 and RE2 read alike: an escape, a class, a bracket, a quantifier, or a character. */
const piece =
  /\\[dDwWsSbBtnrfv\\.^$|?*+()[\]{}/\-'"`,:;=<>!@#%&~ _]|\[\^?(?:[^[\]\\]|\\[dDwWsStnrfv\\.^$|?*+()[\]{}/\-'" ])+\]|\((?:\?:)?(?!\?)|\)|[*+?]\??|\{(\d{1,4})(,(\d{0,4}))?\}\??|[^\\[\](){}*+?]/y;

/**
 * Whether a pattern means the same to V8 as to RE2 and cannot make V8 backtrack without end: no group is repeated, and
 * few things are. What is left of the risk (a polynomial) is watched by time.
 */
export function isPlainPattern(pattern: string): boolean {
  let unbounded = 0;
  let before = '';
  piece.lastIndex = 0;
  while (piece.lastIndex < pattern.length) {
    const found = piece.exec(pattern);
    if (!found) return false;
    const [text, least, comma, most] = found;
    if (/^[*+{]/.test(text)) {
      if (before === ')' || Number(most || least || 0) > longestCount) return false;
      if (least === undefined || (comma !== undefined && most === '')) unbounded++;
    }
    before = text;
  }
  return unbounded <= mostUnbounded;
}
