import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { compiledSupport } from './support/compiled.ts';
import { startFilesystem } from './support/filesystem.ts';
import { mountMemory } from './support/memory-disk.ts';

const writer = fileURLToPath(new URL('./support/writer.mjs', import.meta.url));
const wantedWrites = 1000;

describe('kill -9 while files are written', () => {
  test(`in the midst of ${wantedWrites} writes leaves each file whole, old or new`, { timeout: 300_000 }, async () => {
    const fs = await startFilesystem();
    const mjs = compiledSupport(fs.outside);
    const data = join(fs.outside, 'writer-data');
    let done = 0;
    while (done < wantedWrites) {
      const child = fork(writer, [fs.root, data, mjs]);
      const killAfter = 20 + Math.floor(Math.random() * 80);
      let count = 0;
      child.on('message', () => {
        if (++count === killAfter) setTimeout(() => child.kill('SIGKILL'), Math.random() * 10);
      });
      await once(child, 'exit');
      expect(count, 'the writer wrote').toBeGreaterThan(0);
      done += count;
      for (const name of readdirSync(fs.root).filter((entry) => entry.startsWith('file-'))) {
        const lines = readFileSync(join(fs.root, name), 'utf8').split('\n');
        const i = Number(lines[0]);
        expect(lines.pop()).toBe('');
        expect(lines.length, `${name} is whole`).toBe(20_000 + (i % 7) * 1000);
        expect(new Set(lines).size).toBe(1);
      }
    }
    const next = await startFilesystem({
      prepare: () => [fs.root],
      config: { trash: { folder: join(data, 'trash') } },
    });
    expect(readdirSync(fs.root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    const { changes } = (await next.call('list_changes', {})).data;
    expect(changes.length).toBeGreaterThan(0);
    await next.stop();
    await fs.stop();
  });
});

describe('a full disk', () => {
  const disk = mountMemory('a full disk was not tried', '2m');
  test.runIf(disk !== undefined)(
    'ends a write with a clear error, the old file whole and nothing left behind',
    async () => {
      if (!disk) return;
      const root = join(disk.path, 'data');
      mkdirSync(root);
      let wide = '';
      const fs = await startFilesystem({
        prepare: (outside) => {
          wide = join(outside, 'wide');
          mkdirSync(join(wide, 'tree'), { recursive: true });
          for (let i = 0; i < 30; i++) writeFileSync(join(wide, 'tree', String(i)), randomBytes(100_000));
          return [root, wide];
        },
      });
      try {
        await fs.call('archive_create', { source: join(wide, 'tree'), destination: join(wide, 'tree.zip') });
        await fs.call('write_file', { path: 'kept', content: 'old content\n' });
        const large = 'x'.repeat(3 * 1024 * 1024);
        for (const [tool, args] of [
          ['write_file', { path: 'kept', content: large }],
          ['write_file', { path: 'new', content: large }],
          ['edit_file', { path: 'kept', edits: [{ oldText: 'content', newText: large }] }],
          ['write_file', { path: 'kept', content: large, mode: 'append' }],
          ['copy_file', { source: join(wide, 'tree'), destination: 'tree', recursive: true }],
          ['archive_extract', { path: join(wide, 'tree.zip'), destination: 'tree' }],
          ['move_file', { source: join(wide, 'tree'), destination: 'tree' }],
        ] as const) {
          expect(await fs.refusal(tool, args)).toContain('ENOSPC');
          expect(readdirSync(root)).toEqual(['kept']);
          expect(readFileSync(join(root, 'kept'), 'utf8')).toBe('old content\n');
        }
        expect(readdirSync(join(wide, 'tree'))).toHaveLength(30);
        await fs.call('write_file', { path: 'kept', content: 'new content\n' });
        expect(readFileSync(join(root, 'kept'), 'utf8')).toBe('new content\n');
      } finally {
        await fs.stop();
        disk.remove();
      }
    },
  );
});
