import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
const read = async (path: string, more: Record<string, unknown>) =>
  (await fs.call('read_text_file', { path, ...more })).data;

/** Characters whose bytes hold those of line ends where they are none: U+0A00 and U+000D beside U+0A0D. */
const line = (i: number) => `zeile ${i} \u0a00\u0d0a\u0a0d😀`;
const lines = Array.from({ length: 480_000 }, (_, i) => `${line(i + 1)}\n`).join('');
const encodings = [
  ['utf-16le', (text: string) => Buffer.from(text, 'utf16le')],
  ['utf-16be', (text: string) => Buffer.from(text, 'utf16le').swap16()],
] as const;

beforeAll(async () => {
  fs = await startFilesystem();
  for (const [name, encode] of encodings) writeFileSync(at(name), encode(`\ufeff${lines}`));
});
afterAll(() => fs.stop());

describe.each(encodings)('a file in %s of any size', (name, encode) => {
  test('is read from its beginning, its end and any line', async () => {
    const head = await read(name, { head: 2 });
    expect(head).toMatchObject({
      content: `${line(1)}\n${line(2)}`,
      encoding: name,
      bom: true,
      eol: 'lf',
      next_offset: 3,
    });
    expect(head.size).toBeGreaterThan(16_777_216);
    expect((await read(name, { tail: 2 })).content).toBe(`${line(480_000)}\n`);
    const range = await read(name, { offset: 400_000, limit: 2, line_numbers: true });
    expect(range.content).toBe(`400000\t${line(400_000)}\n400001\t${line(400_001)}`);
    expect((await read(name, { offset: 479_999 })).content).toBe(`${line(479_999)}\n${line(480_000)}\n`);
  });

  test('is read through by its bytes, whatever the step', async () => {
    const text = `${line(1)}\n${line(2)}\n${'\ud83d\ude00'.repeat(9)}`;
    writeFileSync(at('short'), encode(`\ufeff${text}`));
    for (const max_bytes of [1, 2, 3, 4, 5, 7, 30]) {
      let content = '';
      for (let byte_offset: number | undefined = 0; byte_offset !== undefined; ) {
        const part = await read('short', { byte_offset, max_bytes });
        expect(part.next_byte_offset ?? Number.POSITIVE_INFINITY).toBeGreaterThan(byte_offset);
        content += part.content;
        byte_offset = part.next_byte_offset;
      }
      expect(content).toBe(text);
    }
    expect((await read('short', { byte_offset: 3, max_bytes: 4 })).content).toBe('ei');
  });
});

test('CR ends lines in UTF-16 where there is no LF, whatever bytes look like one', async () => {
  writeFileSync(at('cr'), Buffer.from('\ufeffeins\u0a0a\rzwei\rdrei', 'utf16le'));
  expect(await read('cr', { offset: 2, limit: 1 })).toMatchObject({ content: 'zwei', eol: 'cr', next_offset: 3 });
});

test.each([
  ['UTF-8', Buffer.from('😀é😀x\n'), '😀é😀x\n'],
  ['Latin-1', Buffer.from('éééx\n', 'latin1'), 'éééx\n'],
])('a step smaller than a character of %s goes on all the same', async (_, bytes, text) => {
  writeFileSync(at('steps'), bytes);
  for (const max_bytes of [1, 2, 3]) {
    let content = '';
    let byte_offset: number | undefined = 0;
    for (let step = 0; step < 20 && byte_offset !== undefined; step++) {
      const part = await read('steps', { byte_offset, max_bytes });
      content += part.content;
      byte_offset = part.next_byte_offset;
    }
    expect(content).toBe(text);
    const first = await read('steps', { head: 1, max_bytes });
    expect(first.content.length).toBeGreaterThan(0);
  }
});

test('of text that JSON writes six times as long, as much is returned as an answer holds', async () => {
  writeFileSync(at('control'), '\u0001'.repeat(2_000_000));
  const part = await read('control', {});
  expect(part.truncated).toBe(true);
  expect(JSON.stringify(part.content).length).toBeLessThan(2_200_000);
  expect((await read('control', { byte_offset: part.next_byte_offset })).content.length).toBe(part.content.length);
});
