import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

// Encodings of ISO 2022: all bytes are those of ASCII, and escape sequences switch between sets of characters.

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

const files = [
  ['ISO-2022-KR', '\x1b$)C# \x0eGQ1[\x0f KEEP\nplain\n'],
  ['ISO-2022-CN', '\x1b$)A\x0eVPND\x0f KEEP\nplain\n'],
  ['ISO-2022-CN', 'x \x1b$)G\x0eD~\x0f KEEP\nplain\n'],
  ['ISO-2022-CN', '\x1b$*H\x1bN#A KEEP\nplain\n'],
  ['ISO-2022-CN-EXT', '\x1b$)E\x0e!!\x0f KEEP\nplain\n'],
  ['ISO-2022-JP-2', 'x \x1b$(D0!\x1b(B \x1b$B0!\x1b(B KEEP\nplain\n'],
  ['ISO-2022-JP-2', '\x1b$AVPND\x1b(B KEEP\nplain\n'],
  ['ISO-2022-JP-3', '\x1b$(O!!\x1b(B KEEP\nplain\n'],
] as const;

describe.each(files)('a file in %s (%#)', (name, text) => {
  const bytes = Buffer.from(text, 'latin1');

  test('is not shown as another encoding, and the error says which it is and what to do', async () => {
    writeFileSync(at('f'), bytes);
    for (const part of [{}, { head: 1 }, { offset: 2 }, { byte_offset: 0 }]) {
      const said = await fs.refusal('read_text_file', { path: 'f', ...part });
      expect(said).toContain(`seems to be in ${name}`);
      expect(said).toContain(`iconv -f ${name} -t UTF-8`);
      expect(said).toContain('read_media_file');
    }
    expect((await fs.call('read_multiple_files', { paths: ['f'] })).text).toContain(`seems to be in ${name}`);
    expect((await fs.call('get_file_info', { path: 'f' })).data.encoding).toBe(name.toLowerCase());
    expect((await fs.call('read_media_file', { path: 'f' })).content).toMatchObject([
      { resource: { blob: bytes.toString('base64') } },
    ]);
    writeFileSync(at('other'), 'plain\n');
    expect(await fs.refusal('compare_files', { a: 'f', b: 'other' })).toContain(`f seems to be in ${name}`);
  });

  test.each<[tool: string, args: object]>([
    ['edit_file', { edits: [{ oldText: 'KEEP', newText: 'x' }] }],
    ['edit_file', { edits: [{ oldText: 'KEEP', newText: 'x' }], encoding: 'utf-8' }],
    ['edit_file', { edits: [{ oldText: 'KEEP', newText: 'x' }], encoding: name }],
    ['write_file', { mode: 'append', content: 'more\n' }],
    ['write_file', { mode: 'append', content: 'more\n', encoding: 'utf-8' }],
    ['write_file', { content: 'new\n', encoding: 'keep' }],
    ['apply_patch', { patch: '--- a/f\n+++ b/f\n@@ -2 +2 @@\n-plain\n+x\n' }],
  ])('is not changed as text: %s (%#)', async (tool, args) => {
    writeFileSync(at('f'), bytes);
    const said = await fs.refusal(tool, tool === 'apply_patch' ? { ...args } : { path: 'f', ...args });
    expect(said).toContain(`seems to be in ${name}`);
    expect(said).toContain('Nothing was changed');
    expect(readFileSync(at('f'))).toEqual(bytes);
  });

  test('is known in a long file too, where a part has its sequences', async () => {
    writeFileSync(at('f'), `${'plain line\n'.repeat(500_000)}${text}`, 'latin1');
    expect(await fs.refusal('read_text_file', { path: 'f', tail: 3 })).toContain(`seems to be in ${name}`);
  });

  test('is searched in what is ASCII, and may be replaced whole', async () => {
    writeFileSync(at('f'), bytes);
    expect((await fs.call('search_content', { path: 'f', query: 'KEEP' })).data.matches).toHaveLength(1);
    await fs.call('write_file', { path: 'f', content: 'new\n' });
    expect(readFileSync(at('f'), 'utf8')).toBe('new\n');
  });
});

test('an encoding that cannot be converted is not one to read or write in', async () => {
  for (const encoding of ['iso-2022-kr', 'ISO-2022-CN']) {
    expect(await fs.refusal('write_file', { path: 'new', content: 'x', encoding })).toContain(
      'neither read nor written',
    );
    writeFileSync(at('f'), 'plain\n');
    expect(await fs.refusal('read_text_file', { path: 'f', encoding })).toContain('neither read nor written');
  }
});

test('ISO-2022-JP is read as such in a long file that begins with ASCII', async () => {
  writeFileSync(at('f'), `${'plain line\n'.repeat(500_000)}\x1b$BF|K\\8l\x1b(B\n`, 'latin1');
  const { data } = await fs.call('read_text_file', { path: 'f', tail: 2 });
  expect([data.content, data.encoding]).toEqual(['日本語\n', 'iso-2022-jp']);
});

test('what only looks like it is left alone: colours, shifts and tildes without a set of characters', async () => {
  const text = '\x1b[31mred\x1b[0m $)C \x0e~{VPND~}\x0f \x1b(B\x1b)0 KEEP\n';
  writeFileSync(at('f'), text);
  expect((await fs.call('read_text_file', { path: 'f' })).data.encoding).toBe('utf-8');
  await fs.call('edit_file', { path: 'f', edits: [{ oldText: 'KEEP', newText: 'ö' }] });
  expect(readFileSync(at('f'), 'utf8')).toBe(text.replace('KEEP', 'ö'));
});
