import { closeSync, ftruncateSync, mkdirSync, openSync, statfsSync, writeFileSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

const twoGb = 2 * 1024 ** 3;
const mostExtraMemory = 200 * 1024 ** 2;

let fs: Filesystem;

beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

/** How far resident memory rose at its highest while `work` ran. */
async function memoryOf<T>(work: () => Promise<T>): Promise<{ result: T; extra: number }> {
  const start = process.memoryUsage().rss;
  let highest = start;
  const timer = setInterval(() => {
    highest = Math.max(highest, process.memoryUsage().rss);
  }, 5);
  const result = await work();
  clearInterval(timer);
  return { result, extra: Math.max(highest, process.memoryUsage().rss) - start };
}

test('a file of control characters is read in parts, each as large as a result has room for', async () => {
  const size = 1024 ** 2;
  writeFileSync(join(fs.root, 'control'), Buffer.alloc(size, 1));
  const { data } = await fs.call('read_text_file', { path: 'control' });
  expect(data.truncated).toBe(true);
  expect(data.next_byte_offset).toBe(Math.floor(size / 3));
  expect(data.content).toHaveLength(data.next_byte_offset);
});

describe('a file of 2 GB', () => {
  const middle = 1024 ** 3;
  const { bavail, bsize } = statfsSync(tmpdir());
  if (bavail * bsize < 64 * 1024 ** 2)
    throw new Error(`${tmpdir()} has no room for a sparse file; these tests cannot run`);

  beforeAll(() => {
    const fd = openSync(join(fs.root, 'huge'), 'w');
    writeSync(fd, 'first\nsecond\nthird\n', 0);
    writeSync(fd, '\nin the middle\nafter it\n', middle);
    ftruncateSync(fd, twoGb);
    writeSync(fd, '\nbefore last\nlast', twoGb);
    closeSync(fd);
    const line = openSync(join(fs.root, 'one-line'), 'w');
    ftruncateSync(line, twoGb);
    writeSync(line, 'end', twoGb);
    closeSync(line);
  });

  test.each([
    ['head', { head: 2 }, 'first\nsecond'],
    ['tail', { tail: 2 }, 'before last\nlast'],
    ['a range in the middle', { offset: 5, limit: 1 }, 'in the middle'],
    ['bytes in the middle', { byte_offset: middle + 1, max_bytes: 1024 }, 'in the middle\nafter it\n'],
  ])('%s takes bounded memory', async (_, part, expected) => {
    const { result, extra } = await memoryOf(() => fs.call('read_text_file', { path: 'huge', ...part }));
    expect(result.data.content).toContain(expected);
    expect(result.data.size).toBeGreaterThan(twoGb);
    expect(extra).toBeLessThan(mostExtraMemory);
  });

  test('one line of 2 GB is cut, and says so', async () => {
    for (const part of [{ head: 1 }, { tail: 1 }]) {
      const { result, extra } = await memoryOf(() => fs.call('read_text_file', { path: 'one-line', ...part }));
      expect(result.data.truncated).toBe(true);
      expect(result.data.content.length).toBeLessThanOrEqual(1_048_576);
      expect(extra).toBeLessThan(mostExtraMemory);
    }
    expect((await fs.call('read_text_file', { path: 'one-line', tail: 1 })).data.content).toMatch(/end$/);
  });

  test('it is not edited, read whole or returned as media, and a search says that it was too large', async () => {
    expect(await fs.refusal('edit_file', { path: 'huge', edits: [{ oldText: 'a', newText: 'b' }] })).toContain(
      'at most',
    );
    expect(await fs.refusal('read_media_file', { path: 'huge' })).toContain('at most');
    const plain = await startFilesystem({ prepare: () => [fs.root], config: { search: { ripgrep: 'never' } } });
    const { data, text } = await plain.call('search_content', { path: '.', query: 'in the middle' });
    expect(data.skipped_large).toBe(2);
    expect(text).toContain('No matches');
    await plain.stop();
  });

  test('it can be copied over, moved and hashed without being held in memory', async () => {
    const sparse = join(fs.root, 'sparse');
    closeSync(openSync(sparse, 'w'));
    const fd = openSync(sparse, 'r+');
    ftruncateSync(fd, 256 * 1024 ** 2);
    closeSync(fd);
    const { extra } = await memoryOf(async () => {
      await fs.call('get_file_info', { path: 'sparse', hash: true });
      await fs.call('copy_file', { source: 'sparse', destination: 'sparse-2' });
    });
    expect(extra).toBeLessThan(mostExtraMemory);
  });
});

describe('a directory of 100,000 entries', () => {
  const count = 100_000;
  beforeAll(() => {
    mkdirSync(join(fs.root, 'crowd'));
    for (let i = 0; i < count; i++) closeSync(openSync(join(fs.root, 'crowd', `f${String(i).padStart(6, '0')}`), 'w'));
  }, 120_000);

  test('is listed a page at a time, nothing twice and nothing missing', { timeout: 120_000 }, async () => {
    const seen = new Set<string>();
    let cursor: string | undefined;
    do {
      const { data } = await fs.call('list_directory', { path: 'crowd', limit: 10_000, ...(cursor ? { cursor } : {}) });
      for (const { name } of data.entries) seen.add(name);
      expect(data.total).toBe(count);
      cursor = data.next_cursor;
    } while (cursor);
    expect(seen.size).toBe(count);
  });

  test('tree, search and sizes are capped and say so', { timeout: 120_000 }, async () => {
    const tree = await fs.call('directory_tree', { path: 'crowd' });
    expect(tree.data).toMatchObject({ entries: 10_000, truncated: true });
    const found = await fs.call('search_files', { path: 'crowd', pattern: 'f0999*' });
    expect(found.data).toMatchObject({ total: 100, truncated: false });
    const sizes = await fs.call('list_directory_with_sizes', { path: 'crowd', sortBy: 'size' });
    expect(sizes.data).toMatchObject({ total_files: count });
    expect(sizes.data.entries).toHaveLength(1000);
    expect(sizes.text).toContain('1000 of 100000');
  });
});
