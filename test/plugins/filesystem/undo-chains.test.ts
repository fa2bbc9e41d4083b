import {
  chmodSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';
import { entryAt, expectNow, snapshotOf } from './support/snapshot.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
beforeEach(async () => {
  fs = await startFilesystem();
});
afterEach(() => fs.stop());

type Call = readonly [tool: string, args: Record<string, unknown>];

const undo = (id: string) => fs.call('undo_change', { change_id: id });

async function change(...[tool, args]: Call): Promise<string> {
  return (await fs.call(tool, args)).data.change_id;
}

const old = new Date('2001-02-03T04:05:06Z');

function makeTree(): void {
  mkdirSync(at('d/e'), { recursive: true });
  for (const [name, mode] of [
    ['a', 0o640],
    ['b', 0o600],
    ['d/x', 0o755],
  ] as const) {
    writeFileSync(at(name), `${name}\n`);
    chmodSync(at(name), mode);
    utimesSync(at(name), old, old);
  }
  chmodSync(at('d/e'), 0o711);
}

const patch = [
  '--- a/a\n+++ b/a\n@@ -1 +1 @@\n-a\n+patched\n',
  '--- a/b\n+++ /dev/null\n@@ -1 +0,0 @@\n-b\n',
  '--- /dev/null\n+++ b/p/q/n\n@@ -0,0 +1 @@\n+n\n',
  '--- /dev/null\n+++ b/p/m\n@@ -0,0 +1 @@\n+m\n',
].join('');
const extract: Call = ['archive_extract', { path: 'd.zip', destination: 'o' }];

const kinds: [string, Call][] = [
  ['a move over a file', ['move_file', { source: 'a', destination: 'b', overwrite: true }]],
  ['a move', ['move_file', { source: 'a', destination: 'c' }]],
  ['a move of a directory', ['move_file', { source: 'd', destination: 'c' }]],
  ['a copy over a file', ['copy_file', { source: 'a', destination: 'b', overwrite: true }]],
  ['a copy', ['copy_file', { source: 'a', destination: 'c' }]],
  ['a copy of a directory', ['copy_file', { source: 'd', destination: 'c', recursive: true }]],
  ['a delete', ['delete_path', { path: 'a' }]],
  ['a delete of a directory', ['delete_path', { path: 'd', recursive: true }]],
  ['a delete of an empty directory', ['delete_path', { path: 'd/e', recursive: true }]],
  ['a write', ['write_file', { path: 'a', content: 'new' }]],
  ['a new file', ['write_file', { path: 'c', content: 'new' }]],
  ['an archive', ['archive_create', { source: 'd', destination: 'c.zip' }]],
  ['an unpacked archive', extract],
  ['a new file in new directories', ['write_file', { path: 'p/q/n', content: 'new', create_parents: true }]],
  ['new directories', ['create_directory', { path: 'p/q' }]],
  ['a patch with new directories', ['apply_patch', { patch }]],
  ['a patch', ['apply_patch', { patch: patch.replaceAll('p/', 'd/').replace('d/q/', 'd/') }]],
];
describe('a change, its undo, the undo of that, and so on, each give exactly what was there', () => {
  test.each(kinds)('%s', async (_, call) => {
    makeTree();
    if (call === extract) await change('archive_create', { source: 'd', destination: 'd.zip' });
    const before = snapshotOf(fs.root);
    let id = await change(...call);
    const after = snapshotOf(fs.root);
    expect(after).not.toEqual(before);
    for (let n = 0; n < 7; n++) {
      id = (await undo(id)).data.change_id;
      expectNow(fs.root, n % 2 === 0 ? before : after, `undo ${n + 1}`);
    }
  });
});

test('what has taken the name that a redone move gives back is kept, and nothing is half undone', async () => {
  makeTree();
  let id = await change('move_file', { source: 'a', destination: 'b', overwrite: true });
  for (let n = 0; n < 2; n++) id = (await undo(id)).data.change_id;
  writeFileSync(at('a'), 'theirs');
  const before = snapshotOf(fs.root);
  expect(await fs.refusal('undo_change', { change_id: id })).toContain(`${at('a')} exists again`);
  expectNow(fs.root, before);
  rmSync(at('a'));
  await undo(id);
  expect([readFileSync(at('a'), 'utf8'), readFileSync(at('b'), 'utf8')]).toEqual(['a\n', 'b\n']);
});

describe('directories that a change made', () => {
  test('come back with their modes and times, and the undo that took them away is listed', async () => {
    const made = await change('create_directory', { path: 'p/q' });
    chmodSync(at('p'), 0o2750);
    chmodSync(at('p/q'), 0o1710);
    utimesSync(at('p/q'), old, old);
    const undone = await undo(made);
    expect(readdirSync(fs.root)).toEqual([]);
    expect((await fs.call('list_changes', {})).data.changes[0]).toMatchObject({
      change_id: undone.data.change_id,
      tool: 'undo_change',
      paths: [at('p/q'), at('p')],
      recoverable: true,
    });
    await undo(undone.data.change_id);
    expect([lstatSync(at('p')).mode & 0o7777, lstatSync(at('p/q')).mode & 0o7777]).toEqual([0o2750, 0o1710]);
    expect(lstatSync(at('p/q')).mtime).toEqual(old);
  });

  test('stay where something is in them, also when they were brought back', async () => {
    let id = await change('write_file', { path: 'p/q/n', content: 'n', create_parents: true });
    for (let n = 0; n < 2; n++) id = (await undo(id)).data.change_id;
    writeFileSync(at('p/theirs'), 'theirs');
    const undone = await undo(id);
    expect(undone.text).toContain(`kept ${at('p')}: it is not empty`);
    expect(snapshotOf(fs.root)).toMatchObject({ 'p/theirs': {} });
    expect(Object.keys(snapshotOf(fs.root))).toEqual(['p', 'p/theirs']);
    await undo(undone.data.change_id);
    expect(Object.keys(snapshotOf(fs.root))).toEqual(['p', 'p/q', 'p/q/n', 'p/theirs']);
  });

  test('are used as they are where somebody made them anew', async () => {
    const made = await change('write_file', { path: 'p/n', content: 'n', create_parents: true });
    const undone = (await undo(made)).data.change_id;
    mkdirSync(at('p'));
    const redone = await undo(undone);
    expect(redone.text).toContain(`${at('p')} is there already`);
    expect(readFileSync(at('p/n'), 'utf8')).toBe('n');
    await undo(redone.data.change_id);
    expect(readdirSync(fs.root)).toEqual(['p']);
  });
});

test('an undo that found nothing to do is no change, and can be asked for again', async () => {
  const made = await change('create_directory', { path: 'p' });
  writeFileSync(at('p/x'), 'x');
  const kept = await undo(made);
  expect(kept.text).toContain('Nothing was undone');
  expect(kept.data).not.toHaveProperty('change_id');
  expect((await fs.call('list_changes', {})).data.changes).toMatchObject([{ change_id: made, recoverable: true }]);
  rmSync(at('p/x'));
  expect((await undo(made)).text).toContain(`removed ${at('p')}`);
});

describe('what a move replaced', () => {
  let id: string;
  beforeEach(async () => {
    makeTree();
    id = await change('move_file', { source: 'a', destination: 'b', overwrite: true });
  });
  const names = () => readdirSync(fs.root).sort();

  test('comes back where what was moved there is gone', async () => {
    rmSync(at('b'));
    const undone = await undo(id);
    expect(undone.text).toContain(`restored ${at('b')}; what had been moved there is gone`);
    expect(entryAt(at('b'))).toMatchObject({ is: expect.stringContaining('100600') });
    expect([readFileSync(at('b'), 'utf8'), names()]).toEqual(['b\n', ['b', 'd']]);
    const redone = await undo(undone.data.change_id);
    expect(names()).toEqual(['d']);
    await undo(redone.data.change_id);
    expect(readFileSync(at('b'), 'utf8')).toBe('b\n');
  });

  test('comes back once what has taken its name is moved away', async () => {
    writeFileSync(at('b~'), 'theirs');
    renameSync(at('b~'), at('b'));
    expect(await fs.refusal('undo_change', { change_id: id })).toContain('move it away, then undo');
    expect(readFileSync(at('b'), 'utf8')).toBe('theirs');
    await fs.call('move_file', { source: 'b', destination: 'elsewhere' });
    expect((await undo(id)).text).toContain(`not moved back to ${at('a')}`);
    expect([readFileSync(at('b'), 'utf8'), readFileSync(at('elsewhere'), 'utf8')]).toEqual(['b\n', 'theirs']);
    expect(names()).toEqual(['b', 'd', 'elsewhere']);
  });

  test('comes back so too where the move was redone', async () => {
    for (let n = 0; n < 4; n++) id = (await undo(id)).data.change_id;
    writeFileSync(at('b~'), 'theirs');
    renameSync(at('b~'), at('b'));
    expect(await fs.refusal('undo_change', { change_id: id })).toContain('move it away, then undo');
    rmSync(at('b'));
    await undo(id);
    expect([readFileSync(at('b'), 'utf8'), names()]).toEqual(['b\n', ['b', 'd']]);
  });

  test('waits for its directory', async () => {
    mkdirSync(at('in'));
    writeFileSync(at('in/a'), 'a');
    const deep = await change('move_file', { source: 'b', destination: 'in/a', overwrite: true });
    rmSync(at('in'), { recursive: true });
    expect(await fs.refusal('undo_change', { change_id: deep })).toContain('Parent directory does not exist');
    mkdirSync(at('in'));
    await undo(deep);
    expect(readFileSync(at('in/a'), 'utf8')).toBe('a');
  });
});

test('times do not wander however often a file is put back', async () => {
  for (let n = 0; n < 20; n++) {
    writeFileSync(at('timed'), 'old');
    utimesSync(at('timed'), old, 1_700_000_000.000_001 + n / 7);
    let id = await change('write_file', { path: 'timed', content: 'new' });
    id = (await undo((await undo((await undo(id)).data.change_id)).data.change_id)).data.change_id;
    const first = lstatSync(at('timed'), { bigint: true }).mtimeNs;
    for (let m = 0; m < 4; m++) id = (await undo(id)).data.change_id;
    expect(lstatSync(at('timed'), { bigint: true }).mtimeNs).toBe(first);
  }
});

test('a move that replaced nothing is refused where what was moved is gone, and says what to do', async () => {
  makeTree();
  const id = await change('move_file', { source: 'a', destination: 'c' });
  renameSync(at('c'), at('elsewhere'));
  expect(await fs.refusal('undo_change', { change_id: id })).toContain(`${at('c')} is gone`);
  renameSync(at('elsewhere'), at('c'));
  await undo(id);
  expect(readFileSync(at('a'), 'utf8')).toBe('a\n');
});

test.each<[string, Call]>([
  ['written', ['write_file', { path: 'n', content: 'n' }]],
  ['patched', ['apply_patch', { patch: '--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+n\n' }]],
])('a file that was %s into being and deleted by somebody is gone already', async (_, call) => {
  const id = await change(...call);
  rmSync(at('n'));
  expect((await undo(id)).text).toContain(`${at('n')} is gone already`);
});
