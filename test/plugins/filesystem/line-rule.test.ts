import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

const five = 'eins\rzwei\rdrei\rvier\rfünf\r';

describe.each([
  ['UTF-8', (text: string) => Buffer.from(text)],
  ['Latin-1', (text: string) => Buffer.from(text, 'latin1')],
  ['UTF-16 with a mark', (text: string) => Buffer.from(`\ufeff${text}`, 'utf16le')],
  ['UTF-16 without', (text: string) => Buffer.from(text, 'utf16le')],
])('CR ends the lines of a file without LF, for every tool, in %s', (name, encode) => {
  const named = name === 'Latin-1' ? { encoding: 'iso-8859-1' } : {};
  let fs: Filesystem;
  const at = (name: string) => join(fs.root, name);
  const read = async (more: Record<string, unknown>) => (await fs.call('read_text_file', { path: 'cr', ...more })).data;
  beforeAll(async () => {
    fs = await startFilesystem();
    writeFileSync(at('cr'), encode(five));
  });
  afterAll(() => fs.stop());

  test('reading', async () => {
    expect(await read({})).toMatchObject({ content: five, eol: 'cr', total_lines: 5 });
    expect(await read({ head: 2 })).toMatchObject({ content: 'eins\rzwei' });
    expect(await read({ tail: 2 })).toMatchObject({ content: 'fünf\r' });
    expect(await read({ tail: 3 })).toMatchObject({ content: 'vier\rfünf\r' });
    expect(await read({ offset: 2, limit: 2 })).toMatchObject({ content: 'zwei\rdrei', next_offset: 4 });
    expect((await read({ offset: 4, line_numbers: true })).content).toBe('     4\tvier\r     5\tfünf\r');
    expect((await read({ tail: 2, line_numbers: true })).content).toBe('     5\tfünf\r');
    expect(await fs.refusal('read_text_file', { path: 'cr', offset: 9 })).toContain('the file has 5 lines');
    const info = await fs.call('get_file_info', { path: 'cr' });
    if (info.data.lines !== undefined) expect(info.data.lines).toBe(5);
  });

  test('a read that a cap ends, ends with a line and says where the next begins', async () => {
    writeFileSync(at('long'), encode('0123456789\r'.repeat(500)));
    const { data } = await fs.call('read_text_file', { path: 'long', max_bytes: 1024 });
    const fitting = Math.floor(1024 / (encode('0123456789\r'.repeat(2)).length - encode('0123456789\r').length));
    expect(data).toMatchObject({ truncated: true, next_offset: fitting + 1 });
    expect(data.content).toBe('0123456789\r'.repeat(fitting));
    const next = await fs.call('read_text_file', { path: 'long', offset: fitting + 1, limit: 1 });
    expect(next.data.content).toBe('0123456789');
  });

  test('searching', async () => {
    const { matches } = (await fs.call('search_content', { path: '.', query: '^drei$', regex: true, context: 1 })).data;
    expect(matches).toMatchObject([{ line: 3, column: 1, text: 'drei', before: ['zwei'], after: ['vier'] }]);
  });

  test('editing with either line end, comparing and patching', async () => {
    writeFileSync(at('edited'), encode(five));
    await fs.call('edit_file', { path: 'edited', edits: [{ oldText: 'zwei\rdrei', newText: 'ZWEI\nDREI' }] });
    expect(readFileSync(at('edited'))).toEqual(encode(five.replace('zwei\rdrei', 'ZWEI\rDREI')));
    await fs.call('edit_file', { path: 'edited', edits: [{ oldText: 'vier\nfünf', newText: 'VIER\rFÜNF' }], ...named });
    expect(readFileSync(at('edited'))).toEqual(encode('eins\rZWEI\rDREI\rVIER\rFÜNF\r'));
    const { data } = await fs.call('compare_files', { a: 'cr', b: 'edited' });
    expect(data.diff).toContain('-zwei\n-drei\n-vier\n-fünf\n+ZWEI\n');
    const patch = data.diff.replace('--- cr', '--- cr2').replace('+++ edited', '+++ cr2');
    writeFileSync(at('cr2'), encode(five));
    await fs.call('apply_patch', { patch, ...named });
    expect(readFileSync(at('cr2'))).toEqual(encode('eins\rZWEI\rDREI\rVIER\rFÜNF\r'));
    expect((await fs.call('compare_files', { a: 'cr2', b: 'edited' })).data.identical).toBe(true);
  });
});

describe('a CR by itself in a file with LF is a character', () => {
  let fs: Filesystem;
  beforeAll(async () => {
    fs = await startFilesystem();
    writeFileSync(join(fs.root, 'mixed'), '10%\r20%\rdone\nnext\r\nlast');
  });
  afterAll(() => fs.stop());

  test('in reading, searching, editing and comparing', async () => {
    const { data } = await fs.call('read_text_file', { path: 'mixed', head: 1 });
    expect(data.content).toBe('10%\r20%\rdone');
    expect((await fs.call('read_text_file', { path: 'mixed' })).data).toMatchObject({ total_lines: 3, eol: 'mixed' });
    const { matches } = (await fs.call('search_content', { path: '.', query: 'next' })).data;
    expect(matches).toMatchObject([{ line: 2, column: 1 }]);
    await fs.call('edit_file', { path: 'mixed', edits: [{ oldText: '20%\rdone', newText: '20%\rstopped' }] });
    expect(readFileSync(join(fs.root, 'mixed'), 'utf8')).toBe('10%\r20%\rstopped\nnext\r\nlast');
  });

  test('also where the file is too large to be read whole, and its first LF comes late', async () => {
    const name = join(fs.root, 'large');
    writeFileSync(name, `${'1234567\r'.repeat(700_000)}end\nsecond\n`);
    const { data } = await fs.call('read_text_file', { path: 'large', offset: 2, limit: 1 });
    expect(data.content).toBe('second');
    writeFileSync(name, '1234567\r'.repeat(700_000));
    const cr = await fs.call('read_text_file', { path: 'large', offset: 600_001, limit: 2 });
    expect(cr.data.content).toBe('1234567\r1234567');
    expect((await fs.call('get_file_info', { path: 'large' })).data.lines).toBe(700_000);
  });
});
