import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { crasherIn } from './support/crash.ts';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

// What is dropped from the trash while the gateway runs, because there is no room for it any more.

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-dropping-')));
const crash = crasherIn(folder);
const [root, data] = [join(folder, 'root'), join(folder, 'data')];
const trash = (...names: string[]) => join(data, 'trash', ...names);
const maxBytes = 200_000;
const started: Filesystem[] = [];

async function start(): Promise<Filesystem> {
  const fs = await startFilesystem({ prepare: () => [root], config: { trash: { folder: trash(), maxBytes } } });
  started.push(fs);
  return fs;
}

beforeEach(() => {
  for (const one of [root, data]) rmSync(one, { recursive: true, force: true });
  mkdirSync(join(root, 'tree', 'inner'), { recursive: true });
});
afterEach(async () => {
  for (const fs of started.splice(0)) await fs.stop();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fill(files: number): void {
  for (let i = 0; i < files; i++) writeFileSync(join(root, 'tree', i % 2 ? 'inner' : '.', `${i}`), '');
}

/** Two calls, of which the second leaves no room for what the first deleted. */
const calls: [string, Record<string, unknown>][] = [
  ['delete_path', { path: 'tree', recursive: true }],
  ['delete_path', { path: 'big' }],
];
const makeBig = () => writeFileSync(join(root, 'big'), 'x'.repeat(maxBytes));

test('a large tree goes while other calls are answered, and its record at once', async () => {
  fill(10_000);
  makeBig();
  const fs = await startFilesystem({ prepare: () => [root], config: { trash: { folder: trash(), maxBytes: 2e6 } } });
  started.push(fs);
  await fs.call('delete_path', { path: 'tree', recursive: true });
  writeFileSync(join(root, 'big'), 'x'.repeat(2e6));
  await fs.call('delete_path', { path: 'big' });
  const left = () => readdirSync(trash('items')).filter((name) => name.endsWith('.dropped'));
  expect(left()).toHaveLength(1);
  expect((await fs.call('list_changes', {})).data).toMatchObject({ kept: 1, dropped: 1 });
  let answered = 0;
  for (; left().length > 0; answered++) await fs.call('list_directory', { path: '.' });
  expect(answered).toBeGreaterThan(3);
});

test('what a stop leaves of it goes at the next start, at once and whatever records cannot be read', async () => {
  fill(10);
  const first = await start();
  await first.call('delete_path', { path: 'tree', recursive: true });
  const [item = ''] = readdirSync(trash('items'));
  await first.running.stop();
  const [name = ''] = readdirSync(trash('changes'));
  writeFileSync(trash('changes', name), '{');
  mkdirSync(trash('items', `${item}.dropped`, 'inner'), { recursive: true });
  chmodSync(trash('items', `${item}.dropped`, 'inner'), 0o500);
  await start();
  await vi.waitUntil(() => !existsSync(trash('items', `${item}.dropped`)));
  expect(readdirSync(trash('items'))).toEqual([item]);
});

test('killed at any point of it, the list of changes is true and nothing is left', { timeout: 300_000 }, async () => {
  for (let n = 1; ; n++) {
    for (const one of [root, data]) rmSync(one, { recursive: true, force: true });
    mkdirSync(join(root, 'tree', 'inner'), { recursive: true });
    fill(6);
    makeBig();
    const config = { trash: { maxBytes } };
    const ended = await crash({ data, roots: [root], config }, n, calls);
    const fs = await start();
    const { changes } = (await fs.call('list_changes', {})).data;
    const paths = changes.flatMap((change: { paths: string[] }) => change.paths);
    for (const name of ['tree', 'big']) {
      const path = join(root, name);
      expect(existsSync(path) && paths.includes(path), `${name}, killed at ${n}`).toBe(false);
    }
    // Each is where it was, or can be brought back; but what was to be dropped may be gone.
    expect(existsSync(join(root, 'big')) || paths.includes(join(root, 'big')), `killed at ${n}`).toBe(true);
    for (const { change_id } of changes) await fs.call('undo_change', { change_id });
    if (paths.includes(join(root, 'tree'))) expect(readdirSync(join(root, 'tree'))).toHaveLength(4);
    await vi.waitUntil(() => !readdirSync(trash('items')).some((name) => name.endsWith('.dropped')));
    await fs.stop();
    if (ended) return;
  }
});
