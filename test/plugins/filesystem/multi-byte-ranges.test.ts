import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { encoded } from './support/encoded.ts';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
const read = async (args: Record<string, unknown>) => (await fs.call('read_text_file', { path: 'f', ...args })).data;
beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

describe.each([
  ['big5', '人人生而自由，在尊嚴和權利上一律平等。大中小a上下b左右：「聯合國」'],
  ['gbk', '人人生而自由，在尊严和权利上一律平等。大中小a上下b左右：門開話'],
  ['gb18030', '人人生而自由，㐀䶵𠀀在尊严和权利上5一律平等。大中小a上下b左右'],
  ['shift_jis', 'すべての人間は、表示機能ソート予約aｱｲｳ貼り付け蝦薔薇'],
  ['euc-jp', 'すべての人間は、表示機能ソート予約aｱｲｳ貼り付け蝦薔薇'],
  ['euc-kr', '모든 인간은 태어날 때부터a자유로우며 大韓民國'],
])('of a file in %s', (encoding, sentence) => {
  const line = sentence.repeat(30);
  const put = (text: string) => writeFileSync(join(fs.root, 'f'), encoded(text, encoding));

  test.each([1, 2, 3, 4, 5, 7, 64, 1000])(
    'a read of %d bytes ends with a whole character, and all of them are the file',
    async (max_bytes) => {
      put(line);
      const parts: string[] = [];
      for (let byte_offset: number | undefined = 0; byte_offset !== undefined; ) {
        const { content, next_byte_offset } = await read({ encoding, max_bytes, byte_offset });
        expect(content).not.toBe('');
        parts.push(content);
        byte_offset = next_byte_offset;
      }
      expect(parts.join('')).toBe(line);
    },
  );

  test('a read from any byte begins with a whole character', async () => {
    put(`${line}\n${line}`);
    const bytes = encoded(`${line}\n${line}`, encoding);
    for (let byte_offset = 700; byte_offset < 720; byte_offset++) {
      const { content } = await read({ encoding, byte_offset });
      expect(`${line}\n${line}`.endsWith(content)).toBe(true);
      expect(bytes.length - byte_offset - encoded(content, encoding).length).toBeLessThan(4);
    }
  });

  test('so does the end of a last line that is too long', async () => {
    put(`first\n${line}`);
    for (const max_bytes of [100, 101, 102, 103]) {
      const { content, truncated } = await read({ encoding, tail: 1, max_bytes });
      expect(truncated).toBe(true);
      expect(content.length).toBeGreaterThan(20);
      expect(line.endsWith(content)).toBe(true);
    }
  });
});
