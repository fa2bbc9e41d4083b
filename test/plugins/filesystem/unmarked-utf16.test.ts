import { randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encoded } from './support/encoded.ts';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

// UTF-16 without a mark in scripts that have few NUL bytes or none, so that nothing tells it for sure.

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

const texts = [
  '人人生而自由，在尊严和权利上一律平等。\n他们赋有理性和良心。\n',
  '人人生而自由，在尊严和权利平等。他们赋有理性和良心', // no NUL
  'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。', // no NUL
  'ひらがなとカタカナ',
  '日本語のテキスト\n第 2 行目\n',
  '모든 인간은 태어날 때부터 자유로우며\n그 존엄과 권리에 있어 동등하다.\n',
  'Все люди рождаются свободными и равными в своем достоинстве.\n',
  '漢字𠀀𠀁です\n',
];
const written = texts.flatMap((text) => [
  { text, encoding: 'utf-16le', bytes: Buffer.from(text, 'utf16le') },
  { text, encoding: 'utf-16be', bytes: Buffer.from(text, 'utf16le').swap16() },
]);

describe.each(written)('$text in $encoding', ({ text, encoding, bytes }) => {
  test('is not shown as another encoding; the error names the parameter that reads it', async () => {
    writeFileSync(at('f'), bytes);
    const said = await fs.refusal('read_text_file', { path: 'f' });
    expect(said).toContain(`read it with encoding: "${encoding}"`);
    expect(said).toContain('read_media_file');
    expect((await fs.call('read_multiple_files', { paths: ['f'] })).text).toContain(`encoding: "${encoding}"`);
    expect((await fs.call('read_text_file', { path: 'f', encoding })).data.content).toBe(text);
  });

  test('is changed only in that encoding', async () => {
    writeFileSync(at('f'), bytes);
    const edits = [{ oldText: text.slice(0, 1), newText: '“ä', expected: text.split(text.slice(0, 1)).length - 1 }];
    expect(await fs.refusal('edit_file', { path: 'f', edits })).toContain(`with encoding: "${encoding}"`);
    const append = { path: 'f', mode: 'append', content: 'x' };
    expect(await fs.refusal('write_file', append)).toContain('Nothing was changed');
    expect(readFileSync(at('f'))).toEqual(bytes);
    await fs.call('edit_file', { path: 'f', edits, encoding });
    const after = text.replaceAll(text.slice(0, 1), '“ä');
    expect((await fs.call('read_text_file', { path: 'f', encoding })).data.content).toBe(after);
  });
});

test.each<[what: string, bytes: Buffer]>([
  ['binary data', Buffer.concat([Buffer.from([0x7f, 0x45, 0, 0, 1]), randomBytes(1001)])],
  ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c489', 'hex')],
  ['an odd number of bytes', Buffer.concat([Buffer.from('人人生而自由\n', 'utf16le'), Buffer.from('x')])],
])('%s is called binary, and nothing else', async (_, bytes) => {
  writeFileSync(at('f'), bytes);
  expect(await fs.refusal('read_text_file', { path: 'f' })).toBe(
    'The file is binary (it has NUL bytes). Use read_media_file, or ask for a part of it with head, tail or byte_offset.',
  );
});

const eastern = '人人生而自由在尊厳権利上一律平等';
const kana = 'すべてのカタカナ';
test.each<[what: string, bytes: Buffer]>([
  ['GBK', encoded('人人生而自由在尊严和权利上一律平等', 'gbk')],
  ['Big5', encoded('人人生而自由在尊嚴和權利上一律平等', 'big5')],
  ['Shift_JIS', encoded(kana + eastern, 'shift_jis')],
  ['EUC-JP', encoded(kana + eastern, 'euc-jp')],
  ['EUC-KR', encoded('모든인간은태어날때부터자유로우며', 'euc-kr')],
  ['windows-1251', encoded('Все люди рождаются', 'windows-1251')],
  ['Latin-1', Buffer.from('caf\xe9', 'latin1')],
  ['Latin-1', Buffer.from('na\xefvet\xe9s\x1b', 'latin1')],
])('text in %s is read as before (%#)', async (_, bytes) => {
  writeFileSync(at('f'), bytes.subarray(0, bytes.length & ~1));
  expect((await fs.call('read_text_file', { path: 'f' })).data.encoding).toBe('windows-1252');
});
