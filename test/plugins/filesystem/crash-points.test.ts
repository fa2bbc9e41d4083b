import {
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { type Calls, crasherIn } from './support/crash.ts';
import { startFilesystem } from './support/filesystem.ts';
import { mountMemory } from './support/memory-disk.ts';

// kill -9 right before each change of the file system that a call and its undo make, one after the other. After the next
// start the list of changes must be true, nothing lost, and nothing left over.

// `npm run test:race` runs every point, the plain test run every fifth (FILESYSTEM_CRASH_EVERY), the same ones each time, so that what fails belongs
// to what was changed. FILESYSTEM_CRASH_START (1 to 5) begins with another one.
const every = Number(process.env.FILESYSTEM_CRASH_EVERY ?? 5);
const first = every === 1 ? 1 : Number(process.env.FILESYSTEM_CRASH_START ?? 1);
const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-crash-')));
const memory = mountMemory('crashes between two disks were not tried');
const disk = memory?.path;
const crashes = crasherIn(folder);

afterAll(() => {
  memory?.remove();
  rmSync(folder, { recursive: true, force: true });
});

const patch = '--- a/f\n+++ b/f\n@@ -1 +1 @@\n-old\n+patched\n--- /dev/null\n+++ b/fresh\n@@ -0,0 +1 @@\n+fresh\n';
const calls: [string, string, Record<string, unknown>][] = [
  ['a new file', 'write_file', { path: 'new', content: 'new' }],
  ['a replaced file', 'write_file', { path: 'f', content: 'replaced' }],
  ['a copied file', 'copy_file', { source: 'f', destination: 'copy' }],
  ['a copied directory', 'copy_file', { source: 'dir', destination: 'copy', recursive: true }],
  ['new directories', 'create_directory', { path: 'a/b' }],
  ['a new file in new directories', 'write_file', { path: 'a/b/new', content: 'new', create_parents: true }],
  ['a deleted file', 'delete_path', { path: 'f' }],
  ['a deleted directory', 'delete_path', { path: 'dir', recursive: true }],
  ['a moved file', 'move_file', { source: 'f', destination: 'moved' }],
  ['a moved directory', 'move_file', { source: 'dir', destination: 'moved' }],
  ['a file moved over another', 'move_file', { source: 'f', destination: 'g', overwrite: true }],
  ['a patch of two files', 'apply_patch', { patch }],
];
const acrossDisks: typeof calls = [
  ['a deleted file, the trash being on another disk', 'delete_path', { path: 'f' }],
  ['a deleted directory, the trash being on another disk', 'delete_path', { path: 'dir', recursive: true }],
  ['new directories, the trash being on another disk', 'create_directory', { path: 'a/b' }],
  ['a file moved to another disk', 'move_file', { source: 'f', destination: 'OTHER/f' }],
  ['a directory moved to another disk', 'move_file', { source: 'dir', destination: 'OTHER/dir' }],
];

test.each(calls)('%s', { timeout: 300_000 }, (_, tool, args) => crashEverywhere(tool, args, join(folder, 'one')));

test.runIf(disk !== undefined).each(acrossDisks)('%s', { timeout: 300_000 }, (_, tool, args) =>
  crashEverywhere(tool, args, join(disk ?? '', 'work')),
);

test('a directory that is deleted for good is there whole, or is gone', { timeout: 300_000 }, async () => {
  const world = { root: join(folder, 'final', 'root'), data: join(folder, 'final', 'data'), other: undefined };
  for (let n = first; ; n += every) {
    const before = makeWorld(world);
    const ended = await crash(world, n, [['delete_path', { path: 'dir', recursive: true, permanent: true }]]);
    const fs = await restart(world);
    const left = contentOf(world);
    if (left.has('dir') || left.has('dir/a')) expect(left).toEqual(before);
    const { changes } = (await fs.call('list_changes', {})).data;
    expect(changes.length, `killed at ${n}`).toBe(left.has('dir') ? 0 : 1);
    await fs.stop();
    if (ended) return;
  }
});

test('half a patch stays, and on record, where something has changed what it wrote', { timeout: 300_000 }, async () => {
  const world = { root: join(folder, 'half', 'root'), data: join(folder, 'half', 'data'), other: undefined };
  const f = join(world.root, 'f');
  for (let n = 1; ; n++) {
    makeWorld(world);
    expect(await crash(world, n, [['apply_patch', { patch }]]), 'ended before it was half done').toBe(false);
    if (recordsIn(world).includes('fresh')) break; // the first file is done, the second about to be
  }
  expect(readFileSync(f, 'utf8')).toBe('patched\n');
  writeFileSync(f, 'theirs\n');
  for (let start = 0; start < 2; start++) {
    const fs = await restart(world);
    expect(readFileSync(f, 'utf8')).toBe('theirs\n');
    const { changes } = (await fs.call('list_changes', {})).data;
    expect(changes).toMatchObject([{ tool: 'apply_patch', paths: [f] }]);
    await fs.stop();
  }
});

const swapped = calls.filter(([name]) => /replaced file|deleted directory|moved (directory|over)|patch/.test(name));

test.each(swapped)('%s, and a start before its disk is mounted', { timeout: 300_000 }, async (_, tool, args) => {
  const world = worldIn(join(folder, 'one'));
  const away = join(folder, 'away');
  const before = makeWorld(world);
  await crash(world, 0, [[tool, args]]);
  const after = contentOf(world);
  for (let n = first; ; n += every) {
    makeWorld(world);
    const ended = await crash(world, n, [
      [tool, args],
      ['undo_change', {}],
    ]);
    renameSync(world.root, away);
    mkdirSync(world.root);
    await (await restart(world)).stop();
    expect(readdirSync(world.root), `killed at ${n}`).toEqual([]);
    rmSync(world.root, { recursive: true });
    renameSync(away, world.root);
    await expectTruth(world, tool, before, after, `${tool} killed at ${n}`);
    if (ended) return;
  }
});

const redone = calls.filter(([name]) => /over another|new directories|patch/.test(name));

test.each(redone)(
  '%s, undone and redone, from where all is taken back',
  { timeout: 300_000 },
  async (_, tool, args) => {
    const world = worldIn(join(folder, 'one'));
    const before = makeWorld(world);
    await crash(world, 0, [[tool, args]]);
    const after = contentOf(world);
    for (let n = first; ; n += every) {
      makeWorld(world);
      const ended = await crash(world, n, [
        [tool, args],
        ['undo_change', {}],
        ['undo_change', {}],
      ]);
      const fs = await restart(world);
      expect(temporariesIn(world), `killed at ${n}`).toEqual([]);
      const { changes } = (await fs.call('list_changes', {})).data;
      const left = changes.filter(({ recoverable }: { recoverable: boolean }) => recoverable);
      for (const { change_id } of left) await fs.call('undo_change', { change_id });
      // What an undo did is taken back to where the change was made, all else to where it was not.
      const isMade = left.at(-1)?.tool === 'undo_change' && changes.length - left.length === 1;
      expect(contentOf(world), `killed at ${n}`).toEqual(isMade ? after : before);
      await fs.stop();
      if (ended) return;
    }
  },
);

const replacing = calls.filter(([name]) => /replaced file|over another/.test(name));
const homes = disk === undefined ? ['one'] : ['one', 'across'];
const replacingAnywhere = homes.flatMap((home) => replacing.map(([name, ...call]) => [name, home, ...call] as const));

test.each(replacingAnywhere)(
  '%s and changed by others is lost nowhere (%s)',
  { timeout: 300_000 },
  async (_, home, tool, args) => {
    const world = worldIn(join((home === 'across' && disk) || folder, home));
    const texts = () => [...contentOf(world).values(), ...keptIn(world)];
    for (let n = first; ; n += every) {
      makeWorld(world);
      const ended = await crash(world, n, [[tool, args]]);
      const whole = [...contentOf(world).values()];
      const onlyKept = keptIn(world).filter((text) => ['old\n', 'g'].includes(text) && !whole.includes(text));
      rmSync(join(world.root, 'f'), { force: true });
      writeFileSync(join(world.root, 'f'), 'theirs');
      await (await restart(world)).stop();
      expect(texts(), `killed at ${n}`).toEqual(expect.arrayContaining(onlyKept));
      if (ended) return;
    }
  },
);

function keptIn({ data }: World): string[] {
  const items = join(data, 'trash', 'items');
  return existsSync(items) ? readdirSync(items).map((name) => readFileSync(join(items, name), 'utf8')) : [];
}

// A file replaced, one deleted, and the third about to be made.
const longPatch = patch.replace(
  '--- /dev/null',
  '--- a/g\n+++ /dev/null\n@@ -1 +0,0 @@\n-g\n\\ No newline at end of file\n--- /dev/null',
);

async function crashWhileTakenBack(base: string): Promise<void> {
  const world = worldIn(base);
  const saved = join(folder, 'saved');
  const before = makeWorld(world);
  for (let n = 1; ; n++) {
    makeWorld(world);
    expect(await crash(world, n, [['apply_patch', { patch: longPatch }]]), 'ended before it was half done').toBe(false);
    if (recordsIn(world).includes('fresh')) break; // all but the last file is done
  }
  expect(contentOf(world).has('g')).toBe(false);
  for (const name of ['root', 'data'] as const)
    cpSync(world[name], join(saved, name), { recursive: true, preserveTimestamps: true });
  for (let n = first; ; n += every) {
    for (const name of ['root', 'data'] as const) {
      // The root itself stays: in another directory nothing would be taken back.
      for (const entry of readdirSync(world[name])) rmSync(join(world[name], entry), { recursive: true });
      cpSync(join(saved, name), world[name], { recursive: true, preserveTimestamps: true });
    }
    const ended = await crash(world, n, [], 'start');
    const fs = await restart(world);
    try {
      expect(contentOf(world), `killed at ${n}`).toEqual(before);
      expect(temporariesIn(world), `killed at ${n}`).toEqual([]);
      expect((await fs.call('list_changes', {})).data.changes).toEqual([]);
    } finally {
      await fs.stop();
    }
    if (ended) break;
  }
  rmSync(saved, { recursive: true });
}

test('half a patch is taken back even where its taking back is ended too', { timeout: 300_000 }, () =>
  crashWhileTakenBack(join(folder, 'one')),
);

test.runIf(disk !== undefined)(
  'half a patch is taken back so too where the trash is on another disk',
  { timeout: 300_000 },
  () => crashWhileTakenBack(join(disk ?? '', 'work')),
);

interface World {
  readonly root: string;
  readonly data: string;
  /** A second root on another disk. */
  readonly other: string | undefined;
}

function worldIn(base: string): World {
  const isAcross = disk !== undefined && base.startsWith(disk);
  return {
    root: join(base, 'root'),
    data: isAcross ? join(folder, 'across-data') : join(base, 'data'),
    other: isAcross ? join(folder, 'across-root') : undefined,
  };
}

function recordsIn({ data }: World): string {
  const changes = join(data, 'trash', 'changes');
  return readdirSync(changes)
    .map((name) => readFileSync(join(changes, name), 'utf8'))
    .join();
}

async function crashEverywhere(tool: string, args: Record<string, unknown>, base: string): Promise<void> {
  const world = worldIn(base);
  const given = JSON.parse(JSON.stringify(args).replace('OTHER', world.other ?? ''));
  const before = makeWorld(world);
  await crash(world, 0, [[tool, given]]);
  const after = contentOf(world);
  expect(after).not.toEqual(before);
  for (let n = first; ; n += every) {
    makeWorld(world);
    const ended = await crash(world, n, [
      [tool, given],
      ['undo_change', {}],
    ]);
    // The start that settles it is killed too, at another point each time; it makes the folders of the trash first.
    if (!ended) await crash(world, 3 + (Math.floor(n / every) % 8), [], 'start');
    await expectTruth(world, tool, before, after, `${tool} killed at ${n}`);
    if (ended) return;
  }
}

/** The list of changes says what is there, and what it says can be taken back can. */
async function expectTruth(world: World, tool: string, before: Content, after: Content, when: string): Promise<void> {
  const fs = await restart(world);
  try {
    expect(temporariesIn(world), when).toEqual([]);
    const { changes } = (await fs.call('list_changes', {})).data;
    const made = changes.find(({ tool }: { tool: string }) => tool !== 'undo_change');
    const undo = changes.find(({ tool }: { tool: string }) => tool === 'undo_change');
    const now = contentOf(world);
    if (!made) expect([undo, now], when).toEqual([undefined, before]);
    else if (made.undone_by !== undefined) {
      expect(now, when).toEqual(before);
      if (!undo) return;
      await fs.call('undo_change', { change_id: undo.change_id });
      expect(contentOf(world), when).toEqual(after);
    } else {
      if (tool === 'apply_patch' && !undo) expect(now, `${when}: whole or not at all`).toEqual(after);
      // One of several steps of an undo may have been done: then it can be taken back from there.
      if (made.paths.length > 1 && undo) await fs.call('undo_change', { change_id: undo.change_id });
      else expect(undo, when).toBeUndefined();
      await fs.call('undo_change', { change_id: made.change_id });
      expect(contentOf(world), when).toEqual(before);
    }
  } catch (error) {
    throw new Error(when, { cause: error });
  } finally {
    await fs.stop();
  }
}

function makeWorld({ root, data, other }: World): Content {
  for (const one of [root, data, other]) if (one) rmSync(one, { recursive: true, force: true });
  mkdirSync(join(root, 'dir', 'inner'), { recursive: true });
  if (other) mkdirSync(other);
  for (const name of ['f', 'g', 'dir/a', 'dir/b', 'dir/inner/c'])
    writeFileSync(join(root, name), name === 'f' ? 'old\n' : name);
  return contentOf({ root, data, other });
}

/** Whether all calls were made. */
function crash({ root, data, other }: World, n: number, calls: Calls, from: 'calls' | 'start' = 'calls') {
  return crashes({ data, roots: other ? [root, other] : [root] }, n, calls, from);
}

function restart({ root, data, other }: World) {
  return startFilesystem({
    prepare: () => (other ? [root, other] : [root]),
    config: { trash: { folder: join(data, 'trash') } },
  });
}

type Content = ReadonlyMap<string, string>;

function contentOf({ root, other }: World): Content {
  const found = new Map<string, string>();
  for (const base of other ? [root, other] : [root])
    for (const name of readdirSync(base, { recursive: true, encoding: 'utf8' })) {
      const path = join(base, name);
      found.set(
        base === root ? name : `other/${name}`,
        lstatSync(path).isDirectory() ? '' : readFileSync(path, 'utf8'),
      );
    }
  return found;
}

function temporariesIn({ root, data, other }: World): string[] {
  return [root, other, join(data, 'trash', 'items')]
    .filter((base) => base !== undefined)
    .flatMap((base) => readdirSync(base, { recursive: true, encoding: 'utf8' }))
    .filter((name) => name.endsWith('.tmp'));
}
