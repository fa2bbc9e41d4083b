import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PGlite, protocol } from '@electric-sql/pglite';
import type { Place } from './messages.ts';
import { readSnapshot, unpack } from './snapshot.ts';
import { boundWebAssembly, surfaceCrashes } from './webassembly.ts';

/** The database in the snapshot, and the role every statement runs as. Both are made by the snapshot's schema. */
const databaseName = 'bookshop';
export const readerRole = 'gateway_reader';

/** Small, because memory is what this database costs most; and no more disk for spills than a demonstration needs. */
const settings = [
  'max_stack_depth=500kB', // so that PostgreSQL notices deep nesting before the thread's own stack (DatabaseWorker) ends
  'shared_buffers=8MB',
  'max_connections=5',
  'wal_recycle=off',
  'max_wal_size=16MB',
  'temp_file_limit=256MB',
  'datestyle=ISO,YMD',
  'pg_stat_statements.max=1000',
  'pg_stat_statements.track_utility=off',
];

export interface OpenPglite {
  readonly pg: PGlite;
  readonly serialize: typeof protocol.serialize;
}

/** A folder that cannot be opened as it is, with PostgreSQL's own last words. */
export class UnusableFolder extends Error {
  override readonly name = 'UnusableFolder';
}

/** Opens the database at its place, from the snapshot where there is none yet. Loads PGlite, so only for the worker and the build. */
export async function openPglite(place: Place): Promise<OpenPglite> {
  boundWebAssembly();
  const [{ PGlite, protocol }, { pg_stat_statements }] = await Promise.all([
    import('@electric-sql/pglite'),
    import('@electric-sql/pglite/contrib/pg_stat_statements'),
  ]);
  const said: string[] = [];
  const options = {
    database: databaseName,
    extensions: { pg_stat_statements },
    // -O lets catalogs be changed, which only initdb needs
    startParams: [...PGlite.defaultStartParams.filter((p) => p !== '-O'), ...settings.flatMap((s) => ['-c', s])],
    onStderr: (line: string) => {
      said.push(line);
      return false;
    },
  };
  if (place.kind === 'folder') prepareFolder(place.path);
  const data = place.kind === 'folder' ? { dataDir: place.path } : { loadDataDir: new Blob([readSnapshot()]) };
  try {
    return { pg: surfaceCrashes(await PGlite.create({ ...options, ...data })), serialize: protocol.serialize };
  } catch (cause) {
    throw openError(lastWords(said), cause);
  }
}

/** What PostgreSQL says of the system it runs on, and not of its files. */
const outside = /no space left|permission denied|read-only file system|too many open files|out of memory/i;

function openError(said: string | undefined, cause: unknown): Error {
  if (said === undefined) return new Error(`PGlite did not start: ${String(cause)}`, { cause });
  return outside.test(said) ? new Error(said, { cause }) : new UnusableFolder(said, { cause });
}

/** The fatal line of PostgreSQL's log, without its time and process, and the detail after it. */
function lastWords(log: readonly string[]): string | undefined {
  const at = log.findLastIndex((line) => /(FATAL|PANIC):/.test(line));
  const spoken = log.slice(at, at + 2).filter((line) => /(FATAL|PANIC|DETAIL):/.test(line));
  return at === -1 ? undefined : spoken.map((line) => line.replace(/^.*?(FATAL|PANIC|DETAIL):\s*/, '')).join(': ');
}

function prepareFolder(folder: string): void {
  if (existsSync(folder)) {
    // PGlite would run initdb over whatever is there
    if (!existsSync(join(folder, 'PG_VERSION'))) throw new UnusableFolder('it holds no PG_VERSION file');
    // a worker ended in the middle of a statement leaves its spill files, which single-user mode never cleans up
    rmSync(join(folder, 'base', 'pgsql_tmp'), { recursive: true, force: true });
    return;
  }
  const unfinished = `${folder}.unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true, mode: 0o700 });
  unpack(readSnapshot(), unfinished);
  renameSync(unfinished, folder);
}
