import {
  accessSync,
  constants,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

// Roots below /dev, /proc and /sys: only /dev/shm has files.

const shm = '/dev/shm';

function isUsable(): boolean {
  try {
    accessSync(shm, constants.W_OK);
    return realpathSync(shm) === shm;
  } catch {
    return false; // no Linux, or a container without it
  }
}

const usable = isUsable();
if (!usable) console.warn(`NOT RUN: what a root in ${shm} offers, since this machine has none that can be written.`);

async function within(folder: string, work: (fs: Filesystem) => Promise<void>, config = {}): Promise<void> {
  const fs = await startFilesystem({ prepare: () => [folder], config });
  try {
    await work(fs);
  } finally {
    await fs.stop();
  }
}

describe.runIf(usable)('a folder in /dev/shm', () => {
  test('can be a root, whose files are read, changed, found, moved away and brought back', async () => {
    const folder = mkdtempSync(join(shm, 'mcp-root-'));
    try {
      await within(folder, async (fs) => {
        expect((await fs.running.health()).status).toBe('healthy');
        await fs.call('write_file', { path: 'sub/f', content: 'needle\n', create_parents: true });
        expect((await fs.call('read_text_file', { path: join(folder, 'sub/f') })).data.content).toBe('needle\n');
        expect((await fs.call('search_content', { path: '.', query: 'needle' })).data.matches).toHaveLength(1);
        expect((await fs.call('directory_tree', { path: '.' })).text).toContain('"f"');
        const { data } = await fs.call('delete_path', { path: 'sub', recursive: true });
        await fs.call('undo_change', { change_id: data.change_id });
        expect(readFileSync(join(folder, 'sub/f'), 'utf8')).toBe('needle\n');
        expect(await fs.refusal('read_text_file', { path: '/dev/null' })).toContain('outside allowed directories');
        expect(await fs.refusal('list_directory', { path: '/dev' })).toContain('outside allowed directories');
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('is not reached from another root, not by a link either', async () => {
    const folder = mkdtempSync(join(shm, 'mcp-root-'));
    writeFileSync(join(folder, 'f'), 'needle\n');
    try {
      const config = { roots: ['/'], allowSystemRoot: true, crossDevices: true };
      const fs = await startFilesystem({ config });
      symlinkSync(folder, join(fs.outside, 'link'));
      for (const path of [join(folder, 'f'), join(fs.outside, 'link/f')])
        expect(await fs.refusal('read_text_file', { path })).toContain('outside allowed directories');
      await fs.stop();
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test.runIf(process.platform === 'linux').each(['/proc', '/sys', '/dev', '/proc/self', '/dev/fd/..'])(
  '%s is no root, and the health says which folders are none and what to name',
  async (folder) => {
    await within(folder, async (fs) => {
      const { status, reason } = await fs.running.health();
      expect(status).not.toBe('healthy');
      expect(reason).toContain('is not a folder of files');
      expect(reason).toContain('only /dev/shm');
    });
  },
);

test.runIf(process.platform === 'linux').each(['auto', 'never'])(
  'the whole machine as a root is searched without them, ripgrep: %s',
  async (ripgrep) => {
    const config = { roots: ['/'], allowSystemRoot: true, crossDevices: true, search: { ripgrep } };
    const fs = await startFilesystem({ config });
    const others = readdirSync('/').filter((name) => !['proc', 'sys', 'dev'].includes(name));
    const leave = { path: '/', excludePatterns: others };
    const names = await fs.call('search_files', { ...leave, pattern: '**' });
    expect(names.data).toMatchObject({ paths: [], truncated: false });
    const content = await fs.call('search_content', { ...leave, query: 'a', gitignore: false });
    expect(content.data).toMatchObject({ total: 0, truncated: false });
    await fs.stop();
  },
);
