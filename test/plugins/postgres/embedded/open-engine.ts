import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, onTestFinished } from 'vitest';
import {
  type EmbeddedEngine,
  type EmbeddedEngineOptions,
  openEmbeddedEngine,
} from '../../../../dist/plugins/postgres/embedded/engine.js';
import type { EngineRows } from '../../../../dist/plugins/postgres/engine.js';
import type { Log } from '../../../../src/core/log.ts';

export const silent: Log = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

function newFolder(): string {
  return mkdtempSync(join(tmpdir(), 'embedded-postgres-'));
}

/** An engine that is up, for all tests of a file. */
export async function openForFile(): Promise<EmbeddedEngine> {
  const folder = newFolder();
  const engine = openEmbeddedEngine({ dataFolder: folder, log: silent });
  afterAll(async () => {
    await engine.close();
    rmSync(folder, { recursive: true, force: true });
  });
  await value(engine, '1');
  return engine;
}

/** A folder that is gone when the test is over. */
export function testFolder(): string {
  const folder = newFolder();
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An engine that is closed when the test is over. */
export function openForTest(dataFolder: string, times?: EmbeddedEngineOptions['times']): EmbeddedEngine {
  const engine = openEmbeddedEngine({ dataFolder, log: silent, ...(times ? { times } : {}) });
  onTestFinished(() => engine.close());
  return engine;
}

export interface Ask {
  readonly params?: readonly (string | null)[];
  readonly maxRows?: number;
  readonly maxBytes?: number;
  readonly skipRows?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** Runs a caller's statement as if the guard had let it pass, which the engine must survive. */
export function ask(engine: EmbeddedEngine, text: string, options: Ask = {}): Promise<EngineRows> {
  const { params = [], maxRows = 100, maxBytes = 1_000_000, skipRows = 0, timeoutMs = 20_000 } = options;
  return engine.readOnly(
    { kind: 'select', text, limitApplied: false, skipRows },
    params,
    { maxRows, maxBytes, timeoutMs },
    options.signal ?? new AbortController().signal,
  );
}

/** The one value of a one-row catalog read. */
export async function value(engine: EmbeddedEngine, expression: string): Promise<string | null | undefined> {
  const [row] = await engine.catalog(`SELECT ${expression} AS value`, []);
  return row?.value;
}

/** Burns CPU without end and without a function that the guard would refuse. */
export const endless = 'SELECT count(*) FROM generate_series(1, 1000000000000)';
