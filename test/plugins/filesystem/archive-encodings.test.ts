import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';
import { type Entry, zip } from './support/zip.ts';

let fs: Filesystem;
let made = 0;

beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

/** Writes an archive of empty files and says what to unpack. */
function archive(...entries: readonly Omit<Entry, 'data'>[]) {
  const path = `${++made}.zip`;
  writeFileSync(join(fs.root, path), zip(entries.map((entry) => ({ ...entry, data: Buffer.alloc(0) }))));
  return { path, destination: `${made}` };
}

/** What archive_list and archive_extract make of the names, and say of them. */
async function names(...entries: readonly Omit<Entry, 'data'>[]) {
  const call = archive(...entries);
  const list = await fs.call('archive_list', { path: call.path });
  const extracted = await fs.call('archive_extract', call);
  const listed: string[] = list.data.entries.map(({ name }: { name: string }) => name);
  const unpacked = readdirSync(join(fs.root, call.destination));
  expect(unpacked.sort()).toEqual([...listed].sort());
  expect(list.data.note).toBe(extracted.data.note);
  expect(list.text.includes('CP437')).toBe(list.data.note !== undefined);
  expect(extracted.text.includes('CP437')).toBe(list.data.note !== undefined);
  return { listed, note: list.data.note };
}

function unicodePath(name: string | Buffer, raw: Buffer, version = 1): Buffer {
  const field = Buffer.alloc(9);
  field.writeUInt16LE(0x7075, 0);
  field.writeUInt16LE(5 + Buffer.byteLength(name), 2);
  field.writeUInt8(version, 4);
  field.writeUInt32LE(crc32(raw), 5);
  const other = Buffer.from([0x55, 0x54, 1, 0, 0]);
  return Buffer.concat([other, field, Buffer.from(name)]);
}

describe('encodings of names in archives', () => {
  test('a name without a mark is UTF-8 where it can be', async () => {
    expect(await names({ name: 'aéb', flags: 0 }, { name: 'plain', flags: 0 })).toEqual({ listed: ['aéb', 'plain'] });
  });

  test('and CP437 where it cannot be, which the answer says', async () => {
    const { listed, note } = await names(
      { name: Buffer.from('a\x82b', 'latin1'), flags: 0 },
      { name: Buffer.from('\x80\x9f\xb3\xe1\xfe\xff', 'latin1'), flags: 0 },
      { name: 'plain', flags: 0 },
    );
    expect(listed).toEqual(['aéb', 'Çƒ│ß■\u00a0', 'plain']);
    expect(note).toContain('2 of its names');
  });

  test('a name that stands once more in UTF-8 is that, while the one belongs to the other', async () => {
    const raw = Buffer.from('a\x82b', 'latin1');
    const other = Buffer.from('other');
    expect(await names({ name: raw, flags: 0, extra: unicodePath('日本', raw) })).toEqual({ listed: ['日本'] });
    expect(await names({ name: 'a#U65e5', flags: 0, extra: unicodePath('a日', Buffer.from('a#U65e5')) })).toEqual({
      listed: ['a日'],
    });
    expect((await names({ name: raw, flags: 0, extra: unicodePath('日本', other) })).listed).toEqual(['aéb']);
    expect((await names({ name: raw, flags: 0, extra: unicodePath('日本', raw, 2) })).listed).toEqual(['aéb']);
    const cut = unicodePath('日本', raw).subarray(0, -1);
    expect((await names({ name: raw, flags: 0, extra: cut })).listed).toEqual(['aéb']);
  });

  test('a path that leads out is refused however it is written', async () => {
    const raw = Buffer.from('fine');
    const call = archive({ name: raw, flags: 0, extra: unicodePath('../evil', raw) });
    expect(await fs.refusal('archive_extract', call)).toContain('unsafe path: ../evil');
  });

  test('what is said to be UTF-8 and is not is refused, and named', async () => {
    const raw = Buffer.from('abc');
    const said = archive({ name: Buffer.from('a\xff\xfeb', 'latin1'), flags: 0x0800 });
    const beside = archive({ name: raw, flags: 0, extra: unicodePath(Buffer.from('x\xff', 'latin1'), raw) });
    for (const [{ path, destination }, name] of [
      [said, 'a\ufffd\ufffdb'],
      [beside, 'x\ufffd'],
    ] as const) {
      expect(await fs.refusal('archive_list', { path })).toContain(`the entry ${name} is in UTF-8, which it is not`);
      expect(await fs.refusal('archive_extract', { path, destination })).toContain(name);
    }
  });
});
