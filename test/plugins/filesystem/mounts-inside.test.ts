import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ProcDirectory, removeInTurns, TreeCopy } from './support/built.ts';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';
import { mountMemory } from './support/memory-disk.ts';

const memory = mountMemory('mounts inside directories that are moved, deleted and copied were not tried');
const other = memory?.path ?? '';
afterAll(() => memory?.remove());

describe.runIf(other !== '')('a mount inside a directory', () => {
  let fs: Filesystem;
  const at = (name: string) => join(fs.root, name);
  const outside = () => join(fs.outside, 'outside');
  const trash = () => join(fs.outside, 'gateway-data', 'trash');
  const records = () => readdirSync(join(trash(), 'changes'));
  const kept = () => readdirSync(join(trash(), 'items'));

  beforeEach(async () => {
    fs = await startFilesystem({ prepare: (folder) => [join(folder, 'data'), other], config: { trash: small } });
    for (const folder of ['disk/inner/m', 'folder/inner/m', 'file/inner', 'm'])
      mkdirSync(at(folder), { recursive: true });
    for (const name of ['disk', 'folder', 'file']) writeFileSync(at(`${name}/inner/beside`), 'beside');
    mkdirSync(outside());
    writeFileSync(join(outside(), 'f'), 'precious');
    writeFileSync(at('file/inner/m'), '');
    mount(at('disk/inner/m'), '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs');
    writeFileSync(at('disk/inner/m/f'), 'precious needle');
    mount(at('folder/inner/m'), '--bind', outside());
    mount(at('file/inner/m'), '--bind', join(outside(), 'f'));
    mount(at('m'), '--bind', outside());
  });
  afterEach(async () => {
    // Read anew, since a mount goes with a directory that is renamed.
    const points = readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' ')[1] ?? '');
    for (const point of points.filter((one) => one.startsWith(`${fs.outside}/`)).reverse())
      execFileSync('umount', [point]);
    await fs.stop();
    for (const name of readdirSync(other)) execFileSync('rm', ['-r', join(other, name)]);
  });

  const small = { maxBytes: 60_000 };

  function mount(point: string, ...what: string[]): void {
    execFileSync('mount', [...what, point]);
  }

  function expectUntouched(): void {
    expect(readFileSync(at('disk/inner/m/f'), 'utf8')).toBe('precious needle');
    expect(readFileSync(join(outside(), 'f'), 'utf8')).toBe('precious');
    for (const name of ['disk', 'folder', 'file']) {
      expect(readdirSync(at(`${name}/inner`)).sort()).toEqual(['beside', 'm']);
      expect(readFileSync(at(`${name}/inner/beside`), 'utf8')).toBe('beside');
    }
    expect(readdirSync(fs.root).sort()).toEqual(['disk', 'file', 'folder', 'm']);
    expect(records()).toEqual([]);
    expect(kept()).toEqual([]);
  }

  test('keeps the directory from being deleted, into the trash and for good, and the refusal names the mount', async () => {
    for (const name of ['disk', 'folder', 'file'])
      for (const permanent of [false, true]) {
        const refusal = await fs.refusal('delete_path', { path: at(name), recursive: true, permanent });
        expect(refusal).toContain(`${at(`${name}/inner/m`)} is a mount point`);
        expect(refusal).toContain('Unmount it');
      }
    expectUntouched();
  });

  test('keeps the directory from being moved, on its disk and to another', async () => {
    for (const name of ['disk', 'folder', 'file'])
      for (const destination of [at('moved'), join(other, 'moved')]) {
        const refusal = await fs.refusal('move_file', { source: at(name), destination });
        expect(refusal).toContain(`${at(`${name}/inner/m`)} is a mount point`);
      }
    expectUntouched();
    expect(readdirSync(other)).toEqual([]);
  });

  test('is neither moved nor deleted itself', async () => {
    for (const permanent of [false, true])
      expect(await fs.refusal('delete_path', { path: at('m'), recursive: true, permanent })).toContain(
        'is a mount point',
      );
    for (const destination of [at('moved'), join(other, 'moved')])
      expect(await fs.refusal('move_file', { source: at('m'), destination })).toContain('is a mount point');
    expectUntouched();
  });

  test('keeps a change from being undone that would take the directory away or move it', async () => {
    mkdirSync(at('plain/m'), { recursive: true });
    const copied = await fs.call('copy_file', { source: at('plain'), destination: at('copy'), recursive: true });
    const moved = await fs.call('move_file', { source: at('plain'), destination: at('renamed') });
    for (const name of ['copy', 'renamed']) mount(at(`${name}/m`), '--bind', outside());
    for (const [name, { data }] of [
      ['copy', copied],
      ['renamed', moved],
    ] as const) {
      expect(await fs.refusal('undo_change', { change_id: data.change_id })).toContain(
        `${at(`${name}/m`)} is a mount point`,
      );
      expect(readdirSync(at(`${name}/m`))).toEqual(['f']);
    }
  });

  test('that came into what is in the trash survives that the trash drops it', async () => {
    mkdirSync(at('plain/m'), { recursive: true });
    writeFileSync(at('plain/own'), 'x'.repeat(30_000));
    await fs.call('delete_path', { path: at('plain'), recursive: true });
    const [item = ''] = kept();
    mount(join(trash(), 'items', item, 'm'), '--bind', outside());
    for (let i = 0; i < 4; i++) {
      writeFileSync(at('big'), 'x'.repeat(30_000));
      await fs.call('delete_path', { path: at('big') });
    }
    expect((await fs.call('list_changes', {})).data.dropped).toBeGreaterThan(0);
    await vi.waitUntil(() => !existsSync(join(trash(), 'items', `${item}.dropped`, 'own')));
    expect(kept()).toContain(`${item}.dropped`);
    expect(readFileSync(join(outside(), 'f'), 'utf8')).toBe('precious');
  });

  test('that comes while a tree is copied or removed ends that with an error', async () => {
    const directory = ProcDirectory.open(fs.root);
    const signal = new AbortController().signal;
    const [from, to] = [
      { directory, name: 'folder' },
      { directory, name: 'copy' },
    ];
    try {
      await expect(removeInTurns(from)).rejects.toThrow('folder/inner/m is a mount point');
      await expect(new TreeCopy({ maxEntries: 100, signal, whole: true }).copy(from, to)).rejects.toThrow(
        'is a mount point',
      );
    } finally {
      directory.close();
    }
    expect(readFileSync(join(outside(), 'f'), 'utf8')).toBe('precious');
  });

  test('on another file system is left out of copies, archives, trees and searches, and counted', async () => {
    const copy = await fs.call('copy_file', { source: at('disk'), destination: at('copy'), recursive: true });
    expect(copy.data).toMatchObject({ files: 1, skipped: 1 });
    expect(copy.text).toContain('1 protected, special, mounted or temporary entries left out');
    expect(readdirSync(at('copy/inner'))).toEqual(['beside']);
    const packed = await fs.call('archive_create', { source: at('disk'), destination: at('packed.zip') });
    expect(packed.data).toMatchObject({ skipped: 1 });
    expect(packed.text).toContain('mounted');
    expect((await fs.call('archive_list', { path: at('packed.zip') })).text).not.toContain('m/f');
    expect((await fs.call('search_content', { path: fs.root, query: 'needle' })).data.matches).toEqual([]);
    expect((await fs.call('directory_tree', { path: at('disk') })).text).not.toContain('"f"');
    expect(await fs.refusal('compare_files', { a: at('disk/inner/m/f'), b: at('disk/inner/beside') })).toContain(
      'crossDevices',
    );
  });

  test('on another file system that was mounted a moment ago is not written to, copied or searched', async () => {
    await fs.call('read_text_file', { path: at('disk/inner/beside') });
    mkdirSync(at('late/m'), { recursive: true });
    mount(at('late/m'), '-t', 'tmpfs', '-o', 'size=1m', 'tmpfs');
    writeFileSync(at('late/m/f'), 'late needle');
    expect((await fs.call('search_content', { path: at('late'), query: 'needle' })).data.matches).toEqual([]);
    expect(await fs.refusal('write_file', { path: at('late/m/new'), content: 'x' })).toContain('crossDevices');
    const copy = await fs.call('copy_file', { source: at('late'), destination: at('copy'), recursive: true });
    expect(copy.data).toMatchObject({ files: 0, skipped: 1 });
  });

  test('is copied where crossDevices is set, and keeps the directory in its place all the same', async () => {
    const crossing = await startFilesystem({ prepare: () => [fs.root, other], config: { crossDevices: true } });
    await crossing.call('copy_file', { source: at('disk'), destination: at('copy'), recursive: true });
    expect(readFileSync(at('copy/inner/m/f'), 'utf8')).toBe('precious needle');
    for (const permanent of [false, true])
      expect(await crossing.refusal('delete_path', { path: at('disk'), recursive: true, permanent })).toContain(
        'is a mount point',
      );
    expect(await crossing.refusal('move_file', { source: at('disk'), destination: join(other, 'x') })).toContain(
      'is a mount point',
    );
    await crossing.stop();
    execFileSync('rm', ['-r', at('copy')]);
    expectUntouched();
  });

  test('that is a root of its own is searched where it is named', async () => {
    const both = await startFilesystem({ prepare: () => [fs.root, at('disk/inner/m')] });
    const found = await both.call('search_content', { path: at('disk/inner/m'), query: 'needle' });
    expect(found.data.matches).toHaveLength(1);
    expect((await both.call('search_content', { path: fs.root, query: 'needle' })).data.matches).toEqual([]);
    await both.stop();
  });
});
