import { closeSync, ftruncateSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';
import { zip } from './support/zip.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
const entries = [
  { name: 'd/a', data: Buffer.from('some content') },
  { name: 'b', data: Buffer.alloc(100_000, 'b') },
];

beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

describe('archives in ZIP64', () => {
  test('are listed and unpacked, behind a program too', async () => {
    const whole = zip(entries, { wide: true });
    writeFileSync(at('wide.zip'), whole);
    writeFileSync(at('self.zip'), Buffer.concat([Buffer.from('#!/bin/sh\n'), whole]));
    for (const name of ['wide', 'self']) {
      const { data } = await fs.call('archive_list', { path: `${name}.zip` });
      expect(data).toMatchObject({ total: 2, size: 100_012, truncated: false });
      await fs.call('archive_extract', { path: `${name}.zip`, destination: name });
      expect(readFileSync(at(`${name}/d/a`), 'utf8')).toBe('some content');
      expect(readFileSync(at(`${name}/b`))).toEqual(entries[1]?.data);
    }
  });

  test('with more entries than may be unpacked are listed, and not unpacked', async () => {
    const many = Array.from({ length: 11_000 }, (_, i) => ({ name: `${i}`, data: Buffer.alloc(0) }));
    writeFileSync(at('many.zip'), zip(many, { wide: true }));
    const { data } = await fs.call('archive_list', { path: 'many.zip', limit: 2 });
    expect(data).toMatchObject({ total: 11_000, truncated: true });
    expect(data.entries.map(({ name }: { name: string }) => name)).toEqual(['0', '1']);
    expect(await fs.refusal('archive_extract', { path: 'many.zip', destination: 'many' })).toContain('11000 entries');
  });

  test('with more than 4 GiB are listed', async () => {
    const size = 5 * 2 ** 30;
    const fd = openSync(at('large.zip'), 'w');
    const rest = zip([{ name: 'large', data: Buffer.alloc(0), claimed: size, claimedPacked: size }], {
      wide: true,
      before: size,
    });
    ftruncateSync(fd, size);
    writeSync(fd, rest, 0, rest.length, size);
    closeSync(fd);
    const { data } = await fs.call('archive_list', { path: 'large.zip' });
    expect(data).toMatchObject({ entries: [{ name: 'large', size }], total: 1, size });
    expect(await fs.refusal('archive_extract', { path: 'large.zip', destination: 'large' })).toContain('archiveBytes');
  });

  test('that are broken are refused', async () => {
    const whole = zip(entries, { wide: true });
    const end64 = whole.length - 98;
    const broken = (change: (archive: Buffer) => void) => {
      const copy = Buffer.from(whole);
      change(copy);
      writeFileSync(at('broken.zip'), copy);
      return fs.refusal('archive_list', { path: 'broken.zip' });
    };
    expect(await broken((archive) => archive.writeUInt32LE(0, end64))).toContain('not where it should be');
    expect(await broken((archive) => archive.writeBigUInt64LE(2n ** 63n, end64 + 40))).toContain('impossible');
    expect(await broken((archive) => archive.writeBigUInt64LE(2n ** 40n, end64 + 40))).toContain('too large');
    expect(await broken((archive) => archive.writeBigUInt64LE(2n ** 40n, end64 + 32))).toContain('broken');
    expect(await broken((archive) => archive.writeUInt32LE(0, end64 + 56))).toContain('too large');
  });
});
