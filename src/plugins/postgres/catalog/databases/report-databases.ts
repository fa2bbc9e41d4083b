import type { Database } from '../../deps.ts';
import { shorten } from '../text-table.ts';
import { type Answer, askServer, type ListOptions } from './ask-server.ts';
import type { DatabaseReport, ListedDatabase } from './report.ts';

/** Asks all these databases at once. One query each. */
export async function reportDatabases(
  databases: readonly Database[],
  options: ListOptions,
  signal: AbortSignal,
): Promise<DatabaseReport> {
  const answers = await Promise.all(databases.map((database) => askServer(database, options, signal)));
  return {
    configured: answers.map(({ configured }) => configured),
    databases: merged(answers),
    truncated: answers.some(({ answered }) => answered !== undefined && answered.view.left > 0),
    unavailable: answers.flatMap(({ unavailable }) => unavailable),
  };
}

/** One row a database, though several configured connections may see it: each adds what its role may know. */
function merged(answers: readonly Answer[]): ListedDatabase[] {
  const rows = new Map<string, ListedDatabase>();
  for (const { configured, answered } of answers) {
    for (const database of answered?.view.databases ?? []) {
      const server = answered?.server ?? '';
      const key = JSON.stringify([server, database.name]);
      const seen = rows.get(key);
      rows.set(key, {
        server,
        name: database.name,
        configured_as: [...(seen?.configured_as ?? []), ...(database.isCurrent ? [configured.id] : [])],
        owner: database.owner,
        encoding: database.encoding,
        size_bytes: database.sizeBytes ?? seen?.size_bytes ?? null,
        connections: database.connections,
        xid_age: database.xidAge,
        is_current: database.isCurrent || seen?.is_current === true,
        reachable: database.reachable || seen?.reachable === true,
        comment: database.comment === null ? null : shorten(database.comment, 300),
      });
    }
  }
  return [...rows.values()];
}
