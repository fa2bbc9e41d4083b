import { GatewayError } from '../../core/errors.ts';
import type { Health, PluginHost } from '../../core/plugin.ts';
import { nearestKey } from '../../core/schema-issues.ts';
import { type DatabaseSettings, embedded, type PostgresConfig, settingsOf } from './config.ts';
import { GuardedDatabase } from './database.ts';
import type { Database, PostgresDeps } from './deps.ts';
import type { Engine } from './engine.ts';
import { checkHealth } from './health.ts';
import { parseTarget } from './server/target.ts';

/**
 * Opens every configured database. Resolves soon, whatever state they are in: each connects, or starts, in the
 * background and by itself. Throws `bad_config` for a URL that cannot be understood.
 */
export async function openDatabases(config: PostgresConfig, host: PluginHost): Promise<PostgresDeps> {
  const databases = new Map<string, Database>();
  for (const { id, url, settings } of settingsOf(config)) {
    databases.set(id, new GuardedDatabase(id, await openEngine(id, url, settings, host), settings));
  }
  const [first] = databases.values();
  return {
    databases,
    database(id) {
      const found = id === undefined ? first : databases.get(id);
      if (found) return found;
      throw unknownDatabase(id ?? '', [...databases.keys()]);
    },
    health: (): Promise<Health> => checkHealth([...databases.values()]),
    async close() {
      await Promise.allSettled(Array.from(databases.values(), ({ engine }) => engine.close()));
    },
  };
}

async function openEngine(id: string, url: string, settings: DatabaseSettings, host: PluginHost): Promise<Engine> {
  const log = host.log.child({ database: id });
  if (url === embedded) {
    const { openEmbeddedEngine } = await import('./embedded/engine.ts');
    return openEmbeddedEngine({ dataFolder: host.dataFolder, log });
  }
  const { openServerEngine } = await import('./server/server-engine.ts');
  const target = parseTarget(url);
  if (target.ignored.length > 0)
    log.warn({ keys: target.ignored }, 'the database URL has parameters that are not used');
  return openServerEngine({ target, pool: settings.pool, usualTimeoutMs: settings.statementTimeoutMs, log });
}

function unknownDatabase(id: string, ids: readonly string[]): GatewayError {
  const near = nearestKey(id, ids);
  const hint = near === undefined ? '' : ` Did you mean "${near}"?`;
  return new GatewayError(
    'invalid_input',
    `There is no database "${id.slice(0, 100)}".${hint} Configured are: ${ids.join(', ')}.`,
  );
}
