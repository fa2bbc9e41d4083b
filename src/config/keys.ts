import { resolve } from 'node:path';
import * as v from 'valibot';
import { GatewayError } from '../core/errors.ts';
import { readSecret } from './environment.ts';
import type { Problem } from './problems.ts';
import { type ApiKey, type ConfigFile, KeyText } from './schema.ts';

type KeyEntry = ConfigFile['auth']['keys'][number];

/** Names every key and reads those that stand in files; refuses a key or a name that is there twice. */
export function resolveKeys(entries: readonly KeyEntry[], folder: string) {
  const keys: ApiKey[] = [];
  const problems: Problem[] = [];
  for (const [index, entry] of entries.entries()) {
    try {
      keys.push(unlikeOthers(resolveKey(entry, index, folder), keys));
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      problems.push({ path: ['auth', 'keys', index], message: error.message });
    }
  }
  return { keys, problems };
}

/** The files that keys are read from, absolute. */
export function keyFiles(entries: readonly KeyEntry[], folder: string): readonly string[] {
  return entries.flatMap((entry) =>
    typeof entry === 'string' || entry.keyFile === undefined ? [] : [resolve(folder, entry.keyFile)],
  );
}

function resolveKey(entry: KeyEntry, index: number, folder: string): ApiKey {
  const { name = `key${index + 1}`, key, keyFile } = typeof entry === 'string' ? { key: entry } : entry;
  if (key !== undefined && keyFile === undefined) return { name, key };
  if (key !== undefined || keyFile === undefined) {
    throw new GatewayError('bad_config', 'needs one of key and keyFile');
  }
  const read = v.safeParse(KeyText, readSecret(resolve(folder, keyFile), 'keyFile'));
  if (read.success) return { name, key: read.output };
  throw new GatewayError('bad_config', `the key in ${keyFile} ${read.issues[0].message}`);
}

function unlikeOthers(key: ApiKey, others: readonly ApiKey[]): ApiKey {
  if (others.some(({ name }) => name === key.name)) {
    throw new GatewayError('bad_config', `another key has the name ${key.name} too`);
  }
  const same = others.find((other) => other.key === key.key);
  if (same) throw new GatewayError('bad_config', `this is the same key as that of ${same.name}`);
  return key;
}

/**
 * Adds the key of the MCP_GATEWAY_KEY variable, named `env`, unless the file has that key already. Where tokens are taken the
 * variable may hold one, for the client commands: as a key it would go on opening the gateway when it has expired.
 */
export function withEnvironmentKey(keys: readonly ApiKey[], value: string | undefined, takesTokens: boolean) {
  if (!value || keys.some(({ key }) => key === value)) return keys;
  if (takesTokens && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(value)) return keys;
  const parsed = v.safeParse(KeyText, value);
  if (!parsed.success) throw new GatewayError('bad_config', `MCP_GATEWAY_KEY ${parsed.issues[0].message}`);
  if (keys.some(({ name }) => name === 'env')) {
    throw new GatewayError(
      'bad_config',
      'MCP_GATEWAY_KEY adds a key named env, and auth.keys has another one of that name',
    );
  }
  return [...keys, { name: 'env', key: value }];
}
