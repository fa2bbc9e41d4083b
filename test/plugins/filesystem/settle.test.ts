import {
  existsSync,
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
// biome-ignore lint/suspicious/noExplicitAny: records are written as a crash would have left them
const recordOf = (id: string): any => JSON.parse(readFileSync(recordPath(id), 'utf8'));

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
    expect([...new Set(warned)]).toEqual(broken);
    const { changes } = (await second.call('list_changes', {})).data;
    expect(changes).toMatchObject([{ change_id: fine }]);
    expect(readdirSync(trash('items'))).toEqual(kept);
    expect(await second.refusal('undo_change', { change_id: String(broken[0]) })).toContain('No change of that id');
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
