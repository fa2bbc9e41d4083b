const mostUnbounded = 4;
const longestCount = 200;

/** One piece of a pattern that V8, RE2 and ripgrep's engine all have: an escape, a class, a bracket, a quantifier, or a character. */
const piece =
  /\\[dDwWsSbBtnrfv\\.^$|?*+()[\]{}/\-'"`,:;=<>!@#%&~ _]|\[\^?(?:[^[\]\\]|\\[dDwWsStnrfv\\.^$|?*+()[\]{}/\-'" ])+\]|\((?:\?:)?(?!\?)|\)|[*+?]\??|\{(\d{1,4})(,(\d{0,4}))?\}\??|[^\\[\](){}*+?]/uy;

/** A valid expression in which `\A` and `\z` are what they mean where every line is a text: `^` and `$`. */
export function anchorsOfLines(pattern: string): string {
  return pattern.replaceAll(/\\Q.*?(?:\\E|$)|\\./gsu, (one) => (one === '\\A' ? '^' : one === '\\z' ? '$' : one));
}

/** The pieces of a pattern, in order; undefined where it has anything else in it. */
export function piecesOf(pattern: string): RegExpExecArray[] | undefined {
  const pieces: RegExpExecArray[] = [];
  piece.lastIndex = 0;
  while (piece.lastIndex < pattern.length) {
    const found = piece.exec(pattern);
    if (!found) return undefined;
    pieces.push(found);
  }
  return pieces;
}

/**
 * Whether a pattern cannot make V8 backtrack without end: no group is repeated, and few things are. What is left of the
 * risk (a polynomial) is watched by time.
 */
export function isPlainPattern(pattern: string): boolean {
  const pieces = piecesOf(pattern);
  if (!pieces) return false;
  let unbounded = 0;
  let before = '';
  for (const [text, least, comma, most] of pieces) {
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
  for (const [text, least] of piecesOf(pattern) ?? []) {
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
  }
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  return longest.length >= shortestLiteral ? longest : undefined;
}

/** The one character that a piece stands for; undefined for classes, anchors, brackets and quantifiers. */
export function literalOf(text: string): string | undefined {
  if (/^\\[^A-Za-z0-9]$/.test(text)) return text[1];
  return text.length === 1 && /^[\u0020-\u007e]$/.test(text) && !/[.^$|()[\]{}*+?\\]/.test(text) ? text : undefined;
}
