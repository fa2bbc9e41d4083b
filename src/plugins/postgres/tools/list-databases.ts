import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { DatabaseReport } from '../catalog/databases/report.ts';
import { databaseReportText } from '../catalog/databases/report-text.ts';
import { readsOnly } from '../catalog/tool-arguments.ts';
import type { PostgresDeps } from '../deps.ts';

export const listDatabases = defineTool({
  name: 'list_databases',
  title: 'List databases',
  description: 'Lists the configured connections with their state, and the databases on their servers.',
  input: v.strictObject({
    database: v.optional(
      v.pipe(v.string(), v.maxLength(100), v.description('Id of one configured database; all of them if absent.')),
    ),
    include_size: v.optional(v.pipe(v.boolean(), v.description('Measure sizes: slow on large servers.')), false),
    include_templates: v.optional(v.pipe(v.boolean(), v.description('List template databases too.')), false),
  }),
  output: DatabaseReport,
  annotations: readsOnly,
  async handler({ deps, signal }: ToolContext<PostgresDeps>, input) {
    const chosen = input.database === undefined ? [...deps.databases.values()] : [deps.database(input.database)];
    const { reportDatabases } = await import('../catalog/databases/report-databases.ts');
    return reportDatabases(chosen, { sizes: input.include_size, templates: input.include_templates }, signal);
  },
  toText: databaseReportText,
});
