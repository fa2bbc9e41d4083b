import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

const odd = (text: string) => Buffer.concat([Buffer.from(text, 'utf16le'), Buffer.from('A')]);
const swapped = (text: string) => Buffer.concat([Buffer.from(text, 'utf16le').swap16(), Buffer.from('A')]);

describe.each<[what: string, bytes: Buffer, encoding: string]>([
  ['with a mark', odd('\ufeffone\ntwo'), 'utf-16le'],
  ['big-endian', swapped('\ufeffone\ntwo'), 'utf-16be'],
  ['without a mark', odd('one\ntwo'), 'utf-16le'],
])('UTF-16 %s that ends in half a unit', (_, bytes, encoding) => {
  const note = `The file has an odd number of bytes: the last one, 0x41, is half of a unit of ${encoding} and left out.`;

  test('says so where a read comes to its end, and only there', async () => {
    writeFileSync(at('f'), bytes);
    for (const part of [{}, { tail: 1 }, { offset: 2 }, { head: 9 }, { byte_offset: 8 }]) {
      const { data, text } = await fs.call('read_text_file', { path: 'f', ...part });
      expect(data.note).toBe(note);
      expect(text).toBe(`${data.content}\n[${note}]`);
    }
    for (const part of [{ head: 1 }, { max_bytes: 8 }]) {
      const { data, text } = await fs.call('read_text_file', { path: 'f', ...part });
      expect(data.note).toBeUndefined();
      expect(text).not.toContain('odd number');
    }
    const several = await fs.call('read_multiple_files', { paths: ['f'] });
    expect(several.data.files[0].note).toBe(note);
    expect(several.text).toContain(`[${note}]`);
  });

  test.each<[tool: string, args: object]>([
    ['edit_file', { path: 'f', edits: [{ oldText: 'one', newText: '1' }] }],
    ['edit_file', { path: 'f', edits: [{ oldText: 'one', newText: '1' }], encoding }],
    ['write_file', { path: 'f', mode: 'append', content: 'more' }],
    ['apply_patch', { patch: '--- a/f\n+++ b/f\n@@ -1 +1 @@\n-one\n+1\n' }],
  ])('is refused %s, which would lose it (%#)', async (tool, args) => {
    writeFileSync(at('f'), bytes);
    const said = await fs.refusal(tool, { ...args });
    expect(said).toContain('odd number of bytes');
    expect(said).toContain('Nothing was changed');
    expect(readFileSync(at('f'))).toEqual(bytes);
  });

  test('is told by a comparison with what is whole', async () => {
    writeFileSync(at('f'), bytes);
    writeFileSync(at('whole'), bytes.subarray(0, -1));
    const { data } = await fs.call('compare_files', { a: 'f', b: 'whole' });
    expect([data.identical, data.notes]).toEqual([false, ['f ends in half a unit of UTF-16, left out.']]);
  });
});

test('the note tells of a long file too, which is not read whole', async () => {
  writeFileSync(at('f'), odd(`\ufeff${'line\n'.repeat(500_000)}`));
  const { data } = await fs.call('read_text_file', { path: 'f', tail: 2 });
  expect([data.content, data.note]).toEqual(['line\n', expect.stringContaining('0x41')]);
});
