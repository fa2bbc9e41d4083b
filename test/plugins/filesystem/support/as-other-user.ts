import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { compiledSupport } from './compiled.ts';

const program = fileURLToPath(new URL('./other-user.mjs', import.meta.url));

/** The answers to tool calls by a user who is not root, on the folder `data` in `top`, `gateway-data` in it for the trash. */
export async function callsAsOther(top: string, config: Record<string, unknown>, calls: unknown[]): Promise<string[]> {
  const given = { roots: [join(top, 'data')], write: true, ...config };
  const folder = join(top, 'gateway-data');
  const child = fork(program, [compiledSupport(top), folder, JSON.stringify(given), JSON.stringify(calls)]);
  const answers: string[] = [];
  child.on('message', (text) => answers.push(String(text)));
  const [code] = await once(child, 'exit');
  expect(code).toBe(0);
  return answers;
}
