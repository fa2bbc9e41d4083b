import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encoded } from './support/encoded.ts';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
const put = (bytes: Buffer) => writeFileSync(at('f'), bytes);
const latin1 = (text: string) => Buffer.from(text, 'latin1');
const request = (oldText: string, newText: string, more = {}) => ({
  path: 'f',
  edits: [{ oldText, newText, replaceAll: true }],
  ...more,
});

beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

describe('a file whose encoding is only guessed', () => {
  /** Japanese in Shift_JIS, whose second bytes are ASCII's; Chinese in GB18030, with a character of four bytes. */
  const shiftJis = Buffer.from('7b20936096 7b20835c 207b20780a'.replaceAll(' ', ''), 'hex');
  const gb18030 = Buffer.from('7820 81308938 203020780a'.replaceAll(' ', ''), 'hex');
  const broken = Buffer.concat([Buffer.from('é = 1\nplain x\n'), Buffer.from([0xff, 10])]);

  test.each([
    ['a second byte', shiftJis, '{', '['],
    ['another second byte', shiftJis, '\\', '/'],
    ['a byte of four', gb18030, '0', '00'],
    ['what stands behind a character', latin1('a\xe9=1 \xe9\xe8\n'), '=', ':'],
    ['a character that is added', broken, 'plain', 'schön'],
    ['one that is taken away', latin1('gr\xfcn \x93x\x94\n'), '\xfc', 'ue'],
    ['one that is put after another', latin1('a\xe9\n\x85\n'), 'é\n', 'éa\n'],
    ['one that is moved before an ASCII letter', latin1('a\xe9 b \xe9\xe8\n'), ' b', 'b'],
  ])('is not changed in %s', async (_, bytes, oldText, newText) => {
    put(bytes);
    const said = await fs.refusal('edit_file', request(oldText, newText));
    expect(said).toContain('not valid UTF-8, and windows-1252 is only a guess');
    expect(said).toContain('set encoding');
    expect(readFileSync(at('f'))).toEqual(bytes);
  });

  test.each([
    ['ASCII on its own', shiftJis, ' x\n', ' [y]\n', shiftJis.toString('latin1').replace(' x\n', ' [y]\n')],
    ['words of a Western language', latin1('caf\xe9 old\n'), 'café old', 'thé näw', 'th\xe9 n\xe4w\n'],
    ['beside characters that stay', latin1('gr\xfcn old\n'), 'grün old', 'grün new', 'gr\xfcn new\n'],
    [
      'in a file with one bad byte',
      broken,
      'plain x',
      'plain y',
      broken.toString('latin1').replace('plain x', 'plain y'),
    ],
  ])('is changed in %s', async (_, bytes, oldText, newText, expected) => {
    put(bytes);
    await fs.call('edit_file', request(oldText, newText));
    expect(readFileSync(at('f'), 'latin1')).toBe(expected);
  });

  test('is read as that where a long file begins with nothing but ASCII', async () => {
    const ascii = 'plain line\n'.repeat(500_000);
    const read = async (bytes: Buffer, part: object) => {
      put(bytes);
      const { data } = await fs.call('read_text_file', { path: 'f', ...part });
      return [data.content, data.encoding];
    };
    expect(await read(latin1(`${ascii}caf\xe9\nna\xefve`), { tail: 2 })).toEqual(['café\nnaïve', 'windows-1252']);
    expect(await read(Buffer.from(`${ascii}café\nna\ufffdve`), { tail: 2 })).toEqual(['café\nna\ufffdve', 'utf-8']);
    const cut = { byte_offset: ascii.length + 4, max_bytes: 100 };
    expect(await read(Buffer.from(`${ascii}café\n\ufffdx`), cut)).toEqual(['\n\ufffdx', 'utf-8']);
  });

  test('lines past the end are counted as they are', async () => {
    for (const [text, lines] of [
      ['im\n', 1],
      ['a\nb', 2],
      ['', 0],
    ] as const) {
      put(Buffer.from(text));
      expect(await fs.refusal('read_text_file', { path: 'f', offset: 9 })).toContain(`the file has ${lines} lines`);
    }
  });

  test('is changed in anything where the encoding is named', async () => {
    put(latin1('gr\xfcn\n'));
    await fs.call('edit_file', request('grün', 'schön', { encoding: 'iso-8859-1' }));
    expect(readFileSync(at('f'), 'latin1')).toBe('sch\xf6n\n');
    put(Buffer.from([0xf0, 0xd2, 10]));
    await fs.call('edit_file', request('П', 'ю', { encoding: 'koi8-r' }));
    expect(readFileSync(at('f'))).toEqual(Buffer.from([0xc0, 0xd2, 10]));
  });

  test('and is not changed in an encoding that it is not, or that cannot be written', async () => {
    put(broken);
    expect(await fs.refusal('edit_file', request('plain', 'x', { encoding: 'utf-8' }))).toContain('not text in utf-8');
  });

  test('nor is what switches between sets of characters, all bytes of which are those of ASCII', async () => {
    const bytes = Buffer.from('\x1b$BF|K\\8l$NJ8;z\x1b(B\nKEEP\n', 'latin1');
    put(bytes);
    expect(String((await fs.call('read_text_file', { path: 'f' })).data.content)).toContain('日本語の文字\nKEEP');
    const said = await fs.refusal('edit_file', {
      path: 'f',
      edits: [{ oldText: 'K', newText: 'L', replaceAll: true }],
    });
    expect(said).toContain('in iso-2022-jp can be read but not written. Convert the file');
    expect(await fs.refusal('write_file', { path: 'f', mode: 'append', content: 'é' })).toContain('iso-2022-jp');
    expect(await fs.refusal('apply_patch', { patch: '--- a/f\n+++ b/f\n@@ -2 +2 @@\n-KEEP\n+x\n' })).toContain(
      'iso-2022-jp',
    );
    expect(readFileSync(at('f'))).toEqual(bytes);
    expect(await fs.refusal('edit_file', request('KEEP', 'x', { encoding: 'utf-8' }))).toContain('Leave encoding out');
    put(Buffer.from('é \x1b$B x\n'));
    await fs.call('edit_file', request(' x', ' ö'));
    expect(readFileSync(at('f'), 'utf8')).toBe('é \x1b$B ö\n');
    const colours = Buffer.from('\x1b[31mred\x1b[0m $B7\n');
    put(colours);
    await fs.call('edit_file', request('red', 'rot'));
    expect(readFileSync(at('f'), 'latin1')).toBe(colours.toString('latin1').replace('red', 'rot'));
  });

  test.each<[what: string, bytes: Buffer, encoding: string]>([
    ['UTF-8', Buffer.from('naïve\n'), 'windows-1252'],
    ['UTF-8', Buffer.from('naïve\n'), 'utf-16'],
    ['ASCII', Buffer.from('free\n'), 'utf-16le'],
    ['Latin-1', latin1('na\xefve\n'), 'utf-8'],
    ['UTF-16', Buffer.from('\ufefffree\n', 'utf16le'), 'utf-8'],
    ['UTF-16 without a mark', Buffer.from('free words\n', 'utf16le'), 'utf-8'],
  ])('no file in %s has text in another encoding added or put in (%#)', async (_, bytes, encoding) => {
    put(bytes);
    const append = { path: 'f', mode: 'append', content: 'é', encoding };
    expect(await fs.refusal('write_file', append)).toContain('Leave encoding out');
    expect(await fs.refusal('edit_file', request('e', 'é', { encoding }))).toContain('Leave encoding out');
    expect(readFileSync(at('f'))).toEqual(bytes);
  });

  test.each(['shift_jis', 'gb18030', 'big5', 'euc-kr'])(
    'is not written in %s, and the error says what can be changed nevertheless',
    async (encoding) => {
      const bytes = encoded('中 x\nfree x\n', encoding);
      put(bytes);
      const said = await fs.refusal('edit_file', request('free x', 'y', { encoding }));
      expect(said).toContain(`in ${encoding} can be read but not written`);
      expect(said).toContain('Lines of ASCII alone can be changed without encoding');
      await fs.call('edit_file', request('free x', 'free y'));
      expect(readFileSync(at('f'), 'latin1')).toBe(bytes.toString('latin1').replace('free x', 'free y'));
      const patch = '--- a/f\n+++ b/f\n@@ -2 +2 @@\n-free y\n+free z\n';
      await fs.call('apply_patch', { patch });
      expect(readFileSync(at('f'), 'latin1')).toBe(bytes.toString('latin1').replace('free x', 'free z'));
    },
  );

  test('and says that only an encoding of one byte a character lets all of it be changed', async () => {
    put(shiftJis);
    const said = await fs.refusal('edit_file', request('{', '['));
    expect(said).toContain('single-byte');
    expect(said).toContain('several bytes');
  });

  test('holds for a file that is written whole in the encoding it has', async () => {
    put(shiftJis);
    const seen = shiftJis.toString('latin1').replace('\x93', '“').replace('\x96', '–').replaceAll('\x83', 'ƒ');
    const write = (content: string, encoding = 'keep') => ({ path: 'f', content, encoding });
    expect(await fs.refusal('write_file', write('schön\n'))).toContain('set encoding');
    expect(await fs.refusal('write_file', write(`${seen}schön\n`))).toContain('set encoding');
    expect(readFileSync(at('f'))).toEqual(shiftJis);
    await fs.call('write_file', write(`${seen}more\n`));
    expect(readFileSync(at('f'))).toEqual(Buffer.concat([shiftJis, Buffer.from('more\n')]));
    await fs.call('write_file', write('plain\n'));
    expect(readFileSync(at('f'), 'latin1')).toBe('plain\n');
    put(shiftJis);
    await fs.call('write_file', write('schön\n', 'windows-1252'));
    expect(readFileSync(at('f'), 'latin1')).toBe('sch\xf6n\n');
    put(latin1('caf\xe9 old\n'));
    await fs.call('write_file', write('schön\n'));
    expect(readFileSync(at('f'), 'latin1')).toBe('sch\xf6n\n');
  });

  test('holds for patches and for what is appended', async () => {
    const patch = (line: string) => `--- a/f\n+++ b/f\n@@ -1 +1,2 @@\n grün…\n+${line}\n`;
    put(latin1('gr\xfcn\x85\n'));
    expect(await fs.refusal('apply_patch', { patch: patch('schön') })).toContain('set encoding');
    await fs.call('apply_patch', { patch: patch('plain') });
    await fs.call('apply_patch', { patch: patch('schön'), encoding: 'windows-1252' });
    expect(await fs.refusal('write_file', { path: 'f', mode: 'append', content: 'é' })).toContain('set encoding');
    await fs.call('write_file', { path: 'f', mode: 'append', content: 'e\n' });
    await fs.call('write_file', { path: 'f', mode: 'append', content: 'é\n', encoding: 'windows-1252' });
    expect(readFileSync(at('f'), 'latin1')).toBe('gr\xfcn\x85\nsch\xf6n\nplain\ne\n\xe9\n');
  });
});
