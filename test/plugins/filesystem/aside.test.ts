import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

// A directory is checked at a name that nobody knows, so that what is moved or deleted is what was checked.

const planter = fileURLToPath(new URL('./support/planter.mjs', import.meta.url));
let fs: Filesystem;
let child: ChildProcess;
const at = (...names: string[]) => join(fs.root, ...names);

beforeAll(async () => {
  fs = await startFilesystem();
  mkdirSync(at('victim'));
  child = fork(planter, [at('victim')]);
  await once(child, 'message');
});

afterAll(async () => {
  child.kill('SIGKILL');
  await once(child, 'exit');
  await fs.stop();
});

/** Whether a protected file is anywhere below a folder. */
function hasSecret(folder: string): boolean {
  return existsSync(folder) && readdirSync(folder, { recursive: true }).some((name) => String(name).endsWith('.env'));
}

test('a secret that another process puts in meanwhile is never deleted or moved away', {
  timeout: 120_000,
}, async () => {
  const trash = join(fs.outside, 'gateway-data', 'trash', 'items');
  let done = 0;
  let refused = 0;
  // On a busy machine one of the two may always win for a while.
  for (let i = 0; i < 60 || ((done === 0 || refused === 0) && i < 600); i++) {
    for (let wait = 0; wait < 200 && !existsSync(at('victim', '399')); wait++) await setTimeout(1);
    const call =
      i % 2 === 0
        ? fs.call('delete_path', { path: 'victim', recursive: true })
        : fs.call('move_file', { source: 'victim', destination: `moved-${i}` });
    try {
      await call;
      done++;
      if (i % 2 === 1) expect(hasSecret(at(`moved-${i}`))).toBe(false);
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'GatewayError') throw error;
      refused++;
    }
  }
  expect(hasSecret(trash)).toBe(false);
  expect(done).toBeGreaterThan(0);
  expect(refused).toBeGreaterThan(0);
  expect(readdirSync(fs.root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
});

test('a directory that a crash left aside has its name back after the next start', async () => {
  const first = await startFilesystem();
  mkdirSync(join(first.root, 'kept'));
  writeFileSync(join(first.root, 'kept', 'x'), 'x');
  const trash = join(first.outside, 'gateway-data', 'trash');
  const { data } = await first.call('delete_path', { path: 'kept', recursive: true });
  const record = JSON.parse(readFileSync(join(trash, 'changes', `${data.change_id}.json`), 'utf8'));
  await first.running.stop();
  // As the crash would have left it: off its name, and not yet in the trash.
  renameSync(join(trash, 'items', record.steps[0].backup), join(first.root, record.steps[0].aside));
  record.steps[0].pending = true;
  writeFileSync(join(trash, 'changes', `${data.change_id}.json`), JSON.stringify(record));
  const second = await startFilesystem({ prepare: () => [first.root], config: { trash: { folder: trash } } });
  expect(readFileSync(join(first.root, 'kept', 'x'), 'utf8')).toBe('x');
  expect(readdirSync(first.root)).toEqual(['kept']);
  expect((await second.call('list_changes', {})).data.changes).toEqual([]);
  await second.stop();
  await first.stop();
});
