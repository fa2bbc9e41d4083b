import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  chownSync,
  closeSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';
import { mountMemory } from './support/memory-disk.ts';

const memory = mountMemory('what happens between two disks was not tried');
const other = memory?.path ?? '';
const isRoot = process.getuid?.() === 0;
afterAll(() => memory?.remove());

describe.runIf(other !== '')('between two disks', () => {
  let fs: Filesystem;
  const here = (name: string) => join(fs.root, name);
  const there = (name: string) => join(other, 'data', name);
  /** The names in a folder, and what is known of one file in it. */
  const seen = (folder: string) => [
    readdirSync(folder).sort(),
    readFileSync(`${folder}/0`, 'utf8'),
    lstatSync(`${folder}/0`).mode,
  ];

  beforeEach(async () => {
    mkdirSync(join(other, 'data'));
    fs = await startFilesystem({
      prepare: (outside) => [join(outside, 'data'), join(other, 'data')],
      config: { trash: { folder: join(other, 'trash') } },
    });
  });
  afterEach(async () => {
    await fs.stop();
    for (const name of readdirSync(other)) rmSync(join(other, name), { recursive: true });
  });

  function makeTree(): void {
    mkdirSync(here('tree/inner'), { recursive: true });
    writeFileSync(here('tree/a'), 'a');
    linkSync(here('tree/a'), here('tree/inner/b'));
    symlinkSync('nowhere', here('tree/link'));
    writeFileSync(here('tree/mine'), 'm');
    if (isRoot) for (const name of ['tree', 'tree/a', 'tree/inner']) chownSync(here(name), 1234, 2345);
    execFileSync('chmod', ['6755', here('tree/a')]);
    execFileSync('chmod', ['2750', here('tree/inner')]);
    for (const name of ['tree/a', 'tree/inner', 'tree']) utimesSync(here(name), 1000, 2000);
  }

  function expectTree(at: (name: string) => string): void {
    const owner = isRoot ? { uid: 1234, gid: 2345 } : {};
    expect(lstatSync(at('tree'))).toMatchObject({ mtimeMs: 2_000_000, ...owner });
    expect(lstatSync(at('tree/a'))).toMatchObject({ mode: 0o106755, mtimeMs: 2_000_000, nlink: 2, ...owner });
    expect(lstatSync(at('tree/inner'))).toMatchObject({ mode: 0o042750, mtimeMs: 2_000_000, ...owner });
    expect(lstatSync(at('tree/inner/b')).ino).toBe(lstatSync(at('tree/a')).ino);
    expect(lstatSync(at('tree/link')).isSymbolicLink()).toBe(true);
    expect(readdirSync(at('tree')).sort()).toEqual(['a', 'inner', 'link', 'mine']);
  }

  test('a move takes owner, permissions, times and hard links along, and its undo brings them back', async () => {
    makeTree();
    const { data } = await fs.call('move_file', { source: here('tree'), destination: there('tree') });
    expectTree(there);
    expect(readdirSync(fs.root)).toEqual([]);
    await fs.call('undo_change', { change_id: data.change_id });
    expectTree(here);
    expect(readdirSync(join(other, 'data'))).toEqual([]);
  });

  test('a delete and its undo do too', async () => {
    makeTree();
    const { data } = await fs.call('delete_path', { path: here('tree'), recursive: true });
    expect(readdirSync(fs.root)).toEqual([]);
    await fs.call('undo_change', { change_id: data.change_id });
    expectTree(here);
    expect(readdirSync(fs.root)).toEqual(['tree']);
  });

  test('a move and a delete that their deadline stops leave all as it was, and say so', async () => {
    const count = 3000;
    mkdirSync(here('tree'));
    for (let i = 0; i < count; i++) writeFileSync(here(`tree/${i}`), 'x');
    const trash = { folder: join(other, 'trash') };
    const hurried = await startFilesystem({
      prepare: () => [fs.root, join(other, 'data')],
      config: { trash },
      callTimeoutMs: 60,
    });
    const deleted = { path: here('tree'), recursive: true };
    for (const [tool, args] of [
      ['move_file', { source: here('tree'), destination: there('tree') }],
      ['delete_path', deleted],
    ] as const) {
      expect(await hurried.refusal(tool, args)).toContain('limits.callTimeout');
      await vi.waitUntil(() => readdirSync(fs.root).join() === 'tree', { timeout: 10_000 });
      expect(readdirSync(here('tree'))).toHaveLength(count);
      expect(readdirSync(join(other, 'data'))).toEqual([]);
    }
    await vi.waitUntil(() => readdirSync(join(other, 'trash', 'items')).length === 0, { timeout: 10_000 });
    await hurried.stop();
    const patient = await startFilesystem({ prepare: () => [fs.root, join(other, 'data')], config: { trash } });
    expect((await patient.call('list_changes', {})).data.changes).toEqual([]);
    await patient.call('delete_path', deleted);
    expect(readdirSync(fs.root)).toEqual([]);
    await patient.stop();
  });

  test('large directories go along whole, names of one file that are far apart in them too', async () => {
    mkdirSync(here('tree'));
    for (let i = 0; i < 2500; i++) writeFileSync(here(`tree/${i}`), `${i}`);
    for (let i = 0; i < 2500; i += 100) linkSync(here('tree/7'), here(`tree/${i}-again`));
    mkdirSync(here('tree/inner'));
    const names = readdirSync(here('tree')).sort();
    await fs.call('move_file', { source: here('tree'), destination: there('tree') });
    expect(readdirSync(there('tree')).sort()).toEqual(names);
    expect(readFileSync(there('tree/2499'), 'utf8')).toBe('2499');
    expect(lstatSync(there('tree/2400-again'))).toMatchObject({ nlink: 26, ino: lstatSync(there('tree/7')).ino });
  });

  test('files that are named as what is being written go along, since nothing else would be left of them', async () => {
    const name = `.mcp-${'0a'.repeat(12)}.tmp`;
    mkdirSync(here(`tree/inner/${name}`), { recursive: true });
    for (const file of [`tree/${name}`, `tree/inner/${name}/kept`]) writeFileSync(here(file), file);
    const all = (top: string) => readdirSync(top, { recursive: true }).sort();
    const before = all(here('tree'));
    const { data } = await fs.call('move_file', { source: here('tree'), destination: there('tree') });
    expect(all(there('tree'))).toEqual(before);
    await fs.call('undo_change', { change_id: data.change_id });
    await fs
      .call('delete_path', { path: here('tree'), recursive: true })
      .then((deleted) => fs.call('undo_change', { change_id: deleted.data.change_id }));
    expect(all(here('tree'))).toEqual(before);
    expect(readFileSync(here(`tree/${name}`), 'utf8')).toBe(`tree/${name}`);
  });

  test.each<[what: string, change: (copied: string) => void, name: string]>([
    ['is put into a directory', (copied) => writeFileSync(`${copied}/late`, 'late'), ''],
    ['is written to the end of a file', (copied) => appendFileSync(`${copied}/0`, 'late'), '/0'],
    ['is written over the content of a file', (copied) => writeFileSync(`${copied}/0`, 'X', { flag: 'r+' }), '/0'],
    ['is made of the permissions of a file', (copied) => chmodSync(`${copied}/0`, 0o600), '/0'],
  ])('a move fails where something %s after it was copied, and nothing is lost', async (_, change, name) => {
    const count = 1500;
    for (const folder of ['one', 'other']) {
      mkdirSync(here(`tree/${folder}`), { recursive: true });
      for (let i = 0; i < count; i++) writeFileSync(here(`tree/${folder}/${i}`), 'x');
    }
    const held = { one: openSync(here('tree/one'), 'r'), other: openSync(here('tree/other'), 'r') };
    const moved = fs.refusal('move_file', { source: here('tree'), destination: there('tree') });
    const data = join(other, 'data');
    const copied = () => readdirSync(data).flatMap((folder) => readdirSync(join(data, folder)));
    await vi.waitUntil(() => copied().length > 0, { timeout: 10_000, interval: 1 });
    const first = copied().includes('one') ? 'one' : 'other';
    await vi.waitUntil(() => copied().length === 2, { timeout: 10_000, interval: 1 });
    change(`/proc/self/fd/${held[first]}`);
    const after = seen(`/proc/self/fd/${held[first]}`);
    for (const fd of Object.values(held)) closeSync(fd);
    expect(await moved).toContain(`${here(`tree/${first}${name}`)} was changed by something else meanwhile`);
    expect(seen(here(`tree/${first}`))).toEqual(after);
    expect(after).not.toEqual(seen(here(`tree/${first === 'one' ? 'other' : 'one'}`)));
    expect(readdirSync(data)).toEqual([]);
  });

  test('a file that is written to while the original is being removed stays where it was', async () => {
    mkdirSync(here('tree'));
    for (let i = 0; i < 6000; i++) writeFileSync(here(`tree/${i}`), 'x');
    const last = readdirSync(here('tree')).at(-1);
    const held = openSync(here('tree'), 'r');
    const moved = fs.refusal('move_file', { source: here('tree'), destination: there('tree') });
    const left = `/proc/self/fd/${held}`;
    await vi.waitUntil(() => readdirSync(left).length < 6000, { timeout: 30_000, interval: 1 });
    appendFileSync(`${left}/${last}`, 'late');
    closeSync(held);
    expect(await moved).toContain(`${last} was changed by something else meanwhile`);
    expect(readFileSync(here(`tree/${last}`), 'utf8')).toBe('xlate');
    expect(readdirSync(there('tree'))).toHaveLength(6000);
  });

  test('what cannot be copied is refused by its name, alone and in a tree, and stays where it is', async () => {
    mkdirSync(here('tree'));
    writeFileSync(here('tree/a'), 'a');
    execFileSync('mkfifo', [here('tree/pipe'), here('pipe')]);
    for (const name of ['tree', 'pipe']) {
      const move = { source: here(name), destination: there(name) };
      expect(await fs.refusal('move_file', move)).toContain('pipe is a fifo');
      expect(await fs.refusal('delete_path', { path: here(name), recursive: true })).toContain('pipe is a fifo');
    }
    expect(readdirSync(here('tree')).sort()).toEqual(['a', 'pipe']);
    expect(readdirSync(fs.root).sort()).toEqual(['pipe', 'tree']);
    expect(readdirSync(join(other, 'data'))).toEqual([]);
    expect(readdirSync(join(other, 'trash', 'items'))).toEqual([]);
    expect((await fs.call('list_changes', {})).data.kept).toBe(0);
  });

  test('an undo that cannot be finished leaves nothing half restored, and can be tried again', async () => {
    mkdirSync(here('tree'));
    writeFileSync(here('tree/a'), 'a');
    writeFileSync(here('tree/b'), 'b');
    const { data } = await fs.call('delete_path', { path: here('tree'), recursive: true });
    const items = join(other, 'trash', 'items');
    const pipe = join(items, String(readdirSync(items)[0]), 'z');
    execFileSync('mkfifo', [pipe]);
    expect(await fs.refusal('undo_change', { change_id: data.change_id })).toContain('z is a fifo');
    expect(readdirSync(fs.root)).toEqual([]);
    rmSync(pipe);
    await fs.call('undo_change', { change_id: data.change_id });
    expect(readdirSync(here('tree')).sort()).toEqual(['a', 'b']);
  });

  test.runIf(isRoot)('what cannot be removed is not moved, and the error names it', async () => {
    mkdirSync(here('tree/inner'), { recursive: true });
    writeFileSync(here('tree/inner/kept'), 'k');
    writeFileSync(here('tree/z'), 'z');
    try {
      execFileSync('sh', ['-ec', 'chattr +i tree/inner/kept'], { stdio: 'pipe', cwd: fs.root });
    } catch (error) {
      console.warn(`NOT RUN: chattr +i: ${error instanceof Error ? error.message : error}`);
      return;
    }
    try {
      const tree = { source: here('tree'), destination: there('tree') };
      expect(await fs.refusal('move_file', tree)).toContain(here('tree/inner/kept'));
      const file = { source: here('tree/inner/kept'), destination: there('kept') };
      expect(await fs.refusal('move_file', file)).toContain(here('tree/inner/kept'));
      expect(readdirSync(join(other, 'data'))).toEqual([]);
      expect(readdirSync(here('tree')).sort()).toEqual(['inner', 'z']);
      expect(readFileSync(here('tree/inner/kept'), 'utf8')).toBe('k');
    } finally {
      execFileSync('sh', ['-ec', 'chattr -i tree/inner/kept'], { cwd: fs.root });
    }
  });

  test.runIf(isRoot)('nothing is moved out of a read-only mount, and the error names what was to go', async () => {
    const mounted = join(fs.outside, 'ro');
    mkdirSync(join(mounted, 'dir'), { recursive: true });
    writeFileSync(join(mounted, 'file'), 'f');
    const command = `mount --bind ${mounted} ${mounted}; mount -o remount,ro,bind ${mounted}`;
    try {
      execFileSync('sh', ['-ec', command], { stdio: 'pipe' });
    } catch (error) {
      console.warn(`NOT RUN: mount: ${error instanceof Error ? error.message : error}`);
      return;
    }
    const reading = await startFilesystem({ prepare: () => [mounted, join(other, 'data')] });
    try {
      for (const name of ['file', 'dir']) {
        const said = await reading.refusal('move_file', { source: join(mounted, name), destination: there(name) });
        expect(said).toContain(`EROFS: ${join(mounted, name)}`);
      }
      expect(readdirSync(join(other, 'data'))).toEqual([]);
    } finally {
      await reading.stop();
      execFileSync('umount', [mounted]);
    }
  });
});
