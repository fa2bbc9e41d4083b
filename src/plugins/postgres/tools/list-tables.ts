import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { displayName } from '../catalog/identifier.ts';
import { lockedSizes } from '../catalog/locked-relations.ts';
import { relationKindNames } from '../catalog/relation-kind.ts';
import { parseTableCursor, tableCursor } from '../catalog/tables/table-cursor.ts';
import { named, summarised, TableList, tableListText } from '../catalog/tables/table-list.ts';
import { databaseParameter, readsOnly, refuseNul } from '../catalog/tool-arguments.ts';
import type { Database, PostgresDeps } from '../deps.ts';

export const listTables = defineTool({
  name: 'list_tables',
  title: 'List tables',
  description: 'Lists tables and views with row estimates, sizes and comments, a page at a time.',
  input: v.strictObject({
    database: databaseParameter,
    schema: v.optional(
      v.pipe(v.string(), v.maxLength(63), v.description('One schema; all but the system schemas if absent.')),
    ),
    pattern: v.optional(
      v.pipe(
        v.string(),
        v.maxLength(200),
        v.description('SQL LIKE pattern on the name, ignoring case: % any text, _ one character, \\ escapes.'),
      ),
    ),
    types: v.optional(
      v.pipe(v.array(v.picklist(relationKindNames)), v.minLength(1), v.description('Only these kinds; all if absent.')),
    ),
    detail: v.optional(
      v.pipe(v.picklist(['names', 'summary']), v.description('names: schema, name and type alone.')),
      'summary',
    ),
    include_partitions: v.optional(
      v.pipe(v.boolean(), v.description('List each partition too, not only the partitioned table.')),
      false,
    ),
    limit: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(1000), v.description('Tables a page.')),
      100,
    ),
    cursor: v.optional(
      v.pipe(v.string(), v.maxLength(1000), v.description('next_cursor of the page before, other arguments the same.')),
    ),
  }),
  output: TableList,
  annotations: readsOnly,
  async handler({ deps, signal }: ToolContext<PostgresDeps>, input) {
    const database = deps.database(input.database);
    const { schema, pattern, types, limit } = input;
    refuseNul({ schema, pattern });
    if (pattern !== undefined) checkPattern(pattern);
    const filter = [database.id, schema, pattern, types, input.include_partitions];
    const { listRelations } = await import('../catalog/tables/list-relations.ts');
    const page = await listRelations(
      database.engine,
      {
        schema,
        pattern,
        kinds: types,
        partitions: input.include_partitions,
        summary: input.detail === 'summary',
        limit: limit + 1,
        after: input.cursor === undefined ? undefined : parseTableCursor(filter, input.cursor),
      },
      signal,
    );
    if (page.tables.length === 0 && schema !== undefined) await checkSchema(database, schema, signal);
    const tables = page.tables.slice(0, limit);
    const last = tables.at(-1);
    const truncated = page.tables.length > limit;
    return {
      tables: tables.map((table) => (input.detail === 'names' ? named(table) : summarised(table))),
      total: page.total,
      truncated,
      next_cursor: truncated && last ? tableCursor(filter, last) : null,
      unavailable: lockedSizes(
        tables.filter((table) => table.sizeLocked).map((table) => displayName(table.schema, table.name)),
      ),
    };
  },
  toText: tableListText,
});

/** PostgreSQL refuses a pattern whose last backslash escapes nothing. */
function checkPattern(pattern: string): void {
  const backslashes = /\\*$/.exec(pattern)?.[0].length ?? 0;
  if (backslashes % 2 === 1) {
    throw new GatewayError(
      'invalid_input',
      'pattern: ends with a single \\, which escapes nothing. Write \\\\ for a backslash.',
    );
  }
}

/** An empty page of a schema that does not exist is a mistake of the caller's, not an empty schema. */
async function checkSchema({ id, engine }: Database, schema: string, signal: AbortSignal): Promise<void> {
  const { nearestSchemas } = await import('../catalog/nearest-names.ts');
  const { exists, near } = await nearestSchemas(engine, schema, signal);
  if (exists) return;
  throw new GatewayError(
    'invalid_input',
    `There is no schema "${schema}" in database ${id}. Nearest: ${near.join(', ')}. Names are case-sensitive here.`,
  );
}
