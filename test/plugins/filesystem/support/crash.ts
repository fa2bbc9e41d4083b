import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { compiledSupport } from './compiled.ts';

const crasher = fileURLToPath(new URL('./crasher.mjs', import.meta.url));

/** What a gateway is started with, to be killed. */
interface Gateway {
  readonly data: string;
  readonly roots: readonly string[];
  /** More of its configuration. */
  readonly config?: Record<string, unknown>;
}

export type Calls = readonly (readonly [tool: string, args: Record<string, unknown>])[];

/**
 * Kills a gateway of its own process right before its n-th change of the file system, counted from its first call or from
 * its start; returns whether all calls were made before. `folder` is for what it needs.
 */
export function crasherIn(folder: string) {
  const plugin = compiledSupport(folder);
  return async ({ data, roots, config = {} }: Gateway, n: number, calls: Calls, from: 'calls' | 'start' = 'calls') => {
    const given = JSON.stringify({ roots, write: true, ...config });
    const args = [plugin, String(n), data, given, JSON.stringify(calls), from];
    const [code, signal] = await once(fork(crasher, args, { stdio: 'inherit' }), 'exit');
    expect(code === 0 || signal === 'SIGKILL', `ended with ${code ?? signal}`).toBe(true);
    return code === 0;
  };
}
