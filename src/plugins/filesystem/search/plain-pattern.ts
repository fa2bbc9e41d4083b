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

const shortestLiteral = 3;

/**
 * The longest ASCII text that every match of a plain pattern has in it; undefined where none is sure. Files without it
 * need not be looked at.
 */
export function requiredLiteral(pattern: string): string | undefined {
  if (pattern.includes('|') || !isPlainPattern(pattern)) return undefined;
  const runs = [''];
  let afterLiteral = false;
  let before = '';
  piece.lastIndex = 0;
  for (let found = piece.exec(pattern); found; found = piece.exec(pattern)) {
    const [text, least] = found;
    if (before === ')' && text.startsWith('?')) return undefined; // the whole group may be absent
    const literal = literalOf(text);
    if (literal !== undefined) runs.push(`${runs.pop() ?? ''}${literal}`);
    else {
      const mayBeAbsent = /^[*?]/.test(text) || (least !== undefined && Number(least) === 0);
      if (afterLiteral && mayBeAbsent) runs.push((runs.pop() ?? '').slice(0, -1));
      runs.push('');
    }
    afterLiteral = literal !== undefined;
    before = text;
    if (piece.lastIndex >= pattern.length) break;
  }
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  return longest.length >= shortestLiteral ? longest : undefined;
}

/** The one character that a piece stands for; undefined for classes, anchors, brackets and quantifiers. */
function literalOf(text: string): string | undefined {
  if (/^\\[^A-Za-z0-9]$/.test(text)) return text[1];
  return text.length === 1 && /^[\u0020-\u007e]$/.test(text) && !/[.^$|()[\]{}*+?\\]/.test(text) ? text : undefined;
}
