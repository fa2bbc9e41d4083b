import type { GatewayError } from '../../../core/errors.ts';
import { tooDeep } from './parse-statement.ts';
import { PlanSize } from './plan-size.ts';
import { refusal } from './refusal.ts';
import { child, location, type Node } from './tree.ts';

/** Nodes that a planned statement may have: PostgreSQL spends about a second on so many, and memory in proportion. */
const maxNodes = 500_000;

/** Refuses a statement that grows out of bounds before it runs: a constant above `maxBytes`, or columns copied too often. */
export function refuseLargePlan(sql: string, tree: Node, maxBytes: number): void {
  // A long literal is no growth.
  const maxValue = Math.max(maxBytes, 16 * sql.length);
  const plan = new PlanSize((node, { nodes, bytes }) => {
    if (bytes > maxValue) throw tooLarge(sql, node, bytes, maxValue);
    if (nodes > maxNodes) throw tooComplex(sql, node);
  });
  try {
    plan.query(child(tree, 'SelectStmt') ?? {}, undefined);
  } catch (error) {
    // Measuring recurses; how deep a statement may nest before the stack ends is known only by trying.
    if (error instanceof RangeError) throw tooDeep(sql, undefined, error);
    throw error;
  }
}

function tooLarge(sql: string, node: Node, bytes: number, limit: number): GatewayError {
  const size = Number.isFinite(bytes)
    ? `about ${Math.round(bytes).toLocaleString('en')} bytes`
    : 'more bytes than there is memory';
  return refusal(
    'denied',
    `This expression builds a value of ${size} (limit ${limit.toLocaleString('en')}). Ask for less: a smaller count, or the length instead of the text.`,
    sql,
    location(node),
  );
}

function tooComplex(sql: string, node: Node): GatewayError {
  return refusal(
    'denied',
    'This statement grows beyond what can be planned: subqueries use the columns of others several times over, at many levels. Put LIMIT or GROUP BY into one in the middle, or compute less at a time.',
    sql,
    location(node),
  );
}
