import { execFileSync } from 'node:child_process';
import {
  cpSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
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

test('what a crash left of an undo is removed at the next start, and the undo can be asked for again', async () => {
  mkdirSync(at('tree/inner'), { recursive: true });
  writeFileSync(at('tree/inner/f'), 'f');
  const id = await deleted('tree');
  const trash = join(fs.outside, 'gateway-data', 'trash');
  const recordOf = (change: string) => join(trash, 'changes', `${change}.json`);
  const before = readFileSync(recordOf(id), 'utf8');
  const undone = await fs.call('undo_change', { change_id: id });
  await fs.running.stop();
  const made = JSON.parse(readFileSync(recordOf(undone.data.change_id), 'utf8'));
  const [step] = made.steps;
  step.pending = true;
  writeFileSync(recordOf(made.id), JSON.stringify(made));
  // As a crash would have left it between two disks: the copy not yet at its name, a file in it not either.
  cpSync(at('tree'), join(trash, 'items', JSON.parse(before).steps[0].backup), { recursive: true });
  writeFileSync(recordOf(id), JSON.stringify({ ...JSON.parse(before), undoing: made.id }));
  renameSync(at('tree'), at(step.temporary));
  writeFileSync(join(at(step.temporary), 'inner', `.mcp-${'0'.repeat(24)}.tmp`), 'half');
  const second = await startFilesystem({ prepare: () => [fs.root], config: { trash: { folder: trash } } });
  expect(readdirSync(fs.root)).toEqual([]);
  expect((await second.call('list_changes', {})).data).toMatchObject({ kept: 1 });
  await second.call('undo_change', { change_id: id });
  expect(readdirSync(at('tree'), { recursive: true }).sort()).toEqual(['inner', 'inner/f']);
  await second.stop();
});

test('a move that a crash stopped between two disks leaves no half copy after the next start', async () => {
  writeFileSync(at('a'), 'a');
  const { data } = await fs.call('move_file', { source: 'a', destination: 'b' });
  await fs.running.stop();
  const trash = join(fs.outside, 'gateway-data', 'trash');
  const path = join(trash, 'changes', `${data.change_id}.json`);
  const record = JSON.parse(readFileSync(path, 'utf8'));
  record.steps[0].pending = true;
  writeFileSync(path, JSON.stringify(record));
  renameSync(at('b'), at('a'));
  writeFileSync(at(record.steps[0].temporary), 'half');
  const second = await startFilesystem({ prepare: () => [fs.root], config: { trash: { folder: trash } } });
  expect(readdirSync(fs.root)).toEqual(['a']);
  expect((await second.call('list_changes', {})).data).toMatchObject({ kept: 0 });
  await second.stop();
});

test('a patch that deletes a link is refused, since its target would go and the link stay', async () => {
  writeFileSync(at('target'), 'old\n');
  symlinkSync('target', at('link'));
  const patch = '--- a/link\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n';
  for (const dryRun of [true, false]) {
    expect(await fs.refusal('apply_patch', { patch, dryRun })).toContain('symbolic link');
  }
  expect(readFileSync(at('link'), 'utf8')).toBe('old\n');
});

test('a file whose folder is gone is not brought back in the place of the folder', async () => {
  mkdirSync(at('sub'));
  writeFileSync(at('sub/f'), 'old\n');
  const { data } = await fs.call('write_file', { path: 'sub/f', content: 'new' });
  rmSync(at('sub'), { recursive: true });
  expect(await fs.refusal('undo_change', { change_id: data.change_id })).toContain('Parent directory does not exist');
  expect(readdirSync(fs.root)).toEqual([]);
  mkdirSync(at('sub'));
  await fs.call('undo_change', { change_id: data.change_id });
  expect(readFileSync(at('sub/f'), 'utf8')).toBe('old\n');
});
