import { execFileSync } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, test, vi } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';
import { mountMemory } from './support/memory-disk.ts';

const memory = mountMemory('what happens on full disks was not tried', '1m');
const disk = memory?.path ?? '';
afterAll(() => memory?.remove());

describe.runIf(disk !== '')('with a full disk', () => {
  let fs: Filesystem;
  const trash = join(disk, 'trash');
  const at = (name: string) => join(fs.root, name);
  const records = () => readdirSync(join(trash, 'changes'));

  function makeFiles(root: string): void {
    mkdirSync(join(root, 'dir/inner'), { recursive: true });
    for (const name of ['f', 'g', 'dir/a', 'dir/inner/b']) writeFileSync(join(root, name), 'old\n');
  }

  function fill(): void {
    const fd = openSync(join(disk, 'filler'), 'w');
    try {
      for (;;) writeSync(fd, Buffer.alloc(4096, 1));
    } catch (error) {
      expect(error).toMatchObject({ code: 'ENOSPC' });
    } finally {
      closeSync(fd);
    }
  }

  afterEach(async () => {
    await fs.stop();
    for (const name of readdirSync(disk)) rmSync(join(disk, name), { recursive: true });
  });

  async function expectAnswers(): Promise<void> {
    for (const [tool, args] of [
      ['write_file', { path: 'new', content: 'x' }],
      ['write_file', { path: 'f', content: 'x' }],
      ['delete_path', { path: 'f' }],
      ['delete_path', { path: 'dir', recursive: true }],
      ['move_file', { source: 'f', destination: 'moved' }],
    ] as const) {
      const refusal = await fs.refusal(tool, args);
      expect(refusal, tool).toContain('no space left on the disk of the trash (trash.folder');
      expect(refusal, tool).toContain('permanent: true');
    }
    expect(readdirSync(fs.root).sort()).toEqual(['dir', 'f', 'g']);
    expect(records()).toEqual([]);
    const { data } = await fs.call('delete_path', { path: 'f', permanent: true });
    expect(data).toMatchObject({ recoverable: false });
    await fs.call('delete_path', { path: 'dir', recursive: true, permanent: true });
    expect(readdirSync(fs.root)).toEqual(['g']);
    expect(records().filter((name) => name.endsWith('.new'))).toEqual([]);
  }

  test('the disk of the trash is said to be full, and not that of the root; deleting for good needs no trash', async () => {
    fs = await startFilesystem({ config: { trash: { folder: trash } } });
    makeFiles(fs.root);
    fill();
    await expectAnswers();
    expect((await fs.call('delete_path', { path: 'g', permanent: true })).data.change_id).toBeUndefined();
    rmSync(join(disk, 'filler'));
    const { data } = await fs.call('write_file', { path: 'new', content: 'x' });
    await fs.call('undo_change', { change_id: data.change_id });
  });

  test('space can be made where root and trash share the disk', async () => {
    const root = join(disk, 'root');
    fs = { ...(await startFilesystem({ prepare: () => [made(root)], config: { trash: { folder: trash } } })), root };
    makeFiles(root);
    fill();
    await expectAnswers();
  });

  test('a patch that finds the disk full in the midst of it is taken back', async () => {
    fs = await startFilesystem({ config: { trash: { folder: trash } } });
    makeFiles(fs.root);
    writeFileSync(at('big'), `old\n${'x'.repeat(2_000_000)}\n`);
    const head = (name: string) => `--- a/${name}\n+++ b/${name}\n@@ -1 +1 @@\n-old\n+new\n`;
    const patch = ['--- /dev/null\n+++ b/sub/fresh\n@@ -0,0 +1 @@\n+fresh\n', head('f'), head('big')].join('');
    expect(await fs.refusal('apply_patch', { patch })).toContain('disk of the trash');
    expect(readFileSync(at('f'), 'utf8')).toBe('old\n');
    expect(existsSync(at('sub'))).toBe(false);
    expect([records(), readdirSync(join(trash, 'items'))]).toEqual([[], []]);
  });

  test('directories made for a file that then finds no room are taken back', async () => {
    const root = join(disk, 'root');
    fs = { ...(await startFilesystem({ prepare: () => [made(root)] })), root };
    const write = { path: 'a/b/c/file', content: 'x'.repeat(2_000_000), create_parents: true };
    expect(await fs.refusal('write_file', write)).toContain('No file was changed');
    expect(existsSync(at('a'))).toBe(false);
    expect((await fs.call('list_changes', { path: 'a' })).data.changes).toEqual([]);
  });

  test('directories are made all or none where the disk has no more entries', async () => {
    const few = mountMemory('directories on a disk without entries', '1m,nr_inodes=20');
    if (!few) return;
    fs = await startFilesystem({ prepare: () => [few.path] });
    const refusal = await fs.refusal('create_directory', { path: Array.from({ length: 40 }, () => 'd').join('/') });
    expect(refusal).toContain('ENOSPC');
    expect(readdirSync(few.path)).toEqual([]);
    expect((await fs.call('list_changes', {})).data.changes).toEqual([]);
    await fs.running.stop();
    few.remove();
  });

  /** Leaves three changes open, as a crash would have, and one that is old. */
  async function leaveOpen(): Promise<void> {
    fs = await startFilesystem({ config: { trash: { folder: trash } } });
    makeFiles(fs.root);
    await fs.call('write_file', { path: 'new', content: 'new' });
    await fs.call('delete_path', { path: 'f' });
    await fs.call('write_file', { path: 'g', content: 'g' });
    await fs.call('write_file', { path: 'h', content: 'h' });
    await fs.running.stop();
    for (const [i, name] of records().entries()) {
      const path = join(trash, 'changes', name);
      const record = JSON.parse(readFileSync(path, 'utf8'));
      if (i === 2) record.at = new Date(0).toISOString();
      else record.steps[0].pending = true;
      writeFileSync(path, JSON.stringify(record));
    }
  }

  async function expectStart(reason: string): Promise<void> {
    const again = await startFilesystem({ prepare: () => [fs.root], config: { trash: { folder: trash } } });
    try {
      expect((await again.call('read_text_file', { path: 'new' })).text).toBe('new');
      const warned = again.logged.filter(({ level, fields }) => level === 'warn' && fields.paths);
      expect(warned).toHaveLength(3);
      for (const { fields } of warned) {
        expect(fields.reason).toContain(reason);
        expect(fields.reason).not.toContain('permanent: true');
      }
    } finally {
      await again.stop();
    }
  }

  test('records that cannot be saved on a full or read-only disk wait for the next start, which does not fail', async () => {
    await leaveOpen();
    fill();
    await expectStart('ENOSPC');
    rmSync(join(disk, 'filler'));
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    try {
      await expectStart('EROFS');
    } finally {
      execFileSync('mount', ['-o', 'remount,rw', disk]);
    }
    const again = await startFilesystem({ prepare: () => [fs.root], config: { trash: { folder: trash } } });
    expect(again.logged.filter(({ level }) => level === 'warn')).toEqual([]);
    expect(
      records()
        .map((name) => readFileSync(join(trash, 'changes', name), 'utf8'))
        .join(),
    ).not.toContain('pending');
    await again.stop();
  });

  test('a trash that is read-only, full or gone is named by what fails for it, and by the health of the plugin', {
    timeout: 120_000,
  }, async () => {
    fs = await startFilesystem({ config: { trash: { folder: trash } } });
    makeFiles(fs.root);
    const calls = [
      ['write_file', { path: 'f', content: 'x' }],
      ['write_file', { path: 'new', content: 'x' }],
      ['delete_path', { path: 'dir', recursive: true }],
      ['move_file', { source: 'f', destination: 'g', overwrite: true }],
    ] as const;
    const expectRefused = async (reason: string, health: string) => {
      for (const [tool, args] of calls) {
        const refusal = await fs.refusal(tool, args);
        expect(refusal, tool).toContain(reason);
        expect(refusal, tool).toContain('trash (trash.folder');
      }
      const expected = { status: 'degraded', reason: expect.stringContaining(health) };
      // It is asked anew only every few seconds.
      await vi.waitFor(async () => expect(await fs.running.health()).toMatchObject(expected), 30_000);
    };
    expect(await fs.running.health()).toMatchObject({ status: 'healthy', checks: { trash: 'writable' } });
    fill();
    await expectRefused('ENOSPC', 'trash (trash.folder) is on a full disk');
    rmSync(join(disk, 'filler'));
    execFileSync('mount', ['-o', 'remount,ro', disk]);
    try {
      await expectRefused('EROFS', 'trash (trash.folder) is on a read-only disk');
    } finally {
      execFileSync('mount', ['-o', 'remount,rw', disk]);
    }
    rmSync(trash, { recursive: true });
    await expectRefused('ENOENT', 'trash (trash.folder) is missing');
    expect(readdirSync(fs.root).sort()).toEqual(['dir', 'f', 'g']);
  });

  test('half a record that a crash left is removed at the next start', async () => {
    fs = await startFilesystem({ config: { trash: { folder: trash } } });
    await fs.running.stop();
    writeFileSync(join(trash, 'changes', '0-0.json.new'), '{');
    const again = await startFilesystem({ config: { trash: { folder: trash } } });
    expect(records()).toEqual([]);
    await again.stop();
  });
});

function made(path: string): string {
  mkdirSync(path);
  return path;
}
