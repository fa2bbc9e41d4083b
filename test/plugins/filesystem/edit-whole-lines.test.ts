import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
const edit = (before: string, oldText: string, newText: string, more = {}) => {
  writeFileSync(at('f'), before);
  return fs.call('edit_file', { path: 'f', edits: [{ oldText, newText, ...more }] });
};
const refusal = (before: string, oldText: string, newText: string, more = {}) => {
  writeFileSync(at('f'), before);
  return fs.refusal('edit_file', { path: 'f', edits: [{ oldText, newText, ...more }] });
};
const now = () => readFileSync(at('f'), 'utf8');

beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

describe('lines that are found only without their indentation', () => {
  test.each([
    ['a line end at the end', '\tfoo()\n\tbar()\n\tfoo()\n', '  foo()\n', '1, 3'],
    ['a line end at the end, CRLF', '\tfoo()\r\n\tbar()\r\n\tfoo()\r\n', '  foo()\r\n', '1, 3'],
    ['a line end at the end, CR', '\tfoo()\r\tbar()\r\tfoo()\r', '  foo()\r', '1, 3'],
    ['an empty line after the second', '\tfoo()\n\tbar()\n\tfoo()\n\n\tx\n', '  foo()\n', '1, 3'],
    ['the indentation of the next line', '\tfoo()\n\tbar()\n\tfoo()\n\n\tx\n', '  foo()\n  ', '1, 3'],
    ['a line end at the beginning', 'x\n\tfoo()\n\n\tfoo()\n', '\n  foo()', '2, 4'],
    ['line ends around', 'x\n\tfoo()\n\n\tfoo()\n\n', '\n  foo()\n', '2, 4'],
    ['no line end after the last', '\tfoo()\n\tbar()\n\tfoo()', '  foo()\n', '1, 3'],
    ['an empty line that both have', '\tfoo()\n\n\tbar()\n\tfoo()\n\nx\n', '  foo()\n\n', '1, 4'],
  ])('are ambiguous however the text ends: %s', async (_, before, oldText, lines) => {
    expect(await refusal(before, oldText, oldText.replace('foo', 'baz'))).toContain(`2 matches, at lines ${lines}`);
    expect(now()).toBe(before);
  });

  test.each([
    ['at the end', '\tfoo()\n\tbar()\n', '  bar()\n', '  baz()\n', '\tfoo()\n\tbaz()\n'],
    ['at the beginning', '\tfoo()\n\tbar()\n', '  foo()\n', '  baz()\n', '\tbaz()\n\tbar()\n'],
    ['CRLF', '\tfoo()\r\n\tbar()\r\n', '  foo()\n', '  baz()\n  b()\n', '\tbaz()\r\n\tb()\r\n\tbar()\r\n'],
    ['with a line taken out', '\tfoo()\n\tbar()\n', '  foo()\n', '', '\tbar()\n'],
    ['without the line end', '\tfoo()\n\tbar()\n', '  foo()\n', '  foo() ', '\tfoo() \tbar()\n'],
    ['with the next indentation', '\tfoo()\n\tbar()\n', '  foo()\n  ', '  baz()\n  ', '\tbaz()\n\tbar()\n'],
    ['after a line end', 'x\n\tfoo()\n', '\n  foo()\n', '\n  y\n  foo()\n', 'x\n\ty\n\tfoo()\n'],
    ['in a last line without an end', 'x\n\tfoo()', '  foo()\n', '  baz()\n', 'x\n\tbaz()'],
    [
      'with an empty line',
      '\tfoo()\n\n\tbar()\n\tfoo()\n',
      '  foo()\n\n',
      '  baz()\n\n',
      '\tbaz()\n\n\tbar()\n\tfoo()\n',
    ],
  ])('are replaced in place, %s', async (_, before, oldText, newText, expected) => {
    const { data } = await edit(before, oldText, newText);
    expect(now()).toBe(expected);
    expect(data).toMatchObject({ matches: 1, fuzzy: 1 });
  });

  test('are all replaced where that is asked for, each at its own depth', async () => {
    const before = '\tfoo()\n\tbar()\n\t\tfoo()\n\nfoo()\n';
    const expected = '\tbaz()\n\tbar()\n\t\tbaz()\n\nbaz()\n';
    for (const more of [{ replaceAll: true }, { expected: 3 }]) {
      const { data } = await edit(before, '   foo()\n', '   baz()\n', more);
      expect(now()).toBe(expected);
      expect(data).toMatchObject({ matches: 3, fuzzy: 1 });
    }
    expect(await refusal(before, '   foo()\n', 'baz()\n', { expected: 2 })).toContain('has 3 matches (lines 1, 3, 5');
  });
});
