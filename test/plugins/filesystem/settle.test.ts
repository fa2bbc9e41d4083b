import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Filesystem, type FilesystemOptions, startFilesystem } from './support/filesystem.ts';

// What the next start makes of records that a crash left open. Each is left here by writing it as the crash would have.

let first: Filesystem;
const started: Filesystem[] = [];
const at = (name: string) => join(first.root, name);

beforeEach(async () => {
  first = await startFilesystem();
});
afterEach(async () => {
  for (const one of [...started.splice(0), first]) await one.stop();
});

const trash = (...names: string[]) => join(first.outside, 'gateway-data', 'trash', ...names);
const recordPath = (id: string) => trash('changes', `${id}.json`);
const recordOf = (id: string) => JSON.parse(readFileSync(recordPath(id), 'utf8'));

async function changed(tool: string, args: Record<string, unknown>): Promise<string> {
  return (await first.call(tool, args)).data.change_id;
}

/** Says of a change's last step that it is not known to have happened. */
function leavePending(id: string, more: Record<string, unknown> = {}): void {
  const record = recordOf(id);
  Object.assign(record.steps.at(-1), { pending: true }, more);
  writeFileSync(recordPath(id), JSON.stringify(record));
}

async function restart(prepare: FilesystemOptions['prepare'] = () => [first.root]): Promise<Filesystem> {
  await first.running.stop();
  const next = await startFilesystem({ prepare, config: { trash: { folder: trash() } } });
  started.push(next);
  return next;
}

/** Descriptors of this process that hold that path, or something below it. */
function heldBelow(path: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(path) ? [target] : [];
    } catch {
      return []; // the one that listed the folder
    }
  });
}

test('a record that cannot be saved stays open, is told in the log, and keeps nothing else from being settled', async () => {
  const stuck = await changed('write_file', { path: 'stuck', content: 'x' });
  const fine = await changed('write_file', { path: 'fine', content: 'x' });
  for (const id of [stuck, fine]) leavePending(id);
  mkdirSync(`${recordPath(stuck)}.new`);
  const second = await restart();
  expect(recordOf(stuck).steps[0].pending).toBe(true);
  expect(recordOf(fine).steps[0].pending).toBeUndefined();
  const warned = second.logged.filter(({ level }) => level === 'warn');
  expect(warned).toMatchObject([{ fields: { change: stuck, tool: 'write_file', paths: [at('stuck')] } }]);
  expect(warned[0]?.fields.reason).toMatch(/^EISDIR: .*\(trash\.folder\)$/);
  rmSync(`${recordPath(stuck)}.new`, { recursive: true });
  await restart();
  expect(recordOf(stuck).steps[0].pending).toBeUndefined();
});

test('a record of a folder that is no root now stays open, and the log says so', async () => {
  const id = await changed('write_file', { path: 'f', content: 'x' });
  leavePending(id);
  const elsewhere = await restart((outside) => [outside]);
  expect(recordOf(id).steps[0].pending).toBe(true);
  const warned = elsewhere.logged.filter(({ level }) => level === 'warn');
  expect(warned).toMatchObject([{ fields: { change: id, reason: expect.stringContaining('outside allowed') } }]);
  await restart();
  expect(recordOf(id).steps[0].pending).toBeUndefined();
});

test('a large tree that is still to be removed lets others have their turn at the start', async () => {
  mkdirSync(at('dir'));
  const id = await changed('delete_path', { path: 'dir', recursive: true, permanent: true });
  leavePending(id, { removing: true });
  const aside = at(recordOf(id).steps[0].aside);
  mkdirSync(aside);
  for (let i = 0; i < 20_000; i++) writeFileSync(join(aside, String(i)), '');
  let turns = 0;
  let isStarting = true;
  const turn = () => {
    turns++;
    if (isStarting) setImmediate(turn);
  };
  setImmediate(turn);
  await restart();
  isStarting = false;
  expect(readdirSync(first.root)).toEqual([]);
  expect(turns).toBeGreaterThan(10);
});

test('what was added to a copied directory since it was settled keeps the undo from removing it', async () => {
  mkdirSync(at('dir'));
  writeFileSync(at('dir/a'), 'a');
  const id = await changed('copy_file', { source: 'dir', destination: 'copy', recursive: true });
  leavePending(id, { after: undefined, complete: true });
  const second = await restart();
  writeFileSync(at('copy/theirs'), 'theirs');
  expect(await second.refusal('undo_change', { change_id: id })).toContain('no longer what this change made');
  expect(readdirSync(at('copy')).sort()).toEqual(['a', 'theirs']);
  rmSync(at('copy/theirs'));
  await second.call('undo_change', { change_id: id });
  expect(readdirSync(first.root)).toEqual(['dir']);
});

test('what stands at the new name since a move was settled is not moved by its undo', async () => {
  writeFileSync(at('f'), 'mine');
  const id = await changed('move_file', { source: 'f', destination: 'moved' });
  leavePending(id, { moved: undefined });
  const second = await restart();
  renameSync(at('moved'), at('away'));
  writeFileSync(at('moved'), 'theirs');
  expect(await second.refusal('undo_change', { change_id: id })).toContain('no longer what was moved there');
  expect(existsSync(at('f'))).toBe(false);
  rmSync(at('moved'));
  renameSync(at('away'), at('moved'));
  await second.call('undo_change', { change_id: id });
  expect(readFileSync(at('f'), 'utf8')).toBe('mine');
});

test('what others put at the name of a copy that was never whole is not taken for it', async () => {
  mkdirSync(at('dir'));
  const id = await changed('copy_file', { source: 'dir', destination: 'copy', recursive: true });
  leavePending(id, { after: undefined });
  rmSync(at('copy'), { recursive: true });
  writeFileSync(at('copy'), 'theirs');
  await restart();
  expect(existsSync(recordPath(id))).toBe(false);
  expect(readFileSync(at('copy'), 'utf8')).toBe('theirs');
});

test('what others put at the name of a deleted file is not taken for what an undo gave back', async () => {
  writeFileSync(at('f'), 'mine');
  const id = await changed('delete_path', { path: 'f' });
  const { data } = await first.call('undo_change', { change_id: id });
  const item = recordOf(id).steps[0].backup;
  leavePending(data.change_id, { after: undefined });
  const { undoneBy: undoing, ...record } = recordOf(id);
  writeFileSync(recordPath(id), JSON.stringify({ ...record, undoing }));
  // As the crash would have left it: the undo is about to begin.
  renameSync(at('f'), trash('items', item));
  writeFileSync(at('f'), 'theirs');
  const second = await restart();
  const { changes } = (await second.call('list_changes', {})).data;
  expect(changes).toMatchObject([{ change_id: id, recoverable: true }]);
  expect(readFileSync(at('f'), 'utf8')).toBe('theirs');
  rmSync(at('f'));
  await second.call('undo_change', { change_id: id });
  expect(readFileSync(at('f'), 'utf8')).toBe('mine');
});

test('a link that a crash left in both places of a move to another disk is moved', async () => {
  symlinkSync('nowhere', at('link'));
  const id = await changed('move_file', { source: 'link', destination: 'moved' });
  leavePending(id, { removing: true, moved: undefined });
  symlinkSync('nowhere', at('link'));
  const second = await restart();
  expect(readdirSync(first.root)).toEqual(['moved']);
  await second.call('undo_change', { change_id: id });
  expect(readdirSync(first.root)).toEqual(['link']);
});

test('another link at the old name of a move to another disk stays', async () => {
  symlinkSync('nowhere', at('link'));
  const id = await changed('move_file', { source: 'link', destination: 'moved' });
  leavePending(id, { removing: true, moved: undefined });
  symlinkSync('elsewhere', at('link'));
  await restart();
  expect(readdirSync(first.root).sort()).toEqual(['link', 'moved']);
});

// Where a disk knows no hard links a new name is first held by an empty file.
test('the empty file that held a name for what a crash kept from taking it is removed', async () => {
  const hold = (name: string) => writeFileSync(at(name), '', { mode: 0o600 });
  for (const name of ['source', 'deleted']) writeFileSync(at(name), 'mine');
  const wrote = await changed('write_file', { path: 'new', content: 'new' });
  renameSync(at('new'), at(recordOf(wrote).steps[0].temporary));
  hold('new');
  const copied = await changed('copy_file', { source: 'source', destination: 'copy' });
  renameSync(at('copy'), at(recordOf(copied).steps[0].temporary));
  hold('copy');
  const moved = await changed('move_file', { source: 'source', destination: 'moved' });
  renameSync(at('moved'), at('source'));
  hold('moved');
  const deleted = await changed('delete_path', { path: 'deleted' });
  const undo = (await first.call('undo_change', { change_id: deleted })).data.change_id;
  renameSync(at('deleted'), trash('items', recordOf(deleted).steps[0].backup));
  hold('deleted');
  for (const id of [wrote, copied, moved, undo]) leavePending(id);
  const { undoneBy: undoing, ...record } = recordOf(deleted);
  writeFileSync(recordPath(deleted), JSON.stringify({ ...record, undoing }));
  const second = await restart();
  expect(readdirSync(first.root)).toEqual(['source']);
  expect((await second.call('list_changes', {})).data.changes).toMatchObject([{ change_id: deleted }]);
  await second.call('undo_change', { change_id: deleted });
  expect(readFileSync(at('deleted'), 'utf8')).toBe('mine');
});

test('an empty file that was there before, or has another mode, is no such file', async () => {
  writeFileSync(at('f'), '', { mode: 0o600 });
  const over = await changed('write_file', { path: 'f', content: 'new' });
  renameSync(at('f'), at(recordOf(over).steps[0].temporary));
  writeFileSync(at('f'), '', { mode: 0o600 });
  const wrote = await changed('write_file', { path: 'new', content: 'new' });
  renameSync(at('new'), at(recordOf(wrote).steps[0].temporary));
  writeFileSync(at('new'), '');
  for (const id of [over, wrote]) leavePending(id);
  await restart();
  expect(readdirSync(first.root).sort()).toEqual(['f', 'new']);
});

test('an undo that had not begun is not taken for done, whatever was done to the files since', async () => {
  for (const name of ['f', 'g', 'h']) writeFileSync(at(name), 'old');
  const ids = [
    await changed('write_file', { path: 'f', content: 'new' }),
    await changed('write_file', { path: 'fresh', content: 'new' }),
    await changed('delete_path', { path: 'g' }),
    await changed('move_file', { source: 'h', destination: 'moved' }),
    await changed('create_directory', { path: 'dir' }),
  ];
  for (const id of ids)
    writeFileSync(recordPath(id), JSON.stringify({ ...recordOf(id), undoing: '0mwsj8gru-de06fa7de0' }));
  for (const name of ['f', 'g', 'h']) writeFileSync(at(name), 'theirs');
  for (const name of ['fresh', 'dir']) rmSync(at(name), { recursive: true });
  const second = await restart();
  const { changes } = (await second.call('list_changes', {})).data;
  expect(changes.map((change: { undone_by?: string }) => change.undone_by)).toEqual(ids.map(() => undefined));
  for (const id of ids) expect(recordOf(id).undoing).toBeUndefined();
});

test('an undo that was done but for saying so is on record as done, whatever was done to the files since', async () => {
  writeFileSync(at('f'), 'old');
  const id = await changed('write_file', { path: 'f', content: 'new' });
  const undone = (await first.call('undo_change', { change_id: id })).data.change_id;
  const { undoneBy: undoing, ...record } = recordOf(id);
  writeFileSync(recordPath(id), JSON.stringify({ ...record, undoing }));
  writeFileSync(at('f'), 'new');
  await restart();
  expect(recordOf(id)).toMatchObject({ undoneBy: undone });
});

test('a record that cannot be read stops nothing, is told in the log, and what is kept for it stays', async () => {
  const broken: string[] = [];
  for (const text of ['{"id":', '', '{"steps":[]}']) {
    writeFileSync(at('f'), 'mine');
    const id = await changed('delete_path', { path: 'f' });
    writeFileSync(recordPath(id), text);
    broken.push(id);
  }
  const kept = readdirSync(trash('items'));
  const fine = await changed('write_file', { path: 'fine', content: 'x' });
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 3 * 86_400_000 });
  try {
    const second = await restart();
    const warned = second.logged.filter(({ level }) => level === 'warn').map(({ fields }) => fields.change);
    expect(warned).toEqual(broken);
    const { changes } = (await second.call('list_changes', {})).data;
    expect(changes.map(({ change_id }: { change_id: string }) => change_id)).toEqual(
      [...broken, fine].sort().reverse(),
    );
    expect(readdirSync(trash('items'))).toEqual(kept);
  } finally {
    vi.useRealTimers();
  }
});

const patchOf = (...names: string[]) =>
  names.map((name) => `--- a/${name}\n+++ b/${name}\n@@ -1 +1 @@\n-old\n+new\n`).join('');

/** A patch of which it is not on record that it was finished. */
async function unfinishedPatch(...names: string[]): Promise<string> {
  for (const name of names) {
    mkdirSync(dirname(at(name)), { recursive: true });
    writeFileSync(at(name), 'old\n');
  }
  const id = await changed('apply_patch', { patch: patchOf(...names) });
  writeFileSync(recordPath(id), JSON.stringify({ ...recordOf(id), unfinished: true }));
  return id;
}

test('half a patch is not given up while its folder is no root, and is taken back when it is one again', async () => {
  const id = await unfinishedPatch('a', 'b');
  const elsewhere = await restart((outside) => [outside]);
  expect(recordOf(id).unfinished).toBe(true);
  expect(elsewhere.logged.filter(({ level }) => level === 'warn')).toMatchObject([{ fields: { change: id } }]);
  await restart();
  expect([at('a'), at('b')].map((path) => readFileSync(path, 'utf8'))).toEqual(['old\n', 'old\n']);
  expect(existsSync(recordPath(id))).toBe(false);
});

test('half a patch of which a folder is gone is left whole, and taken back when the folder is there again', async () => {
  const id = await unfinishedPatch('sub/a', 'b');
  renameSync(at('sub'), at('away'));
  await restart();
  expect(readdirSync(first.root).sort()).toEqual(['away', 'b']);
  expect(readFileSync(at('b'), 'utf8')).toBe('new\n');
  expect(recordOf(id).unfinished).toBe(true);
  renameSync(at('away'), at('sub'));
  await restart();
  expect([at('sub/a'), at('b')].map((path) => readFileSync(path, 'utf8'))).toEqual(['old\n', 'old\n']);
});

test('half a patch of which something was changed since stays, and is on record as done', async () => {
  const id = await unfinishedPatch('a', 'b');
  writeFileSync(at('a'), 'theirs\n');
  const second = await restart();
  expect(readFileSync(at('b'), 'utf8')).toBe('new\n');
  expect(recordOf(id).unfinished).toBeUndefined();
  expect(second.logged.filter(({ level }) => level === 'warn')).toMatchObject([{ fields: { change: id } }]);
});

/** What is kept in the trash, as text. */
const keptTexts = () => readdirSync(trash('items')).map((name) => readFileSync(trash('items', name), 'utf8'));

/** A start while another directory is in the root's place, as where a disk is not mounted. */
async function startElsewhere(): Promise<Filesystem> {
  renameSync(first.root, join(first.outside, 'away'));
  mkdirSync(first.root);
  const elsewhere = await restart();
  await elsewhere.running.stop();
  expect(readdirSync(first.root)).toEqual([]);
  rmSync(first.root, { recursive: true });
  renameSync(join(first.outside, 'away'), first.root);
  return elsewhere;
}

test('a record whose folder is another one by now, as where a disk is not mounted, waits for its own', async () => {
  mkdirSync(at('dir'));
  for (const name of ['f', 'g', 'h', 'dir/a']) writeFileSync(at(name), name);
  const wrote = await changed('write_file', { path: 'f', content: 'new' });
  const deleted = await changed('delete_path', { path: 'dir', recursive: true });
  const gone = await changed('delete_path', { path: 'g', permanent: true });
  const moved = await changed('move_file', { source: 'h', destination: 'moved' });
  const patched = await unfinishedPatch('p', 'q');
  const ids = [wrote, deleted, gone, moved];
  for (const id of ids) leavePending(id);
  // As the crash would have left it: the directory was about to be taken to the trash.
  const { backup, aside } = recordOf(deleted).steps[0];
  renameSync(trash('items', backup), at(aside));
  const before = [...ids, patched].map(recordOf);
  const elsewhere = await startElsewhere();
  expect([...ids, patched].map(recordOf)).toEqual(before);
  const warned = elsewhere.logged.filter(({ level }) => level === 'warn');
  expect(warned.map(({ fields }) => fields.change).sort()).toEqual([...ids, patched].sort());
  for (const { fields } of warned) expect(fields.reason).toContain('a disk may not be mounted there');
  const back = await restart();
  expect(readdirSync(first.root).sort()).toEqual(['dir', 'f', 'moved', 'p', 'q']);
  expect([at('p'), at('q')].map((path) => readFileSync(path, 'utf8'))).toEqual(['old\n', 'old\n']);
  const { changes } = (await back.call('list_changes', {})).data;
  expect(changes.map(({ change_id }: { change_id: string }) => change_id).sort()).toEqual([wrote, gone, moved].sort());
  await back.call('undo_change', { change_id: wrote });
  expect(readFileSync(at('f'), 'utf8')).toBe('f');
});

test('a change that a crash left open and that is not settled is not said to be recoverable', async () => {
  writeFileSync(at('f'), 'old');
  const id = await changed('write_file', { path: 'f', content: 'new' });
  leavePending(id);
  mkdirSync(`${recordPath(id)}.new`);
  const second = await restart();
  const { text, data } = await second.call('list_changes', {});
  expect(data.changes).toMatchObject([{ change_id: id, recoverable: false }]);
  expect(data.changes[0].note).toContain('settled at the next start');
  expect(text).toContain(data.changes[0].note);
  expect(await second.refusal('undo_change', { change_id: id })).toContain('A crash left this change open');
  rmSync(`${recordPath(id)}.new`, { recursive: true });
  const third = await restart();
  expect((await third.call('list_changes', {})).data.changes).toMatchObject([{ change_id: id, recoverable: true }]);
});

test('what a write replaced is kept where somebody has changed the file since the crash', async () => {
  writeFileSync(at('f'), 'old');
  const id = await changed('write_file', { path: 'f', content: 'new' });
  leavePending(id);
  writeFileSync(at('f'), 'theirs');
  const second = await restart();
  expect(keptTexts()).toEqual(['old']);
  const { changes } = (await second.call('list_changes', {})).data;
  expect(changes).toMatchObject([{ change_id: id, note: expect.stringContaining('may not have happened') }]);
  expect(await second.refusal('undo_change', { change_id: id })).toContain('was changed again after this change');
  rmSync(at('f'));
  await second.call('undo_change', { change_id: id });
  expect(readFileSync(at('f'), 'utf8')).toBe('old');
});

test('a write over a record that waits does not throw away what that replaced', async () => {
  writeFileSync(at('f'), 'v1');
  const older = await changed('write_file', { path: 'f', content: 'v2' });
  leavePending(older);
  mkdirSync(`${recordPath(older)}.new`);
  const second = await restart();
  const newer = (await second.call('write_file', { path: 'f', content: 'v3' })).data.change_id;
  await second.running.stop();
  rmSync(`${recordPath(older)}.new`, { recursive: true });
  const third = await restart();
  for (const change_id of [newer, older]) await third.call('undo_change', { change_id });
  expect(readFileSync(at('f'), 'utf8')).toBe('v1');
});

test('a file that is as it was before a write has not been written, whatever became of its content', async () => {
  writeFileSync(at('f'), 'old');
  const id = await changed('write_file', { path: 'f', content: 'new' });
  leavePending(id);
  // As the crash would have left it: nothing had been written.
  rmSync(at('f'));
  linkSync(trash('items', recordOf(id).steps[0].backup), at('f'));
  writeFileSync(at('f'), 'theirs');
  await restart();
  expect(existsSync(recordPath(id))).toBe(false);
  expect(readdirSync(trash('items'))).toEqual([]);
  expect(readFileSync(at('f'), 'utf8')).toBe('theirs');
});

test.each([true, false])(
  'a move stands where its old name was made anew since the crash, overwrite: %s',
  async (over) => {
    writeFileSync(at('app'), 'app');
    if (over) writeFileSync(at('b'), 'b');
    const id = await changed('move_file', { source: 'app', destination: 'b', overwrite: over });
    leavePending(id, { moved: undefined });
    writeFileSync(at('app'), 'theirs');
    const second = await restart();
    expect(keptTexts()).toEqual(over ? ['b'] : []);
    expect(await second.refusal('undo_change', { change_id: id })).toContain('exists again');
    rmSync(at('app'));
    await second.call('undo_change', { change_id: id });
    expect(readFileSync(at('app'), 'utf8')).toBe('app');
    expect(existsSync(at('b'))).toBe(over);
    if (over) expect(readFileSync(at('b'), 'utf8')).toBe('b');
  },
);

test('what a move replaced is kept where both names are of something else since the crash', async () => {
  for (const name of ['app', 'b']) writeFileSync(at(name), name);
  const id = await changed('move_file', { source: 'app', destination: 'b', overwrite: true });
  leavePending(id, { moved: undefined });
  for (const name of ['app', 'b']) {
    writeFileSync(at('theirs'), 'theirs');
    renameSync(at('theirs'), at(name));
  }
  const second = await restart();
  expect(keptTexts()).toEqual(['b']);
  expect(await second.refusal('undo_change', { change_id: id })).toContain('no longer what was moved there');
});

test.runIf(process.platform === 'linux')('a start that fails leaves nothing open', async () => {
  const before = heldBelow(first.outside);
  writeFileSync(at('file'), '');
  const failing = [
    { prepare: () => [first.root, '/proc'] },
    { prepare: () => [first.root], config: { trash: { folder: at('file') } } },
  ];
  for (const options of failing) {
    const failed = await startFilesystem(options);
    started.push(failed);
    expect((await failed.running.health()).status).toBe('degraded');
    expect(heldBelow(first.outside)).toEqual(before);
  }
});
