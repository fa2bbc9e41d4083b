import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';
import { zip } from './support/zip.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
const empty = Buffer.alloc(0);
const write = (name: string, paths: readonly string[]) =>
  writeFileSync(at(name), zip(paths.map((path) => ({ name: path, data: empty }))));

beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

describe('bounds of archives', () => {
  test('the directories that entries are in count as entries, before anything is made', async () => {
    const nested = 'd/'.repeat(55);
    write(
      'bomb.zip',
      Array.from({ length: 9999 }, (_, i) => `${i}/${nested}`),
    );
    const pauses = monitorEventLoopDelay({ resolution: 1 });
    pauses.enable();
    expect(await fs.refusal('archive_extract', { path: 'bomb.zip', destination: 'bomb' })).toContain(
      'more than 10000 entries, with the directories they are in (limits.archiveEntries)',
    );
    expect(pauses.max / 1e6).toBeLessThan(500);
    expect(existsSync(at('bomb'))).toBe(false);
  });

  test('as many directories as the limit allows are made, and the answer says how many', async () => {
    write('nested.zip', ['a/b/c/d/', 'a/b/e', 'a/f/', 'a/']);
    const { data, text } = await fs.call('archive_extract', { path: 'nested.zip', destination: 'nested' });
    expect(data).toMatchObject({ files: 1, directories: 5, skipped: 0 });
    expect(text).toBe('Extracted 1 files and 5 directories into nested');
  });

  test('many files far down are unpacked without keeping others waiting', async () => {
    const deep = 'd/'.repeat(200);
    write(
      'deep.zip',
      Array.from({ length: 3000 }, (_, i) => `${deep}${i}`),
    );
    const pauses = monitorEventLoopDelay({ resolution: 1 });
    pauses.enable();
    const { data } = await fs.call('archive_extract', { path: 'deep.zip', destination: 'deep' });
    expect(data).toMatchObject({ files: 3000, directories: 200 });
    expect(pauses.max / 1e6).toBeLessThan(500);
    await fs.call('delete_path', { path: 'deep', recursive: true });
  });

  test('a directory that holds only what is left out is not made', async () => {
    write('left-out.zip', ['r/secret/.env', 'r/kept']);
    const { data } = await fs.call('archive_extract', { path: 'left-out.zip', destination: 'left-out' });
    expect(data).toMatchObject({ files: 1, directories: 1, skipped: 1, skipped_names: ['r/secret/.env'] });
    expect(existsSync(at('left-out/r/secret'))).toBe(false);
  });
});
