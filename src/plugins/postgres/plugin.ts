import { definePlugin } from '../../core/plugin.ts';
import { PostgresConfig } from './config.ts';
import { openDatabases } from './databases.ts';
import { executeSql } from './tools/execute-sql.ts';
import { listDatabases } from './tools/list-databases.ts';
import { listTables } from './tools/list-tables.ts';
import { queryStats } from './tools/query-stats.ts';
import { tableInfo } from './tools/table-info.ts';

/** PostgreSQL, read-only: callers' SQL behind a guard, and the catalog made readable. */
export const postgresPlugin = definePlugin({
  name: 'postgres',
  title: 'PostgreSQL',
  description:
    'Reads PostgreSQL databases: list_tables and table_info tell what there is, execute_sql runs one read-only statement, query_stats shows what is slow.',
  defaultPort: 8001,
  config: PostgresConfig,
  tools: [listDatabases, executeSql, listTables, tableInfo, queryStats],
  start: openDatabases,
  health: (databases) => databases.health(),
  stop: (databases) => databases.close(),
});
