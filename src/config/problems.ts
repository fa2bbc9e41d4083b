import { GatewayError } from '../core/errors.ts';

/** Problems that are written out; a broken file can have as many as it has characters. */
const mostShown = 50;

/** Where a value stands in the configuration, from its root. */
export type ConfigPath = readonly (string | number)[];

/** One thing wrong with the configuration. The message never holds a value: it may be a secret. */
export interface Problem {
  readonly path: ConfigPath;
  readonly message: string;
}

/** A problem with its place: `config.yaml:4`, `PORT (environment)`, or undefined where it stands nowhere. */
export interface PlacedProblem {
  readonly place: string | undefined;
  /** The line in the file, where it stands in one. */
  readonly line?: number | undefined;
  readonly text: string;
}

/** All problems as one error, a line each, in the order of the file. */
export function badConfig(problems: readonly PlacedProblem[]): GatewayError {
  const ordered = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0));
  // two rules that say the same of one value are one problem
  const all = [...new Set(ordered.map(({ place, text }) => (place ? `${place}: ${text}` : text)))];
  const [only] = all;
  if (all.length === 1 && only !== undefined) return new GatewayError('bad_config', only);
  const lines = all.slice(0, mostShown);
  if (all.length > mostShown) lines.push(`and ${all.length - mostShown} more`);
  return new GatewayError(
    'bad_config',
    `${all.length} problems in the configuration:\n${lines.map((line) => `  ${line}`).join('\n')}`,
  );
}

/** A path as the key of a Map or Set. */
export function pathKey(path: ConfigPath): string {
  return JSON.stringify(path.map(String));
}

/** The own value at a path of plain data, or undefined. */
export function valueAt(data: unknown, path: ConfigPath): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value;
}

/** Whether the value is a block of keys. */
export function isBlock(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
