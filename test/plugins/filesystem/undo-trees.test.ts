import { execFileSync } from 'node:child_process';
import { linkSync, lstatSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
beforeEach(async () => {
  fs = await startFilesystem();
});
afterEach(() => fs.stop());

async function deleted(path: string): Promise<string> {
  return (await fs.call('delete_path', { path, recursive: true })).data.change_id;
}

test('a deleted tree comes back as itself: links, FIFOs, modes and entries are those that were deleted', async () => {
  mkdirSync(at('tree/inner'), { recursive: true });
  writeFileSync(at('tree/a'), 'a');
  linkSync(at('tree/a'), at('tree/inner/b'));
  symlinkSync('nowhere', at('tree/link'));
  execFileSync('mkfifo', [at('tree/pipe')]);
  execFileSync('chmod', ['6755', at('tree/a')]);
  const before = lstatSync(at('tree/a'));
  const id = await deleted('tree');
  const undone = await fs.call('undo_change', { change_id: id });
  expect(lstatSync(at('tree/a'))).toMatchObject({ ino: before.ino, mode: before.mode, nlink: 2 });
  expect(lstatSync(at('tree/inner/b')).ino).toBe(before.ino);
  expect(lstatSync(at('tree/link')).isSymbolicLink()).toBe(true);
  expect(lstatSync(at('tree/pipe')).isFIFO()).toBe(true);
  expect(readdirSync(join(fs.outside, 'gateway-data', 'trash', 'items'))).toEqual([]);
  const again = await fs.call('undo_change', { change_id: undone.data.change_id });
  expect(readdirSync(fs.root)).toEqual([]);
  await fs.call('undo_change', { change_id: again.data.change_id });
  expect(lstatSync(at('tree/inner/b'))).toMatchObject({ ino: before.ino, mode: before.mode });
});

test('a deleted FIFO comes back, and a name that was taken since is kept', async () => {
  execFileSync('mkfifo', [at('pipe')]);
  const id = await deleted('pipe');
  writeFileSync(at('pipe'), 'newer');
  expect(await fs.refusal('undo_change', { change_id: id })).toContain('exists again');
  execFileSync('rm', [at('pipe')]);
  await fs.call('undo_change', { change_id: id });
  expect(lstatSync(at('pipe')).isFIFO()).toBe(true);
});

test('what came back counts no more toward what the trash may keep', async () => {
  const small = await startFilesystem({ prepare: () => [fs.root], config: { trash: { maxBytes: 100_000 } } });
  mkdirSync(at('tree'));
  writeFileSync(at('tree/f'), 'x'.repeat(60_000));
  const first = (await small.call('delete_path', { path: 'tree', recursive: true })).data.change_id;
  await small.call('undo_change', { change_id: first });
  writeFileSync(at('other'), 'y'.repeat(60_000));
  await small.call('delete_path', { path: 'other' });
  const { data } = await small.call('list_changes', {});
  expect(data).toMatchObject({ kept: 3 });
  expect(data).not.toHaveProperty('dropped');
  await small.stop();
});

test('what somebody writes under the other name of an edited file is not what undo brings back', async () => {
  writeFileSync(at('one'), 'old\n');
  linkSync(at('one'), at('two'));
  const edit = { path: 'one', edits: [{ oldText: 'old', newText: 'new' }] };
  const { data } = await fs.call('edit_file', edit);
  writeFileSync(at('two'), 'theirs\n'); // in place: the same inode
  await fs.call('undo_change', { change_id: data.change_id });
  expect(readFileSync(at('one'), 'utf8')).toBe('old\n');
  expect(readFileSync(at('two'), 'utf8')).toBe('theirs\n');
});
