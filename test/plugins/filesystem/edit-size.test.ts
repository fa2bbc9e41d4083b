import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);

beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

describe('what an edit makes is no larger than what can be edited', () => {
  test.each([
    ['one that multiplies', 'a\n', { oldText: 'a', newText: 'b'.repeat(5000), replaceAll: true }],
    ['one whose text no string holds', 'a\n', { oldText: 'a', newText: 'b'.repeat(10_000), replaceAll: true }],
    ['one that counts', 'a\n', { oldText: 'a', newText: 'é'.repeat(5500), expected: 90_000 }],
    ['lines without indentation', '\ta\n', { oldText: '  a\n', newText: `${'b'.repeat(5000)}\n`, replaceAll: true }],
    ['mixed line ends', 'a\na\r\n', { oldText: 'a', newText: 'b\n'.repeat(5000), replaceAll: true }],
    ['bytes, not characters', 'a\n', { oldText: 'a', newText: '€'.repeat(100), replaceAll: true }],
  ])('%s', async (_, line, edit) => {
    const before = line.repeat(line.length > 4 ? 45_000 : 90_000);
    writeFileSync(at('many'), before);
    const said = await fs.refusal('edit_file', { path: 'many', edits: [edit] });
    expect(said).toMatch(/limits\.editBytes\).*Nothing was changed\./);
    expect(readFileSync(at('many'), 'utf8')).toBe(before);
  });

  test('over all edits of a call, each of which may do so much', async () => {
    writeFileSync(at('chain'), 'a');
    const double = { oldText: 'a', newText: 'aa', replaceAll: true };
    const edits = [
      { oldText: 'a', newText: 'a'.repeat(90_000) },
      { oldText: 'a', newText: 'b'.repeat(180), replaceAll: true },
    ];
    expect(await fs.refusal('edit_file', { path: 'chain', edits: Array(40).fill(double) })).toMatch(/100000 times/);
    const more = [...edits, ...Array(30).fill({ oldText: 'c', newText: 'd' })];
    expect(await fs.refusal('edit_file', { path: 'chain', edits: more })).toContain('Too many edits');
    expect(readFileSync(at('chain'), 'utf8')).toBe('a');
  });

  test('a patch and what is appended as well', async () => {
    const small = await startFilesystem({ config: { limits: { editBytes: 1024 } } });
    const path = join(small.root, 'f');
    writeFileSync(path, `a\n${'x'.repeat(1000)}\n`);
    const patch = `--- a/f\n+++ b/f\n@@ -1,1 +1,2 @@\n a\n+${'y'.repeat(100)}\n`;
    expect(await small.refusal('apply_patch', { patch })).toContain('limits.editBytes');
    expect(await small.refusal('write_file', { path: 'f', mode: 'append', content: 'z'.repeat(100) })).toContain(
      'limits.editBytes',
    );
    expect(statSync(path).size).toBe(1003);
    await small.stop();
  });

  test('and the diff of a large file is that of the part that changed', async () => {
    const lines = Array.from({ length: 400_000 }, (_, i) => `line ${i + 1}\n`);
    writeFileSync(at('large'), lines.join(''));
    const { text } = await fs.call('edit_file', {
      path: 'large',
      edits: [
        { oldText: 'line 200000\n', newText: 'LINE\nmore\n' },
        { oldText: 'line 200003\n', newText: '' },
      ],
    });
    expect(text).toContain('@@ -199996,12 +199996,12 @@\n line 199996\n');
    expect(text).toContain('-line 200000\n+LINE\n+more\n line 200001\n line 200002\n-line 200003\n line 200004\n');
    expect(text).toContain(' line 200007\n```');
    const end = await fs.call('edit_file', { path: 'large', edits: [{ oldText: 'line 400000\n', newText: 'end' }] });
    expect(end.text).toContain('-line 400000\n+end\n\\ No newline at end of file\n');
    const begin = await fs.call('edit_file', {
      path: 'large',
      edits: [{ oldText: 'line 1\n', newText: 'x\nline 1\n' }],
      dryRun: true,
    });
    expect(begin.text).toContain('@@ -1,4 +1,5 @@\n+x\n line 1\n');
  });
});
