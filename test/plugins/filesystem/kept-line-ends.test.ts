import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

const at = (name: string) => join(fs.root, name);

async function edited(content: string, ...edits: [string, string, object?][]): Promise<string> {
  writeFileSync(at('f'), content);
  const list = edits.map(([oldText, newText, more]) => ({ oldText, newText, ...more }));
  await fs.call('edit_file', { path: 'f', edits: list });
  return readFileSync(at('f'), 'utf8');
}

async function patched(content: string, hunks: string): Promise<string> {
  writeFileSync(at('f'), content);
  await fs.call('apply_patch', { patch: `--- a/f\n+++ b/f\n${hunks}` });
  return readFileSync(at('f'), 'utf8');
}

describe('in a file with mixed line ends', () => {
  test.each([
    ['a\r\nb\nc\r\n', 'a\nb\nc', 'A\nb\nC', 'A\r\nb\nC\r\n'],
    ['a\nb\r\n \nd', 'a\nb\n', 'X\nb\n', 'X\nb\r\n \nd'],
    ['a\r\nb\nc\nd\n', 'a\nb\nc\n', 'a\nc\n', 'a\r\nc\nd\n'],
    ['a\r\nb\nc\nd\n', '\nb', '', 'a\r\nc\nd\n'],
    ['a\r\nb\nc\nd\n', 'a', 'a\nx', 'a\r\nx\r\nb\nc\nd\n'],
    ['a\r\nb\nc\nd\n', 'b', 'x\nb', 'a\r\nx\r\nb\nc\nd\n'],
    ['a\r\nb\nc\nd\n', 'a', 'x\na', 'x\r\na\r\nb\nc\nd\n'],
    ['a\nb\r\nc\nd\r\ne', 'd\ne', 'd\ne\nf', 'a\nb\r\nc\nd\r\ne\r\nf'],
    ['a\nb\r\nc\nd\r\n', 'a\nb\nc\nd', 'b\nnew\nd\nc', 'b\r\nnew\nd\r\nc\r\n'],
    ['  a\r\n  b\n  c\r\n', 'a\nb\nc', 'a\nb\nD', '  a\r\n  b\n  D\r\n'],
  ])('an edit of %j from %j to %j keeps the ends of the lines that stay', async (content, old, fresh, result) => {
    expect(await edited(content, [old, fresh])).toBe(result);
    expect(await edited(content, [old.replaceAll('\n', '\r\n'), fresh.replaceAll('\n', '\r\n')])).toBe(result);
  });

  test('so do edits of every match, also of those that share lines', async () => {
    const all = { replaceAll: true };
    expect(await edited('a\r\nb\nc\r\n', ['\n', '\n\t', all])).toBe('a\r\n\tb\n\tc\r\n\t');
    expect(await edited('x x\r\nx\nx x\r\n', ['x', 'y\nz', all])).toBe('y\r\nz y\r\nz\r\ny\nz\ny\r\nz y\r\nz\r\n');
    expect(await edited('a\r\n\n\n\nb\r\nc\n', ['\n', '', all])).toBe('abc');
  });

  test.each([
    ['a\r\nb\nc\r\n', '@@ -1,3 +1,3 @@\n-a\n+A\n b\n-c\n+C\n', 'A\r\nb\nC\r\n'],
    ['a\r\nb\nc\r\n', '@@ -1,3 +1,4 @@\n a\n-b\n+x\n+y\n c\n', 'a\r\nx\ny\nc\r\n'],
    ['a\r\nb\nc\r\n', '@@ -2,0 +3 @@\n+new\n', 'a\r\nb\nnew\nc\r\n'],
    ['a\r\nb\nc\r\n', '@@ -1,3 +1,3 @@\n-a\n-b\n-c\n+b\n+c\n+d\n', 'b\nc\r\nd\r\n'],
    ['a\r\nb\nc', '@@ -3 +3,2 @@\n-c\n\\ No newline at end of file\n+c\n+d\n', 'a\r\nb\nc\nd\n'],
  ])('a patch of %j with %j does', async (content, hunks, result) => {
    expect(await patched(content, hunks)).toBe(result);
    expect(await patched(content, hunks.replaceAll('\n', '\r\n'))).toBe(result);
  });

  test('an edit with more different lines than are compared is made all the same', async () => {
    const many = (word: string) => Array.from({ length: 3000 }, (_, i) => `${word}${i}\n`).join('');
    const content = `first\r\n${many('old')}last\r\n`;
    expect(await edited(content, [`first\n${many('old')}last`, `first\n${many('new')}last`])).toBe(
      `first\r\n${many('new')}last\r\n`,
    );
  });
});

describe('a CR beside a line end', () => {
  test('that an edit gives without its LF is half of it', async () => {
    expect(await edited('foo\r\nbar\r\n', ['foo\r', 'baz\r'])).toBe('baz\r\nbar\r\n');
    expect(await edited('foo\r\nbar\r\n', ['foo\r', 'baz'])).toBe('baz\r\nbar\r\n');
    expect(await edited('foo\r\nbar\r\n', ['foo', 'baz\r'])).toBe('baz\r\nbar\r\n');
    expect(await edited('  foo\r\nbar\r\n', ['foo\nbar\r', 'baz\nbar\r'])).toBe('  baz\r\nbar\r\n');
  });

  test('that is a character stays one', async () => {
    expect(await edited('foo\r\r\nbar\r\n', ['foo\r', 'baz\r'])).toBe('baz\r\r\nbar\r\n');
    expect(await edited('a\r\r\nb\n', ['a\r\r\nb', 'c\r\r\nd'])).toBe('c\r\r\nd\n');
    expect(await edited('a\nfoo\r', ['foo\r', 'bar\r'])).toBe('a\nbar\r');
    expect(await patched('a\r\r\nb\r\n', '@@ -1,2 +1,2 @@\n-a\r\r\n+c\r\r\n b\r\n')).toBe('c\r\r\nb\r\n');
  });

  test('at the end of the file is part of its last line, for a patch too', async () => {
    const hunk = '@@ -1,2 +1,2 @@\n-a\n+A\n foo\r\n\\ No newline at end of file\n';
    expect(await patched('a\nfoo\r', hunk)).toBe('A\nfoo\r');
    expect(await patched('a\r\nfoo', hunk.replace('foo\r', 'foo').replaceAll('\n', '\r\n'))).toBe('A\r\nfoo');
  });
});

test('a file without line ends takes those of the new text', async () => {
  expect(await edited('abc', ['b', 'x\r\ny'])).toBe('ax\r\nyc');
  expect(await edited('abc', ['b', 'x\ny'])).toBe('ax\nyc');
  expect(await edited('\tabc', ['  abc', '  x\r\n\r\n  y'])).toBe('\tx\r\n\r\n\ty');
});

/** Numbers that a seed fixes (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) % below;
  };
}

/** Lines of which each is found by its number, with LF, CRLF or CR CR LF; and what is to become of them. */
function planned(seed: number) {
  const next = random(seed);
  const lines = Array.from({ length: 2 + next(20) }, (_, i) => ({
    text: `line ${i}`,
    end: ['\n', '\r\n', '\r\n', '\r\r\n', '\n'][next(5)] ?? '\n',
    act: (['keep', 'keep', 'keep', 'change', 'delete', 'add'] as const)[next(6)] ?? 'keep',
  }));
  if (next(3) === 0) lines[lines.length - 1] = { text: 'last line', end: '', act: 'keep' };
  return lines;
}

type Plan = ReturnType<typeof planned>;

const seeds = Array.from({ length: 150 }, (_, seed) => seed + 1);

/** The lines that stay with all their bytes; what is changed and added has only to be there once. */
function check(plan: Plan, result: string, seed: number) {
  const found = result.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const expected = plan.flatMap(({ text, end, act }) => {
    if (act === 'delete') return [];
    if (act === 'change') return [`new ${text}`];
    return act === 'add' ? [`${text}${end}`, `more ${text}`] : [`${text}${end}`];
  });
  const seen = found.map((line) => (/^(?:more|new) /.test(line) ? line.replace(/\r?\n$/, '') : line));
  expect(seen, `seed ${seed}`).toEqual(expected);
}

function hunkLines({ text, end, act }: Plan[number]): string {
  const bytes = end === '' ? `${text}\n\\ No newline at end of file\n` : `${text}${end}`;
  if (act === 'keep') return ` ${bytes}`;
  if (act === 'add') return ` ${bytes}+more ${text}\n`;
  return `-${bytes}${act === 'change' ? `+new ${text}\n` : ''}`;
}

/** The plan as the hunks of a diff. */
function hunksOf(plan: Plan, context: number): string {
  const near = plan.map((_, i) =>
    plan.slice(Math.max(0, i - context), i + context + 1).some(({ act }) => act !== 'keep'),
  );
  const starts = near.flatMap((is, i) => (is && near[i - 1] !== true ? [i] : []));
  const hunks = starts.map((start) => {
    const end = near.indexOf(false, start);
    const part = plan.slice(start, end === -1 ? undefined : end);
    const after = part.reduce((sum, { act }) => sum + { keep: 1, change: 1, delete: 0, add: 2 }[act], 0);
    return `@@ -${start + 1},${part.length} +${start + 1},${after} @@\n${part.map(hunkLines).join('')}`;
  });
  return hunks.join('');
}

test.each([0, 2, 30])('patches with %i lines of context change no byte of lines that stay', async (context) => {
  for (const seed of seeds) {
    const plan = planned(seed);
    if (plan.every(({ act }) => act === 'keep')) continue;
    check(plan, await patched(plan.map(({ text, end }) => text + end).join(''), hunksOf(plan, context)), seed);
  }
});

test('edits of a whole file, and of its lines one by one, change no byte of lines that stay', async () => {
  for (const seed of seeds) {
    const plan = planned(seed);
    const content = plan.map(({ text, end }) => text + end).join('');
    const seen = (end: string) => (end === '\r\n' ? '\n' : end);
    const fresh = plan.map(({ text, end, act }) => {
      if (act === 'delete') return '';
      if (act === 'change') return `new ${text}${end === '' ? '' : '\n'}`;
      return act === 'add' ? `${text}${seen(end)}more ${text}\n` : text + seen(end);
    });
    const whole = plan.map(({ text, end }) => text + seen(end)).join('');
    check(plan, await edited(content, [whole, fresh.join('')]), seed);
    const single = plan.flatMap(({ text, end, act }, i): [string, string][] =>
      act === 'keep' ? [] : [[text + seen(end), fresh[i] ?? '']],
    );
    if (single.length > 0) check(plan, await edited(content, ...single), seed);
  }
});

describe('the other tools', () => {
  test.each([
    ['a\n', '50%\r', 'a\n50%\r'],
    ['a\r\n', '50%\r', 'a\r\n50%\r'],
    ['a\r\n', '10%\r50%\rdone\n', 'a\r\n10%\r50%\rdone\r\n'],
    ['a\rb\r', 'c\nd\r', 'a\rb\rc\rd\r'],
  ])('to %j append takes CRs of %j for what they are there', async (old, content, result) => {
    writeFileSync(at('f'), old);
    await fs.call('write_file', { path: 'f', content, mode: 'append' });
    expect(readFileSync(at('f'), 'utf8')).toBe(result);
  });

  test.each([
    ['a\r\nb\n', 'a\nb\r\n', '', 'Only line ends differ: both are mixed, at lines 1, 2.'],
    ['a\r\nb\nc\n', 'a\nb\nc\n', '', 'Only line ends differ: mixed and lf, at line 1.'],
    ['a\r\nb\r\n', 'a\nb\n', '', 'Only line ends differ: crlf and lf.'],
    ['a\rb', 'a\nb', '', 'Only line ends differ: cr and lf.'],
    ['a\r\nb\r\n', 'a\nc\n', '-b\n+c\n', 'Line ends differ: crlf and lf.'],
    ['a\r\nb\n', 'a\nc\r\n', '-b\n+c\n', 'Line ends are mixed in both, and the diff does not show them.'],
    [`${'a\r\n'.repeat(30)}b\n`, `${'a\n'.repeat(30)}b\n`, '', '19, 20, … (30 in all).'],
  ])('compare_files of %j and %j says what it leaves aside', async (a, b, diff, note) => {
    writeFileSync(at('a'), a);
    writeFileSync(at('b'), b);
    const { data, text } = await fs.call('compare_files', { a: 'a', b: 'b' });
    expect(data.identical).toBe(false);
    expect(data.diff).toContain(diff);
    expect(data.notes.join()).toContain(note);
    expect(text).toContain(note);
  });

  test('a read says which line ends the file has, whatever part it returns', async () => {
    const eol = async (more: object) => (await fs.call('read_text_file', { path: 'f', ...more })).data.eol;
    const parts = [{}, { head: 1 }, { tail: 1 }, { offset: 2, limit: 1 }, { byte_offset: 3 }];
    for (const [content, expected] of [
      ['a\rb\nc\r\nd\r', 'mixed'],
      ['a\r\nb\r\nc', 'crlf'],
      ['a\rb\rc', 'cr'],
      ['abcdef', 'none'],
    ] as const) {
      writeFileSync(at('f'), content);
      for (const part of content === 'abcdef' ? [{}] : parts) expect(await eol(part)).toBe(expected);
    }
    writeFileSync(at('f'), `${'1234567\r\n'.repeat(600_000)}x\ry`);
    for (const part of parts) expect(await eol(part)).toBe('crlf');
    writeFileSync(at('f'), `${'1234567\n'.repeat(600_000)}x\r\ny`);
    expect(await eol({ head: 1 })).toBe('lf');
    expect(await eol({ tail: 2 })).toBe('mixed');
  });
});
