import { tmpdir } from 'node:os';
import type { PluginHost } from '../../src/core/plugin.ts';
import type { PostgresConfig } from '../../src/plugins/postgres/config.ts';
import { openDatabases } from '../../src/plugins/postgres/databases.ts';
import type { PostgresDeps } from '../../src/plugins/postgres/deps.ts';
import { postgresPlugin } from '../../src/plugins/postgres/plugin.ts';
import { recordingLog } from './recording-log.ts';

/** A plugin's host that keeps what is logged. */
function testHost(lines: string[] = []): PluginHost {
  return {
    log: recordingLog(lines),
    dataFolder: tmpdir(),
    privateFiles: [],
    resourceUpdated: () => undefined,
    listChanged: () => undefined,
  };
}

/** Opens databases as config.yaml's block of the postgres plugin says; servers only, since tests run uncompiled. */
export function openTestDatabases(block: Record<string, unknown>, lines: string[] = []): Promise<PostgresDeps> {
  return openDatabases(postgresPlugin.parseConfig(block) as PostgresConfig, testHost(lines));
}
