import { GatewayError } from '../core/errors.ts';
import type { Environment } from './environment.ts';
import { type ConfigPath, isBlock, type Problem, pathKey } from './problems.ts';

const reference = /\$\$\{|\$\{([^}]*)(\}?)/g;
const inner = /^([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/s;

export interface Interpolated {
  readonly value: unknown;
  /** Paths (as `pathKey`s) of texts that were one `${…}` and nothing else: they may stand for a number or a boolean. */
  readonly whole: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/**
 * Replaces `${NAME}` and `${NAME:-default}` in the texts of parsed data, and `$${` by `${`. What comes from the environment is
 * never parsed again, neither as YAML nor for further references: it can only ever be a text. Keys are left alone.
 */
export function interpolate(data: unknown, environment: Environment): Interpolated {
  const whole = new Set<string>();
  const problems: Problem[] = [];

  function text(value: string, path: ConfigPath): string {
    return value.replaceAll(reference, (found: string, body: string | undefined, end: string, offset: number) => {
      if (body === undefined) return '${';
      try {
        const replaced = resolve(end === '}' ? body : undefined, environment);
        if (offset === 0 && found.length === value.length) whole.add(pathKey(path));
        return replaced;
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        problems.push({ path, message: error.message });
        return '';
      }
    });
  }

  function walk(value: unknown, path: ConfigPath): unknown {
    if (typeof value === 'string') return text(value, path);
    if (Array.isArray(value)) return value.map((item, index) => walk(item, [...path, index]));
    if (!isBlock(value)) return value;
    const entries: [string, unknown][] = [];
    for (const [key, item] of Object.entries(value)) {
      if (key in Object.prototype) problems.push({ path: [...path, key], message: 'this name cannot be a key' });
      else entries.push([key, walk(item, [...path, key])]);
    }
    return Object.fromEntries(entries);
  }

  return { value: walk(data, []), whole, problems };
}

function resolve(body: string | undefined, environment: Environment): string {
  const [, name, fallback] = (body === undefined ? null : inner.exec(body)) ?? [];
  if (name === undefined || fallback?.includes('${')) {
    throw new GatewayError('bad_config', `a reference is \${NAME} or \${NAME:-default}; write $\${ for \${ itself`);
  }
  const value = environment.get(name);
  // as in a shell, `:-` also stands in for an empty variable
  if (fallback !== undefined) return value || fallback;
  if (value !== undefined) return value;
  throw new GatewayError(
    'bad_config',
    `${name} is not set in the environment; set it, or ${name}_FILE, or write \${${name}:-default}`,
  );
}
