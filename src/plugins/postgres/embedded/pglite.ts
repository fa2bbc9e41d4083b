import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PGlite, protocol } from '@electric-sql/pglite';
import type { Place } from './messages.ts';
import { readSnapshot, unpack } from './snapshot.ts';

/** The database in the snapshot, and the role every statement runs as. Both are made by the snapshot's schema. */
export const databaseName = 'bookshop';
export const readerRole = 'gateway_reader';

/** All the memory that the WebAssembly instance may take; beyond it PostgreSQL answers `out of memory` (53200) and goes on. */
const maxMemoryBytes = 512 * 1024 * 1024;

/** Small, because memory is what this database costs most; and no more disk for spills than a demonstration needs. */
export const settings = [
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
  boundWebAssemblyMemory();
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
  if (place.kind === 'memory') {
    const pg = await PGlite.create({ ...options, loadDataDir: new Blob([readSnapshot()]) });
    return { pg: surfaceCrashes(pg), serialize: protocol.serialize };
  }
  prepareFolder(place.path);
  try {
    const pg = await PGlite.create(place.path, options);
    return { pg: surfaceCrashes(pg), serialize: protocol.serialize };
  } catch (cause) {
    throw new UnusableFolder(lastWords(said) ?? String(cause), { cause });
  }
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

/** In pages of 64 KiB. Declared here because neither lib es2023 nor @types/node 20 knows WebAssembly. */
interface MemoryDescriptor {
  readonly initial: number;
  readonly maximum: number;
}

/** PGlite asks for up to 2 GiB and has no option for less; a module accepts a memory with a lower maximum than it declares. */
function boundWebAssemblyMemory(): void {
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Memory: new (descriptor: MemoryDescriptor) => object };
  };
  const Unbounded = WebAssembly.Memory;
  WebAssembly.Memory = class extends Unbounded {
    constructor(descriptor: MemoryDescriptor) {
      super({ ...descriptor, maximum: Math.min(descriptor.maximum, maxMemoryBytes / 65536) });
    }
  };
}

/** The exit status by which PostgreSQL's own error handling leaves its main loop. */
const longJump = 100;

/**
 * PGlite swallows every exception that leaves PostgreSQL's main loop. Other than the expected one they are crashes, such as
 * a stack overflow, and what goes on after them is a broken instance, at times in an endless loop: they are thrown on.
 */
function surfaceCrashes(pg: PGlite): PGlite {
  const mod = pg.Module;
  const loop = mod._PostgresMainLoopOnce;
  const restoreStack = mod.stackRestore;
  let crash: unknown;
  mod._PostgresMainLoopOnce = () => {
    try {
      loop();
    } catch (error) {
      if ((error as { status?: unknown }).status !== longJump) crash = error;
      throw error;
    }
  };
  // called by PGlite in its catch block, where a throw is not caught again
  mod.stackRestore = (pointer) => {
    if (crash !== undefined) throw crash;
    return restoreStack(pointer);
  };
  return pg;
}
