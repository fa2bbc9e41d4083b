import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

// A tree that is copied or unpacked has no name before all of it is there.

const directories = 20;
const filesEach = 30;
let fs: Filesystem;
const at = (...names: string[]) => join(fs.root, ...names);
beforeEach(async () => {
  fs = await startFilesystem();
  for (let d = 0; d < directories; d++) {
    mkdirSync(at('tree', String(d)), { recursive: true });
    for (let i = 0; i < filesEach; i++) writeFileSync(at('tree', String(d), String(i)), `${d} ${i}`);
  }
});
afterEach(() => fs.stop());

/** How many entries a tree had when it was first seen, while `work` ran. */
async function firstSight(name: string, work: Promise<unknown>): Promise<number> {
  let entries = 0;
  let ended = false;
  const end = work.finally(() => {
    ended = true;
  });
  while (!ended && entries === 0) {
    if (existsSync(at(name))) entries = readdirSync(at(name), { recursive: true }).length;
    await setImmediate();
  }
  await end;
  return entries || readdirSync(at(name), { recursive: true }).length;
}

const all = directories * (filesEach + 1);

test('a copy is seen whole or not at all', async () => {
  const copy = fs.call('copy_file', { source: 'tree', destination: 'copy', recursive: true });
  expect(await firstSight('copy', copy)).toBe(all);
  expect(readFileSync(at('copy/19/29'), 'utf8')).toBe('19 29');
  expect(readdirSync(fs.root).sort()).toEqual(['copy', 'tree']);
});

test('so is what comes out of an archive', async () => {
  await fs.call('archive_create', { source: 'tree', destination: 'tree.zip' });
  const extract = fs.call('archive_extract', { path: 'tree.zip', destination: 'out' });
  expect(await firstSight('out', extract)).toBe(all + 1);
  expect(readFileSync(at('out/tree/19/29'), 'utf8')).toBe('19 29');
  expect(readdirSync(fs.root).sort()).toEqual(['out', 'tree', 'tree.zip']);
});

test('a name that is taken while the copy is made stays what it is, and nothing else is left', async () => {
  const copy = fs.refusal('copy_file', { source: 'tree', destination: 'copy', recursive: true });
  await setImmediate();
  mkdirSync(at('copy'));
  writeFileSync(at('copy/theirs'), 'theirs');
  expect(await copy).toContain('already exists');
  expect(readdirSync(at('copy'))).toEqual(['theirs']);
  expect(readdirSync(fs.root).sort()).toEqual(['copy', 'tree']);
  expect((await fs.call('list_changes', {})).data.kept).toBe(0);
});
