import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { GatewayError } from '../core/errors.ts';
import { codeOf } from './environment.ts';

const othersMayUse = 0o077;

/**
 * Reads a file of `NAME=value` lines. Throws `bad_config` where it cannot be read, is not a file, or where others than its
 * owner may read or write it, with the command that mends it. Windows has no such mode bits and is not checked.
 */
export function readEnvFile(path: string, platform: NodeJS.Platform): Readonly<Record<string, string | undefined>> {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const stats = fstatSync(descriptor);
    if (!stats.isFile()) throw new GatewayError('bad_config', `${path} is not a file`);
    if (platform !== 'win32' && (stats.mode & othersMayUse) !== 0) {
      const mode = (stats.mode & 0o777).toString(8);
      throw new GatewayError(
        'bad_config',
        `${path} holds secrets, and others may use it (mode ${mode}); run: chmod 600 ${shellWord(path)}`,
      );
    }
    return parseEnv(readFileSync(descriptor, 'utf8'));
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw new GatewayError('bad_config', `${path} cannot be read (${codeOf(cause)})`, { cause });
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function shellWord(text: string): string {
  return /^[A-Za-z0-9_./:@%+=-]+$/.test(text) ? text : `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
