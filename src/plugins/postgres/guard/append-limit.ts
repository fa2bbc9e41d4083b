import type { ParsedStatement } from './parse-statement.ts';
import { parse } from './parser.ts';
import { asNode, child, list, type Node } from './tree.ts';

export interface Page {
  /** Rows wanted at most; Infinity for a statement whose rows nobody counts, such as one to be explained. */
  readonly maxRows: number;
  /** Rows of the result to leave out first. */
  readonly offset: number;
}

/** Longest statement, in characters, that is worth a second parse. */
const maxRewritten = 25_000;

export interface PagedText {
  readonly text: string;
  readonly limitApplied: boolean;
  readonly skipRows: number;
}

/**
 * The statement with `LIMIT maxRows + 1` (one more tells whether there are more) and its offset written behind it, where
 * it is a SELECT with no LIMIT of its own and not very long, so that the server plans for a page. The result is parsed again and must be
 * the same tree with that limit; where it is not, or does not parse, nothing is appended and the engine skips and cuts the rows.
 */
export async function appendLimit(sql: string, statement: ParsedStatement, page: Page): Promise<PagedText> {
  const text = onlyStatement(sql, statement);
  const unpaged = { text, limitApplied: false, skipRows: page.offset };
  const select = child(statement.tree, 'SelectStmt');
  const pageable = Number.isFinite(page.maxRows) && text.length <= maxRewritten;
  if (!select || !pageable || 'limitCount' in select) return unpaged;
  const ownOffset = 'limitOffset' in select;
  const offset = page.offset > 0 && !ownOffset ? ` OFFSET ${page.offset}` : '';
  // On a line of its own, since the statement may end in a comment.
  const paged = `${text}\nLIMIT ${page.maxRows + 1}${offset}`;
  if (!(await isSameWithLimit(paged, select, ownOffset))) return unpaged;
  return { text: paged, limitApplied: true, skipRows: ownOffset ? page.offset : 0 };
}

/**
 * The statement alone: without the semicolons behind it, and with spaces for those before it, so that the server's error
 * positions are the caller's.
 */
function onlyStatement(sql: string, { start, end }: ParsedStatement): string {
  const bytes = Buffer.from(sql);
  return bytes.toString('utf8', 0, start).replaceAll(';', ' ') + bytes.toString('utf8', start, end);
}

async function isSameWithLimit(paged: string, select: Node, ownOffset: boolean): Promise<boolean> {
  const statements = list(asNode(await parse(paged).catch(() => undefined)) ?? {}, 'stmts');
  const tree = child(asNode(statements[0]) ?? {}, 'stmt');
  const again = tree && child(tree, 'SelectStmt');
  if (!again || statements.length !== 1 || !('limitCount' in again)) return false;
  const { limitCount, limitOffset, limitOption, ...rest } = again;
  const { limitOffset: offsetBefore, limitOption: optionBefore, ...before } = select;
  return sameTree(rest, before) && (!ownOffset || sameTree(limitOffset, offsetBefore));
}

/** Whether two trees are equal. Does not recurse: a tree may nest thousands deep. */
function sameTree(one: unknown, other: unknown): boolean {
  const pending: [unknown, unknown][] = [[one, other]];
  for (let pair = pending.pop(); pair; pair = pending.pop()) {
    const [left, right] = pair;
    if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) {
      if (left !== right) return false;
      continue;
    }
    const keys = Object.keys(left);
    if (keys.length !== Object.keys(right).length || Array.isArray(left) !== Array.isArray(right)) return false;
    for (const key of keys) pending.push([(left as Node)[key], (right as Node)[key]]);
  }
  return true;
}
