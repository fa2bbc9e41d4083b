import type { CheckedStatement } from './checked-statement.ts';
import { notReading } from './node-types.ts';
import type { ParsedStatement } from './parse-statement.ts';
import { refusal } from './refusal.ts';
import { child, list, location, type Node, only, text, typed } from './tree.ts';

/** What a statement is, and the SELECT in it that is still to be looked at (SHOW has none). */
export interface ReadingStatement {
  readonly kind: CheckedStatement['kind'];
  readonly select: Node | undefined;
}

/** Options of EXPLAIN that plan and do not run; `analyze` runs, and the last of several wins. */
const planningOptions = new Set([
  ...['verbose', 'costs', 'settings', 'generic_plan', 'buffers', 'wal', 'timing', 'summary', 'memory'],
  ...['serialize', 'format'],
]);

/** Refuses a statement that is not SELECT (VALUES, TABLE and WITH are), SHOW, or EXPLAIN of a SELECT without ANALYZE. */
export function readingStatement(sql: string, { tree, start }: ParsedStatement): ReadingStatement {
  if (child(tree, 'SelectStmt')) return { kind: 'select', select: tree };
  if (child(tree, 'VariableShowStmt')) return { kind: 'show', select: undefined };
  const explain = child(tree, 'ExplainStmt');
  if (!explain) throw refusal('denied', notReading(typed(tree)?.type ?? 'This'), sql, start);
  for (const option of list(explain, 'options')) refuseUnlessPlanning(sql, only(option, 'DefElem') ?? {});
  const query = child(explain, 'query');
  if (!query || !child(query, 'SelectStmt')) {
    throw refusal('denied', notReading(typed(query ?? {})?.type ?? 'This', 'EXPLAIN of '), sql, start);
  }
  return { kind: 'explain', select: query };
}

function refuseUnlessPlanning(sql: string, option: Node): void {
  const name = text(option, 'defname');
  if (planningOptions.has(name)) return;
  const what = /^analy[sz]e$/i.test(name)
    ? 'EXPLAIN ANALYZE runs the statement. Leave ANALYZE out: the plan alone is shown without running it.'
    : `EXPLAIN's option "${name}" is not known to only plan. Leave it out.`;
  throw refusal('denied', what, sql, location(option));
}
