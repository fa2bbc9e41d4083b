import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { statementOrders } from '../catalog/statements/past-statements.ts';
import { queryCharacters, StatementReport } from '../catalog/statements/report.ts';
import { statementReportText } from '../catalog/statements/report-text.ts';
import { databaseParameter, readsOnly, refuseNul } from '../catalog/tool-arguments.ts';
import type { PostgresDeps } from '../deps.ts';

export const queryStats = defineTool({
  name: 'query_stats',
  title: 'Query statistics',
  description:
    'Shows the statements that cost this database most, from pg_stat_statements, or what is running where that is missing.',
  input: v.strictObject({
    database: databaseParameter,
    order_by: v.optional(
      v.pipe(v.picklist(statementOrders), v.description('What to rank by, highest first.')),
      'total',
    ),
    limit: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(100), v.description('Statements at most.')),
      20,
    ),
    min_calls: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(1),
        v.maxValue(1e15),
        v.description('Only statements called that often.'),
      ),
      1,
    ),
    search: v.optional(
      v.pipe(v.string(), v.maxLength(200), v.description('Only texts that hold this, ignoring case.')),
    ),
    exclude_internal: v.optional(
      v.pipe(v.boolean(), v.description('Leave out transaction control, settings and reads of system catalogs.')),
      true,
    ),
  }),
  output: StatementReport,
  annotations: readsOnly,
  async handler({ deps, signal }: ToolContext<PostgresDeps>, input): Promise<StatementReport> {
    refuseNul({ search: input.search });
    const filter = {
      order: input.order_by,
      limit: input.limit,
      minCalls: input.min_calls,
      search: input.search,
      excludeInternal: input.exclude_internal,
      queryCharacters,
    };
    const { reportStatements } = await import('../catalog/statements/report-statements.ts');
    return reportStatements(deps.database(input.database), filter, signal);
  },
  toText: statementReportText,
});
