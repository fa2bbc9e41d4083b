import { oneLine, sizeText, textTable, unavailableLines } from '../text-table.ts';
import { mostDatabases } from './ask-server.ts';
import type { DatabaseReport } from './report.ts';

const headings = [
  'server',
  'name',
  'configured_as',
  'owner',
  'encoding',
  'size',
  'connections',
  'xid_age',
  'reachable',
  'comment',
];

/** The connections with their state, a line each, then the databases of their servers. */
export function databaseReportText({ configured, databases, truncated, unavailable }: DatabaseReport): string {
  const lines = configured.map(({ id, target, state, database, role, server_version, note }) => {
    const facts = database === undefined ? '' : `: ${database} as ${role}, PostgreSQL ${server_version}`;
    return oneLine(`${id} (${target}) is ${state}${facts}${note === undefined ? '' : `. ${note}`}`);
  });
  const rows = databases.map((row) => [
    row.server,
    row.name,
    row.configured_as.join(', '),
    row.owner,
    row.encoding,
    sizeText(row.size_bytes),
    row.connections,
    row.xid_age,
    row.reachable,
    row.comment,
  ]);
  if (rows.length > 0) lines.push(...textTable(headings, rows));
  if (truncated) lines.push(`Only ${mostDatabases} a server are listed; execute_sql on pg_database has the rest.`);
  return [...lines, ...unavailableLines(unavailable)].join('\n');
}
