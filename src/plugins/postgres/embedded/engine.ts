import { join } from 'node:path';
import { GatewayError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import { catalogRows } from '../catalog/row.ts';
import type { Engine, EngineRows } from '../engine.ts';
import { Backend, type BackendTimes, defaultTimes } from './backend.ts';
import { catalogRequest } from './catalog-statement.ts';
import { DataFolder } from './data-folder.ts';
import { embeddedNotice } from './notice.ts';
import type { Request } from './pending-call.ts';

export interface EmbeddedEngineOptions {
  /** The plugin's own folder; the database is kept under it as `embedded/pgdata`. */
  readonly dataFolder: string;
  readonly log: Log;
  readonly times?: Partial<BackendTimes>;
}

export interface EmbeddedEngine extends Engine {
  readonly kind: 'embedded';
  /** What this database is, how to get to one's own, and what is unusual about where its data are. */
  notice(): string;
}

/**
 * The database for users who configured none: PostgreSQL in WebAssembly, in a worker thread, with a sample database in the
 * user's data folder. Returns at once; it opens in the background, and is `down` where the optional package is missing.
 */
export function openEmbeddedEngine({ dataFolder, log, times }: EmbeddedEngineOptions): EmbeddedEngine {
  log.info({}, embeddedNotice);
  const folder = new DataFolder(join(dataFolder, 'embedded'), log);
  const backend = new Backend(folder, log, { ...defaultTimes, ...times });

  async function run(request: Request, signal: AbortSignal | undefined): Promise<EngineRows> {
    const rows = await backend.run(request, signal);
    if (rows.cutBy === 'bytes' && rows.rows.length === 0) throw tooLarge(request.statement.maxBytes);
    return rows;
  }

  return {
    kind: 'embedded',
    target: 'embedded',
    state: () => backend.state,
    notice: () => (folder.note === undefined ? embeddedNotice : `${embeddedNotice} ${folder.note}`),
    catalog: async (sql, params, signal) => catalogRows(await run(catalogRequest(sql, params), signal)),
    readOnly: ({ text, skipRows }, params, { maxRows, maxBytes, timeoutMs }, signal) =>
      run({ kind: 'caller', timeoutMs, statement: { text, params, maxRows, maxBytes, skipRows } }, signal),
    close: () => backend.close(),
  };
}

function tooLarge(maxBytes: number): GatewayError {
  return new GatewayError(
    'too_large',
    `Not even one row fits into the ${maxBytes} bytes that a result may have. Select fewer columns, or a part of the large ones, as in left(column, 1000).`,
  );
}
