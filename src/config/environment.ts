import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { GatewayError } from '../core/errors.ts';

/** Longest secret that is read from a file. */
const maxSecretBytes = 65_536;

/** The variables that the configuration may use. */
export interface Environment {
  /**
   * The variable; or the content of the file that `{name}_FILE` names, without its last line break, where the variable is
   * unset or empty; or the empty string or undefined as the variable is. Throws `bad_config` where the file cannot be read.
   */
  get(name: string): string | undefined;
  /** The files that `get` has read so far, absolute. */
  readonly files: ReadonlySet<string>;
}

/** Variables of the process, with those of an env file behind them. */
export function environmentOf(
  process: Readonly<Record<string, string | undefined>>,
  envFile: Readonly<Record<string, string | undefined>>,
): Environment {
  const own = (source: Readonly<Record<string, string | undefined>>, name: string) =>
    Object.hasOwn(source, name) ? source[name] : undefined;
  const files = new Set<string>();
  return {
    files,
    get(name) {
      for (const source of [process, envFile]) {
        const value = own(source, name);
        if (value) return value;
        const file = own(source, `${name}_FILE`);
        if (!file) continue;
        files.add(resolve(file));
        return readSecret(file, `${name}_FILE`);
      }
      return own(process, name) ?? own(envFile, name);
    },
  };
}

/** The text of a file that holds one secret, without its last line break. `owner` is what names the file, for errors. */
export function readSecret(path: string, owner: string): string {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new GatewayError('bad_config', `${owner} names the file ${path}, which cannot be read (${codeOf(cause)})`, {
      cause,
    });
  }
  if (bytes.length > maxSecretBytes) {
    throw new GatewayError(
      'bad_config',
      `${owner} names the file ${path}, which is larger than ${maxSecretBytes} bytes`,
    );
  }
  return bytes.toString('utf8').replace(/\r?\n$/, '');
}

/** The system's code of a file error, such as ENOENT. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
