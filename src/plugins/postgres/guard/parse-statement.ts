import { GatewayError } from '../../../core/errors.ts';
import { ParserOverflow, parse, SqlSyntaxError } from './parser.ts';
import { byteOffsetOf, refusal } from './refusal.ts';
import { unseen } from './source-text.ts';
import { asNode, child, list, type Node } from './tree.ts';

/** The one statement of a text: its node wrapped in its type, and where it stands in the text's UTF-8 bytes. */
export interface ParsedStatement {
  readonly tree: Node;
  readonly start: number;
  readonly end: number;
}

/** Parses a text that must hold exactly one statement. Throws `invalid_input` with the place, `denied` for several. */
export async function parseStatement(sql: string): Promise<ParsedStatement> {
  const statements = list(asNode(await parseOrRefuse(sql)) ?? {}, 'stmts').map((statement) => asNode(statement) ?? {});
  const [first, second] = statements;
  const tree = first && child(first, 'stmt');
  if (!tree) throw new GatewayError('invalid_input', 'There is no SQL statement in this text. Send one SELECT.');
  if (second) {
    throw refusal(
      'denied',
      `These are ${statements.length} statements; one call runs one. Send them in separate calls.`,
      sql,
      numberAt(second, 'stmt_location'),
    );
  }
  const start = numberAt(first, 'stmt_location');
  const length = numberAt(first, 'stmt_len'); // left out where the statement ends with the text
  return { tree, start, end: length > 0 ? start + length : Buffer.byteLength(sql) };
}

async function parseOrRefuse(sql: string): Promise<unknown> {
  try {
    return await parse(sql);
  } catch (error) {
    if (error instanceof ParserOverflow) throw tooDeep(sql, undefined, error);
    if (!(error instanceof SqlSyntaxError)) throw error;
    const place = error.character === undefined ? undefined : byteOffsetOf(sql, error.character);
    if (error.message.startsWith('memory exhausted')) throw tooDeep(sql, place, error);
    const message = `${error.message.charAt(0).toUpperCase()}${error.message.slice(1)}.`;
    throw refusal('invalid_input', `${message}${hintFor(sql, error.message)}`, sql, place, error);
  }
}

/** A refusal of a statement with too many brackets or operators inside one another. */
export function tooDeep(sql: string, byteOffset: number | undefined, cause?: unknown): GatewayError {
  return refusal(
    'invalid_input',
    'The statement nests too deeply. Flatten it: IN or = ANY($1) instead of long chains, WITH instead of subqueries in subqueries.',
    sql,
    byteOffset,
    cause,
  );
}

/** What people of other databases and tools write, and what PostgreSQL wants instead. */
const habits: readonly (readonly [sql: RegExp, message: RegExp, hint: string])[] = [
  [/^\s*\\/, /./, ' Commands of psql do not work here: use list_tables or table_info, or query pg_catalog.'],
  [/^\s*(?:describe|desc)\b/i, /./, ' PostgreSQL has no DESCRIBE: use table_info.'],
  [
    /^\s*(?:use)\b/i,
    /./,
    ' PostgreSQL has no USE: name another database in the tool call, or qualify the table with its schema.',
  ],
  [/`\w+`/, /near /, ' Names are quoted with double quotes: "name".'],
  [/\[/, /near "\["/, ' Names are quoted with double quotes: "name".'],
  [unseen, unseen, ' It has an invisible character, such as a no-break space: write a plain space.'],
  [/\?/, /near "(?:\?|,|\)|;)|end of input/, ' Parameters are written $1, $2, …'],
];

function hintFor(sql: string, message: string): string {
  return habits.find(([text, complaint]) => text.test(sql) && complaint.test(message))?.[2] ?? '';
}

function numberAt(node: Node, field: string): number {
  const value = node[field];
  return typeof value === 'number' ? value : 0;
}
