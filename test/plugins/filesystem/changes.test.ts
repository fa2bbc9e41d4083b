import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
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
    expect(await fs.refusal('undo_change', { change_id: data.change_id })).toContain('no longer what');
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
    expect(data.dropped).toBe(10 - data.kept);
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

describe('an undo of a tree or a move takes away only what the change made', () => {
  const refused = (id: string) => fs.refusal('undo_change', { change_id: id });

  test.each([
    ['a file that came to it', (tree: string) => writeFileSync(join(tree, 'sub', 'later'), 'work')],
    ['a file that was changed', (tree: string) => writeFileSync(join(tree, 'sub', 'a'), 'other')],
    ['a file that was taken away', (tree: string) => rmSync(join(tree, 'sub', 'a'))],
  ])('a copied directory with %s stays', async (name, change) => {
    mkdirSync(at(`${name}/sub`), { recursive: true });
    writeFileSync(at(`${name}/sub/a`), 'a');
    const { data } = await fs.call('copy_file', { source: name, destination: `${name} 2`, recursive: true });
    change(at(`${name} 2`));
    expect(await refused(data.change_id)).toContain('no longer what this change made');
    expect(existsSync(at(`${name} 2/sub`))).toBe(true);
  });

  test('a copied directory goes once the later changes in it are undone', async () => {
    mkdirSync(at('first/sub'), { recursive: true });
    writeFileSync(at('first/sub/a'), 'a');
    const copied = await fs.call('copy_file', { source: 'first', destination: 'second', recursive: true });
    const edits = [{ oldText: 'a', newText: 'b' }];
    const edited = await fs.call('edit_file', { path: 'second/sub/a', edits });
    const moved = await fs.call('move_file', { source: 'second/sub/a', destination: 'second/b' });
    expect(await refused(copied.data.change_id)).toContain('no longer');
    await undo(moved.data.change_id);
    await undo(edited.data.change_id);
    await undo(copied.data.change_id);
    expect(existsSync(at('second'))).toBe(false);
  });

  test('a move is not taken back with something else in its place', async () => {
    writeFileSync(at('mine'), 'mine');
    const { data } = await fs.call('move_file', { source: 'mine', destination: 'yours' });
    rmSync(at('yours'));
    writeFileSync(at('yours'), 'theirs');
    expect(await refused(data.change_id)).toContain('no longer what was moved');
    expect([existsSync(at('mine')), text('yours')]).toEqual([false, 'theirs']);
  });

  test('a new file has no name that ends with a slash', async () => {
    writeFileSync(at('slashed'), 'x');
    for (const [tool, args] of [
      ['write_file', { path: 'newf/', content: 'x' }],
      ['write_file', { path: 'newd/newf/', content: 'x', create_parents: true }],
      ['move_file', { source: 'slashed', destination: 'newf/' }],
      ['copy_file', { source: 'slashed', destination: 'newf/.' }],
      ['archive_create', { source: 'slashed', destination: 'newf/' }],
    ] as const)
      expect(await fs.refusal(tool, args), tool).toContain('ENOTDIR');
    expect([existsSync(at('newf')), existsSync(at('newd')), text('slashed')]).toEqual([false, false, 'x']);
    mkdirSync(at('slashed-dir'));
    await fs.call('move_file', { source: 'slashed-dir', destination: 'slashed-dir-2/' });
    expect(existsSync(at('slashed-dir-2'))).toBe(true);
  });

  test('a file is not moved onto itself or another name of it', async () => {
    writeFileSync(at('one-name'), 'x');
    linkSync(at('one-name'), at('other-name'));
    for (const destination of ['one-name', 'other-name'])
      expect(await fs.refusal('move_file', { source: 'one-name', destination })).toContain('already exists');
    writeFileSync(at('caf\u00e9'), 'x');
    await fs.call('move_file', { source: 'caf\u00e9', destination: 'cafe\u0301' });
    expect(readdirSync(fs.root)).toContain('cafe\u0301');
    expect(readdirSync(fs.root)).not.toContain('caf\u00e9');
  });
});

describe('large files', () => {
  let small: Filesystem;
  const size = 3_000_000;
  beforeAll(async () => {
    small = await startFilesystem({ config: { limits: { editBytes: 10_000 }, trash: { maxBytes: 1_000_000 } } });
  });
  afterAll(() => small.stop());

  test('are taken back, however large they or what replaced them is', async () => {
    const wide = await startFilesystem({ config: { limits: { editBytes: 10_000 } } });
    const path = join(wide.root, 'large');
    writeFileSync(path, 'old'.repeat(size / 3));
    const shrunk = await wide.call('write_file', { path: 'large', content: 'small' });
    const grown = await wide.call('write_file', { path: 'large', content: 'new'.repeat(size / 3) });
    const again = await wide.call('undo_change', { change_id: grown.data.change_id });
    expect(again.text).toContain('restored');
    expect(readFileSync(path, 'utf8')).toBe('small');
    const first = await wide.call('undo_change', { change_id: shrunk.data.change_id });
    expect(first.data.change_id).not.toBe('');
    expect(statSync(path).size).toBe(size);
    const made = await wide.call('copy_file', { source: 'large', destination: 'copied' });
    await wide.call('undo_change', { change_id: made.data.change_id });
    expect(existsSync(join(wide.root, 'copied'))).toBe(false);
    await wide.stop();
  });

  test('of which no undo would be kept are left alone, and with them what is kept of others', async () => {
    writeFileSync(join(small.root, 'kept'), 'old');
    const kept = await small.call('write_file', { path: 'kept', content: 'new' });
    writeFileSync(join(small.root, 'large'), Buffer.alloc(size, 1));
    writeFileSync(join(small.root, 'other'), 'x');
    for (const [tool, args] of [
      ['write_file', { path: 'large', content: 'x' }],
      ['delete_path', { path: 'large' }],
      ['copy_file', { source: 'other', destination: 'large', overwrite: true }],
      ['move_file', { source: 'other', destination: 'large', overwrite: true }],
    ] as const)
      expect(await small.refusal(tool, args), tool).toContain('trash.maxBytes');
    expect(statSync(join(small.root, 'large')).size).toBe(size);
    expect((await small.call('list_changes', {})).data.kept).toBe(1);
    await small.call('delete_path', { path: 'large', permanent: true });
    await small.call('undo_change', { change_id: kept.data.change_id });
    expect(readFileSync(join(small.root, 'kept'), 'utf8')).toBe('old');
  });

  test('count with all that is in them where they are trees', async () => {
    const trees = await startFilesystem({ config: { trash: { maxBytes: 300_000 } } });
    const tree = (name: string, bytes: number) => {
      mkdirSync(join(trees.root, name, 'below'), { recursive: true });
      writeFileSync(join(trees.root, name, 'below', 'file'), 'x'.repeat(bytes));
    };
    tree('large', 400_000);
    expect(await trees.refusal('delete_path', { path: 'large', recursive: true })).toContain('trash.maxBytes');
    expect(readdirSync(trees.root)).toEqual(['large']);
    expect((await trees.call('list_changes', {})).data.kept).toBe(0);
    const ids: string[] = [];
    for (const name of ['a', 'b', 'c']) {
      tree(name, 120_000);
      ids.push((await trees.call('delete_path', { path: name, recursive: true })).data.change_id);
    }
    const { data } = await trees.call('list_changes', {});
    expect(data.changes.map(({ change_id }: { change_id: string }) => change_id)).toEqual([ids[2], ids[1]]);
    expect(data.dropped).toBe(1);
    expect(readdirSync(join(trees.outside, 'gateway-data', 'trash', 'items'))).toHaveLength(2);
    await trees.call('undo_change', { change_id: ids[1] });
    expect(statSync(join(trees.root, 'b', 'below', 'file')).size).toBe(120_000);
    await trees.stop();
  });

  test('with holes count by what they take', async () => {
    writeFileSync(join(small.root, 'sparse'), '');
    truncateSync(join(small.root, 'sparse'), 1024 ** 3);
    const { data } = await small.call('delete_path', { path: 'sparse' });
    expect(data.recoverable).toBe(true);
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

test('a copy keeps holes, and is held to limits.copyBytes of data', async () => {
  const small = await startFilesystem({ config: { limits: { copyBytes: 2_000_000 } } });
  mkdirSync(join(small.root, 'd'));
  writeFileSync(join(small.root, 'd', 'sparse'), 'start');
  truncateSync(join(small.root, 'd', 'sparse'), 50_000_000);
  await small.call('copy_file', { source: 'd/sparse', destination: 'one' });
  await small.call('copy_file', { source: 'd', destination: 'all', recursive: true });
  for (const name of ['one', 'all/sparse']) {
    const { size, blocks } = statSync(join(small.root, name));
    expect([size, blocks * 512 < 10_000_000]).toEqual([50_000_000, true]);
    expect(readFileSync(join(small.root, name)).subarray(0, 6).toString()).toBe('start\0');
  }
  for (const name of ['a', 'b']) writeFileSync(join(small.root, 'd', name), Buffer.alloc(1_500_000, 1));
  await small.call('copy_file', { source: 'd/a', destination: 'fits' });
  const both = { source: 'd', destination: 'both', recursive: true };
  expect(await small.refusal('copy_file', both)).toContain('limits.copyBytes');
  writeFileSync(join(small.root, 'c'), Buffer.alloc(2_500_000, 1));
  expect(await small.refusal('copy_file', { source: 'c', destination: 'c2' })).toContain('limits.copyBytes');
  expect([existsSync(join(small.root, 'both')), existsSync(join(small.root, 'c2'))]).toEqual([false, false]);
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

test('of a move or copy whose source is missing, the error names the source', async () => {
  for (const tool of ['move_file', 'copy_file'])
    expect(await fs.refusal(tool, { source: 'never-there', destination: 'free' })).toContain('directory: never-there.');
});

test('an error names no parameter that its tool lacks', async () => {
  const own = await startFilesystem();
  for (const name of ['there', 'f']) writeFileSync(join(own.root, name), 'x');
  const { data } = await own.call('move_file', { source: 'f', destination: 'moved' });
  writeFileSync(join(own.root, 'f'), 'again');
  const zipped = await own.call('archive_create', { source: 'there', destination: 'hints.zip' });
  expect(zipped.data.entries).toBe(1);
  for (const [tool, args] of [
    ['move_file', { source: 'there', destination: 'no/such/x' }],
    ['copy_file', { source: 'there', destination: 'no/such/x' }],
    ['archive_create', { source: 'there', destination: 'no/such/x.zip' }],
    ['archive_extract', { path: 'hints.zip', destination: 'no/such/x' }],
    ['archive_extract', { path: 'hints.zip', destination: 'there' }],
    ['archive_create', { source: 'there', destination: 'hints.zip' }],
    ['create_directory', { path: 'there' }],
    ['undo_change', { change_id: data.change_id }],
  ] as const) {
    expect(await own.refusal(tool, args), tool).not.toMatch(/create_parents|overwrit/);
  }
  expect(await own.refusal('write_file', { path: 'no/such/x', content: '' })).toContain('set create_parents');
  await own.stop();
});

test('the list of changes says apart that none is kept and that none is about a path', async () => {
  const fresh = await startFilesystem();
  expect((await fresh.call('list_changes', {})).text).toBe('No changes are kept');
  await fresh.call('write_file', { path: 'a', content: 'x' });
  await fresh.call('write_file', { path: 'b', content: 'x' });
  mkdirSync(join(fresh.root, 'sub'));
  expect((await fresh.call('list_changes', { path: 'sub' })).text).toBe('No change found');
  expect((await fresh.call('list_changes', { limit: 1 })).text).toContain('the newest 1 of 2 kept changes');
  await fresh.stop();
});

test('an undo gives times back to the microsecond', async () => {
  writeFileSync(at('timed'), 'old');
  execFileSync('touch', ['-d', '@1700000000.123456789', at('timed')]);
  const { data } = await fs.call('write_file', { path: 'timed', content: 'new' });
  await fs.call('undo_change', { change_id: data.change_id });
  const { mtimeNs } = statSync(at('timed'), { bigint: true });
  expect(Math.abs(Number(mtimeNs - 1_700_000_000_123_456_789n))).toBeLessThan(2000);
});
