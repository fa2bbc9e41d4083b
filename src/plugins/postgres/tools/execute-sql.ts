import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { databaseParameter, readsOnly } from '../catalog/tool-arguments.ts';
import type { PostgresDeps, QueryResult } from '../deps.ts';
import { csvOf } from '../result/csv.ts';
import { uniqueNames } from '../result/unique-names.ts';

const formats = ['rows', 'objects', 'csv'] as const;

const Output = v.object({
  columns: v.pipe(
    v.array(v.object({ name: v.string(), type: v.string() })),
    v.description('In objects and csv, a name that occurs twice is numbered: id, id_2.'),
  ),
  rows: v.pipe(
    v.array(v.unknown()),
    v.description(
      'format rows: arrays of values in the order of columns. objects: objects by column name. csv: empty.',
    ),
  ),
  csv: v.optional(
    v.pipe(v.string(), v.description('format csv: all rows with a heading line; NULL is an empty field.')),
  ),
  row_count: v.pipe(v.number(), v.description('Rows returned.')),
  truncated: v.pipe(v.boolean(), v.description('Whether there are more rows than these.')),
  truncated_by: v.pipe(
    v.nullable(v.picklist(['rows', 'bytes'])),
    v.description('rows: max_rows was reached. bytes: the size that a result may have.'),
  ),
  next_offset: v.pipe(v.nullable(v.number()), v.description('The offset of the next page, if truncated.')),
  limit_applied: v.pipe(v.boolean(), v.description('Whether a LIMIT was added to the statement.')),
  duration_ms: v.number(),
  notices: v.array(v.string()),
});

/** Runs one read-only statement of the caller's. */
export const executeSql = defineTool({
  name: 'execute_sql',
  title: 'Execute SQL',
  description:
    'Runs one read-only SQL statement (SELECT, WITH, VALUES, TABLE, SHOW, EXPLAIN) and returns its rows, a page at a time.',
  input: v.strictObject({
    sql: v.pipe(v.string(), v.description('One statement. Values belong into params, as $1, $2, …')),
    params: v.optional(
      v.pipe(
        v.array(v.unknown()),
        v.maxLength(1000),
        v.description('Values of $1, $2, …: text, numbers, booleans, null, arrays, objects (as JSON).'),
      ),
      [],
    ),
    database: databaseParameter,
    max_rows: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(10_000), v.description('Rows to return at most.')),
      100,
    ),
    offset: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(0),
        v.maxValue(1_000_000_000),
        v.description('Rows to skip, to read on where a result was cut. Use it with ORDER BY.'),
      ),
      0,
    ),
    timeout_ms: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.maxValue(600_000),
        v.description('Milliseconds it may run, if less than the configured limit (10000 unless changed).'),
      ),
    ),
    format: v.optional(
      v.pipe(v.picklist(formats), v.description('How rows are returned; objects repeats the names in every row.')),
      'rows',
    ),
  }),
  output: Output,
  annotations: readsOnly,
  async handler({ deps, signal }: ToolContext<PostgresDeps>, input) {
    const result = await deps.database(input.database).query(
      {
        sql: input.sql,
        params: input.params,
        maxRows: input.max_rows,
        offset: input.offset,
        timeoutMs: input.timeout_ms ?? Number.POSITIVE_INFINITY,
      },
      signal,
    );
    const rowCount = result.rows.length;
    const { columns, rows, csv } = shaped(result, input.format);
    const told = {
      columns,
      rows,
      row_count: rowCount,
      truncated: result.truncated,
      truncated_by: result.truncatedBy,
      next_offset: result.truncated ? input.offset + rowCount : null,
      limit_applied: result.limitApplied,
      duration_ms: result.durationMs,
      notices: [...result.notices],
    };
    return csv === undefined ? told : { ...told, csv };
  },
  toText: (output) => [...bodyLines(output), ...closingLines(output)].join('\n'),
});

function shaped(
  { columns, rows }: QueryResult,
  format: (typeof formats)[number],
): Pick<Output, 'columns' | 'rows' | 'csv'> {
  if (format === 'rows') return { columns: [...columns], rows: [...rows] };
  const names = uniqueNames(columns.map(({ name }) => name));
  const named = columns.map(({ type }, index) => ({ name: names[index] ?? '', type }));
  if (format === 'csv') return { columns: named, rows: [], csv: csvOf(names, rows) };
  // fromEntries defines each key, so that a column named __proto__ is one like any other.
  return {
    columns: named,
    rows: rows.map((row) => Object.fromEntries(names.map((name, index) => [name, row[index]]))),
  };
}

type Output = v.InferOutput<typeof Output>;

/** The rows, one a line as JSON, below the names and types of the columns. */
function bodyLines({ columns, rows, csv }: Output): string[] {
  if (csv !== undefined) return [csv];
  const heading = columns.map(({ name, type }) => `${name} ${type}`).join(', ');
  return [heading, ...rows.map((row) => JSON.stringify(row))];
}

function closingLines({ row_count, truncated_by, next_offset, duration_ms, notices }: Output): string[] {
  const counted = `${row_count} ${row_count === 1 ? 'row' : 'rows'} in ${duration_ms} ms.`;
  const more = `Read on with offset=${next_offset} (and an ORDER BY, so that the pages fit together)`;
  const cut = {
    rows: ` There are more: ${more}, or raise max_rows.`,
    bytes: ` There are more, but the result had reached its largest size: ${more}, or select fewer columns.`,
  };
  return [`${counted}${truncated_by === null ? '' : cut[truncated_by]}`, ...notices];
}
