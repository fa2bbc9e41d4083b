import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { sectionNames, structure, TableDescription } from '../catalog/table/description.ts';
import { tableDescriptionText } from '../catalog/table/description-text.ts';
import { databaseParameter, readsOnly, refuseNul } from '../catalog/tool-arguments.ts';
import type { PostgresDeps } from '../deps.ts';

export const tableInfo = defineTool({
  name: 'table_info',
  title: 'Describe a table',
  description:
    'Describes one table or view: columns, keys in both directions, indexes, triggers, policies, partitions; statistics, sample rows and DDL on request.',
  input: v.strictObject({
    database: databaseParameter,
    table: v.pipe(
      v.string(),
      v.minLength(1),
      v.maxLength(300),
      v.description('Name, or schema.name; quotes as in SQL are understood.'),
    ),
    schema: v.optional(
      v.pipe(v.string(), v.minLength(1), v.maxLength(100), v.description('Its schema, if table does not say.')),
    ),
    include: v.optional(
      v.pipe(
        v.array(v.picklist(sectionNames)),
        v.minLength(1),
        v.description('Parts wanted. Absent: all but stats, sample (5 rows) and ddl.'),
      ),
    ),
  }),
  output: TableDescription,
  annotations: readsOnly,
  async handler({ deps, signal }: ToolContext<PostgresDeps>, input): Promise<TableDescription> {
    refuseNul({ table: input.table, schema: input.schema });
    const database = deps.database(input.database);
    const { resolveTable } = await import('../catalog/table/resolve-table.ts');
    const { describeTable } = await import('../catalog/table/describe-table.ts');
    const [table, version] = await Promise.all([
      resolveTable(database, input.table, input.schema, signal),
      database.versionNum(signal),
    ]);
    return describeTable(database, { table, version }, input.include ?? structure, signal);
  },
  toText: tableDescriptionText,
});
