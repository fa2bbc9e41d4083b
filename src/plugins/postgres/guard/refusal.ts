import { GatewayError } from '../../../core/errors.ts';

/** Characters of a line that an error shows on each side of the place it speaks of. */
const context = 60;

/** A refusal of a statement: `what` says what and what to do instead; the place is shown with a caret under it. */
export function refusal(
  code: 'denied' | 'invalid_input',
  what: string,
  sql: string,
  byteOffset: number | undefined,
  cause?: unknown,
): GatewayError {
  if (byteOffset === undefined) return new GatewayError(code, what, { cause });
  const { line, column, excerpt } = placeOf(sql, charIndexOf(sql, byteOffset));
  return new GatewayError(code, `${what}\nLine ${line}, column ${column}:\n${excerpt}`, {
    cause,
    details: { line, column },
  });
}

/** The index in a JavaScript string of a byte of its UTF-8 form. */
function charIndexOf(sql: string, byteOffset: number): number {
  return Buffer.from(sql).toString('utf8', 0, byteOffset).length;
}

/** The byte of a text's UTF-8 form at which its n-th character (code point, as PostgreSQL counts) begins. */
export function byteOffsetOf(sql: string, character: number): number {
  return Buffer.byteLength([...sql].slice(0, character).join(''));
}

/** Where an index of a text stands, from 1 as people count, and its line with a caret under it; long lines are cut. */
export function placeOf(sql: string, index: number): { line: number; column: number; excerpt: string } {
  const before = sql.slice(0, index).split(/\r\n|\r|\n/);
  const lineStart = index - (before.at(-1)?.length ?? 0);
  const rest = sql.slice(lineStart).split(/\r|\n/, 1)[0] ?? '';
  const column = index - lineStart;
  const from = Math.max(0, column - context);
  const to = Math.min(rest.length, column + context);
  const shown = rest.slice(from, to).replaceAll(/\p{C}|\p{Z}/gu, ' ');
  const excerpt = `  ${from > 0 ? '…' : ''}${shown}${to < rest.length ? '…' : ''}`;
  const caret = ' '.repeat(2 + (from > 0 ? 1 : 0) + column - from);
  return { line: before.length, column: column + 1, excerpt: `${excerpt}\n${caret}^` };
}
