import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
const text = (name: string) => readFileSync(at(name), 'utf8');
const undo = (id: string) => fs.call('undo_change', { change_id: id });

beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

describe('every change can be taken back', () => {
  test('an edit, with the diff of the undo; and the undo too', async () => {
    writeFileSync(at('edited'), 'one\r\ntwo\r\n');
    const { data } = await fs.call('edit_file', { path: 'edited', edits: [{ oldText: 'two', newText: 'TWO' }] });
    const undone = await undo(data.change_id);
    expect(undone.text).toContain('-TWO\n+two');
    expect(text('edited')).toBe('one\r\ntwo\r\n');
    await undo(undone.data.change_id);
    expect(text('edited')).toBe('one\r\nTWO\r\n');
    expect(await fs.refusal('undo_change', { change_id: data.change_id })).toContain('undone already');
  });

  test('an overwritten file', async () => {
    writeFileSync(at('over'), 'old');
    const { data } = await fs.call('write_file', { path: 'over', content: 'new' });
    await undo(data.change_id);
    expect(text('over')).toBe('old');
  });

  test('a created file, with the directories made for it', async () => {
    const { data } = await fs.call('write_file', { path: 'p/q/new', content: 'x', create_parents: true });
    await undo(data.change_id);
    expect(existsSync(at('p'))).toBe(false);
    expect(existsSync(at('p/q/new'))).toBe(false);
  });

  test('a deleted tree, with its links and permissions', async () => {
    mkdirSync(at('tree/sub'), { recursive: true });
    writeFileSync(at('tree/sub/run.sh'), 'x', { mode: 0o750 });
    symlinkSync('sub', at('tree/link'));
    expect(await fs.refusal('delete_path', { path: 'tree' })).toContain('recursive');
    const { data } = await fs.call('delete_path', { path: 'tree', recursive: true });
    expect(existsSync(at('tree'))).toBe(false);
    await undo(data.change_id);
    expect(statSync(at('tree/sub/run.sh')).mode & 0o777).toBe(0o750);
    expect(readdirSync(at('tree')).sort()).toEqual(['link', 'sub']);
  });

  test('a move, and what a move with overwrite replaced', async () => {
    writeFileSync(at('from'), 'from');
    writeFileSync(at('to'), 'to');
    const { data } = await fs.call('move_file', { source: 'from', destination: 'to', overwrite: true });
    expect(text('to')).toBe('from');
    await undo(data.change_id);
    expect([text('from'), text('to')]).toEqual(['from', 'to']);
  });

  test('a copied file and a copied directory', async () => {
    mkdirSync(at('many'));
    writeFileSync(at('many/a'), 'a');
    const tree = await fs.call('copy_file', { source: 'many', destination: 'many-2', recursive: true });
    const one = await fs.call('copy_file', { source: 'many/a', destination: 'b' });
    expect([text('many-2/a'), text('b')]).toEqual(['a', 'a']);
    await undo(one.data.change_id);
    await undo(tree.data.change_id);
    expect([existsSync(at('many-2')), existsSync(at('b'))]).toEqual([false, false]);
  });

  test('a made directory, unless something is in it by now', async () => {
    const empty = await fs.call('create_directory', { path: 'made' });
    await undo(empty.data.change_id);
    expect(existsSync(at('made'))).toBe(false);
    const full = await fs.call('create_directory', { path: 'full' });
    writeFileSync(at('full/x'), 'x');
    expect((await undo(full.data.change_id)).text).toContain('not empty');
    expect(text('full/x')).toBe('x');
  });
});

describe('an undo never loses newer work', () => {
  test('a file that was changed again is not put back', async () => {
    writeFileSync(at('later'), '1');
    const { data } = await fs.call('write_file', { path: 'later', content: '2' });
    writeFileSync(at('later'), '3');
    expect(await fs.refusal('undo_change', { change_id: data.change_id })).toContain('changed again');
    expect(text('later')).toBe('3');
  });

  test('a deleted file does not come back over a new one', async () => {
    writeFileSync(at('gone'), 'old');
    const { data } = await fs.call('delete_path', { path: 'gone' });
    writeFileSync(at('gone'), 'new');
    expect(await fs.refusal('undo_change', { change_id: data.change_id })).toContain('exists again');
    expect(text('gone')).toBe('new');
  });

  test('a copy or an archive that was changed since is not taken away, nor what it replaced put back over it', async () => {
    writeFileSync(at('source'), 'source');
    writeFileSync(at('replaced'), 'old');
    const copy = await fs.call('copy_file', { source: 'source', destination: 'replaced', overwrite: true });
    const pack = await fs.call('archive_create', { source: 'source', destination: 'packed.zip' });
    for (const name of ['replaced', 'packed.zip']) writeFileSync(at(name), 'newer');
    for (const { data } of [copy, pack])
      expect(await fs.refusal('undo_change', { change_id: data.change_id })).toContain('changed again');
    for (const name of ['replaced', 'packed.zip']) expect(text(name)).toBe('newer');
  });

  test('directories that were made on the way are taken away again, and none that was there', async () => {
    mkdirSync(at('there'));
    const made = await fs.call('create_directory', { path: 'there/x/y/z' });
    const wrote = await fs.call('write_file', { path: 'there/p/q/f', content: 'x', create_parents: true });
    for (const { data } of [made, wrote]) await undo(data.change_id);
    expect(readdirSync(at('there'))).toEqual([]);
  });

  test('what comes back is as old as it was', async () => {
    mkdirSync(at('aged'));
    writeFileSync(at('aged/file'), 'x');
    const then = new Date('2001-02-03T04:05:06Z');
    for (const name of ['aged/file', 'aged']) utimesSync(at(name), then, then);
    const { data } = await fs.call('delete_path', { path: 'aged', recursive: true });
    await undo(data.change_id);
    expect([statSync(at('aged')).mtime, statSync(at('aged/file')).mtime]).toEqual([then, then]);
  });

  test('a directory is not moved into itself, nor over a file', async () => {
    mkdirSync(at('self/sub'), { recursive: true });
    writeFileSync(at('in-the-way'), 'x');
    const into = { source: 'self', destination: 'self/sub/self' };
    expect(await fs.refusal('move_file', into)).toContain('into itself');
    const over = { source: 'self', destination: 'in-the-way', overwrite: true };
    expect(await fs.refusal('move_file', over)).toContain('already exists');
    expect(text('in-the-way')).toBe('x');
    expect(existsSync(at('self/sub'))).toBe(true);
  });

  test('a change of several files is undone whole or not at all', async () => {
    const create = (name: string) => `--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+x\n`;
    const { data } = await fs.call('apply_patch', { patch: create('several-1') + create('several-2') });
    writeFileSync(at('several-1'), 'newer');
    expect(await fs.refusal('undo_change', { change_id: data.change_id })).toContain('changed again');
    expect([text('several-1'), text('several-2')]).toEqual(['newer', 'x\n']);
  });

  test('a copied directory in which there is a repository by now stays', async () => {
    mkdirSync(at('plain-tree/sub'), { recursive: true });
    const { data } = await fs.call('copy_file', { source: 'plain-tree', destination: 'now-repo', recursive: true });
    mkdirSync(at('now-repo/.git'));
    expect(await fs.refusal('undo_change', { change_id: data.change_id })).toContain('.git');
    expect(existsSync(at('now-repo/.git'))).toBe(true);
  });

  test('ids that are no change are refused, paths among them', async () => {
    for (const id of ['', 'nope', '../../etc/passwd', '000000000-0000000000']) {
      expect(await fs.refusal('undo_change', { change_id: id })).toContain('No change of that id');
    }
  });
});

describe('the record', () => {
  test('lists changes newest first, of one path if asked, and says what is undone', async () => {
    mkdirSync(at('listed'));
    const first = await fs.call('write_file', { path: 'listed/a', content: '1' });
    const second = await fs.call('write_file', { path: 'listed/a', content: '2' });
    await undo(second.data.change_id);
    const { data } = await fs.call('list_changes', { path: 'listed' });
    expect(data.changes.map((change: { tool: string }) => change.tool)).toEqual([
      'undo_change',
      'write_file',
      'write_file',
    ]);
    expect(data.changes[1]).toMatchObject({ change_id: second.data.change_id, recoverable: false });
    expect(data.changes[2]).toMatchObject({ change_id: first.data.change_id, paths: [at('listed/a')] });
  });

  test('survives a restart, and is private', async () => {
    const trash = join(fs.outside, 'kept-trash');
    const first = await startFilesystem({ config: { trash: { folder: trash } }, prepare: () => [fs.root] });
    writeFileSync(at('restart'), 'old');
    const { data } = await first.call('write_file', { path: 'restart', content: 'new' });
    await first.stop();
    expect(statSync(trash).mode & 0o777).toBe(0o700);
    const second = await startFilesystem({ config: { trash: { folder: trash } }, prepare: () => [fs.root] });
    await second.call('undo_change', { change_id: data.change_id });
    expect(text('restart')).toBe('old');
    await second.stop();
  });

  test('is held to its size: the oldest changes go first', async () => {
    const small = await startFilesystem({ config: { trash: { maxBytes: 10_000 } } });
    const ids: string[] = [];
    for (let i = 0; i < 10; i++) {
      const { data } = await small.call('write_file', { path: 'x', content: `${i}`.repeat(3000) });
      ids.push(data.change_id);
    }
    const { data } = await small.call('list_changes', {});
    expect(data.kept).toBeLessThan(6);
    expect(data.changes[0].change_id).toBe(ids.at(-1));
    const items = readdirSync(join(small.outside, 'gateway-data', 'trash', 'items'));
    expect(items.length).toBeLessThan(6);
    await small.stop();
  });

  test('a failed change leaves none', async () => {
    const before = (await fs.call('list_changes', {})).data.kept;
    writeFileSync(at('kept-file'), 'x');
    await fs.refusal('move_file', { source: 'kept-file', destination: 'kept-file/x' });
    await fs.refusal('edit_file', { path: 'kept-file', edits: [{ oldText: 'nope', newText: '' }] });
    expect((await fs.call('list_changes', {})).data.kept).toBe(before);
  });

  test('permanent deletes and a trash switched off are final and say so', async () => {
    writeFileSync(at('final'), 'x');
    const { data, text: said } = await fs.call('delete_path', { path: 'final', permanent: true });
    expect(data.recoverable).toBe(false);
    expect(said).toContain('for good');
    const off = await startFilesystem({ config: { trash: { enabled: false } } });
    writeFileSync(join(off.root, 'x'), 'x');
    expect((await off.call('delete_path', { path: 'x' })).data.recoverable).toBe(false);
    expect(await off.refusal('undo_change', { change_id: 'x' })).toContain('keeps no changes');
    await off.stop();
  });
});

test('a copy that meets a cap leaves nothing behind', async () => {
  const small = await startFilesystem({ config: { limits: { walkEntries: 3 } } });
  mkdirSync(join(small.root, 'big'));
  for (const name of 'abcd') writeFileSync(join(small.root, 'big', name), 'x');
  const copy = { source: 'big', destination: 'copy', recursive: true };
  expect(await small.refusal('copy_file', copy)).toContain('limits.walkEntries');
  expect(existsSync(join(small.root, 'copy'))).toBe(false);
  await small.stop();
});

test('a write in flight is neither shown, found, copied nor packed', async () => {
  const temporary = `.mcp-${'0a'.repeat(12)}.tmp`;
  mkdirSync(at('flight'));
  writeFileSync(at(`flight/${temporary}`), 'in flight');
  writeFileSync(at('flight/kept'), 'x');
  for (const [tool, args] of [
    ['list_directory', {}],
    ['list_directory_with_sizes', {}],
    ['directory_tree', {}],
    ['search_files', { pattern: '**' }],
    ['search_content', { query: 'in flight' }],
  ] as const) {
    expect((await fs.call(tool, { path: 'flight', ...args })).text, tool).not.toContain(temporary);
  }
  await fs.call('copy_file', { source: 'flight', destination: 'flown', recursive: true });
  expect(readdirSync(at('flown'))).toEqual(['kept']);
  const packed = await fs.call('archive_create', { source: 'flight', destination: 'flight.zip' });
  expect(packed.data.entries).toBe(2);
});

test('subscribers of a file are told when a tool changes it', async () => {
  const own = await startFilesystem();
  const uri = (name: string) => pathToFileURL(join(own.root, name)).href;
  await own.call('write_file', { path: 'told ü', content: 'old' });
  await own.call('edit_file', { path: 'told ü', edits: [{ oldText: 'old', newText: 'new' }], dryRun: true });
  await own.refusal('edit_file', { path: 'told ü', edits: [{ oldText: 'none', newText: 'new' }] });
  await own.call('move_file', { source: 'told ü', destination: 'moved' });
  await own.call('delete_path', { path: 'moved' });
  expect(own.updated).toEqual([uri('told ü'), uri('told ü'), uri('moved'), uri('moved')]);
  await own.stop();
});
