import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ContentJob } from '../../../src/plugins/filesystem/search/job.ts';
import { findCandidates } from '../../../src/plugins/filesystem/search/ripgrep.ts';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();
const filler = 'nothing of it here\n'.repeat(1000);

/** One of everything that the two engines could see differently. */
const files: Record<string, string | Buffer> = {
  'lf.txt': 'foo bar\n\tneedle (x)\nlast needle',
  'crlf.txt': 'foo bar\r\nneedle\r\n  end\r\n',
  'cr.txt': 'foo bar\rneedle\r  end of it\rfoo(bar)\r',
  'crlf-last.txt': 'one\r\ntwo bar\r\n',
  'crlf-dot.txt': 'q\r\n.\r\n',
  'starts-cr.txt': 'q\rneedle\r(x\r',
  'starts-only.txt': 'needle\r',
  'stray-cr.txt': 'progress 1\rneedle\rfoo\nneedle\n',
  'crcrlf.txt': 'needle\r\r\nfoo\r\n',
  'utf8-bom.txt': '\ufeffneedle\nfoo é bar\n',
  'utf16le-bom.txt': Buffer.from('\ufeffeins\nneedle ü foo\n', 'utf16le'),
  'utf16be-bom.txt': swapped('\ufeffeins\r\nneedle ü foo\r\n'),
  'utf16le.txt': Buffer.from('eins and more\nneedle foo\nNeedle 123\n', 'utf16le'),
  'utf16be.txt': swapped('eins and more\nneedle foo\nNeedle 123\n'),
  'utf16-cr.txt': Buffer.from('eins and more\rneedle foo\rfoo(bar)\r', 'utf16le'),
  'latin1.txt': Buffer.from('grün\nüber needle\ncafé x123\nna\xefve\n', 'latin1'),
  'latin1-cr.txt': Buffer.from('grün\rneedlé needle\r', 'latin1'),
  'utf8.txt': 'grün\nüber needle\ncafé x123\nnaïve\n日本 needle 日本\u2028needle\nfoo\u00a0bar\n',
  'broken-utf8.txt': Buffer.concat([Buffer.from('needle '), Buffer.from([0xc3, 0x28, 0xff, 10]), Buffer.from('foo')]),
  'binary.bin': Buffer.concat([Buffer.from('needle'), Buffer.alloc(100), Buffer.from('foo needle\n')]),
  'after-nul.bin': Buffer.concat([Buffer.from('x\0y\n'), Buffer.from('a needle\n')]),
  'late-nul.txt': Buffer.concat([Buffer.from(`${filler}needle\n`), Buffer.from([0, 10]), Buffer.from('needle 2\nfoo')]),
  'later-nul.txt': Buffer.concat([Buffer.from(filler.repeat(20)), Buffer.from([0]), Buffer.from('\nneedle 3')]),
  'only-nuls': Buffer.alloc(5000),
  'iso2022.txt': Buffer.from('\x1b$BF|K\\\x1b(Bneedle\nfoo \x1b$BF|K\\\x1b(B bar\n\x1b$B8l\x1b(B'),
  'colours.txt': '\x1b[31mneedle\x1b[0m foo bar\n',
  'utf32.txt': Buffer.from([0xff, 0xfe, 0, 0, 0x66, 0, 0, 0, 0x6f, 0, 0, 0, 0x6f, 0, 0, 0]),
  'empty.txt': '',
  'one-newline.txt': '\n',
  'blank-lines.txt': 'a\n\n\nb\n\n',
  'long.min.js': `${'y'.repeat(90_000)}needle${'z'.repeat(90_000)} needle`,
  'large.txt': `${'x'.repeat(400_000)}needle`,
  'large\nname: 9 bytes.txt': `${'x'.repeat(400_000)}needle`,
  '.hidden': 'needle\n',
  '.env': 'SECRET=needle\n',
  '.git/x': 'needle\n',
  'a b/ü/😀.txt': 'needle\n',
  'a-b.txt': 'needle',
  'a/z.txt': 'needle',
  'a.txt': 'needle',
  'ignored/d.txt': 'needle',
  'ignored/large.txt': `${'x'.repeat(400_000)}needle`,
  'sub/e.log': 'needle',
  'sub/keep.log': 'needle',
  'sub/deeper/keep.log': 'needle',
  'sub/deeper/dropped.txt': 'needle',
  '.gitignore': 'ignored/\n*.log\n',
  'sub/.gitignore': '!keep.log\n',
  'sub/deeper/.gitignore': '/dropped.txt\nkeep.*\n',
  '.ignore': '*.txt\n',
  '.rgignore': '*.txt\n',
};

/** Where lines end in all ways, one of them a file. */
const anchored = ['crlf*', 'cr.txt', 'stray-cr.txt', 'lf.txt', 'utf16-cr.txt', 'latin1-cr.txt', 'starts-*'];

const lineAnchors = [
  ...['bar$', '^needle$', '^.$', '(bar$)', '\\sbar$', 'bar\\s*$', '^needle', '^\\bneedle', 'bar\\b$'],
  ...['^needle|^foo', '(^|\\s)needle(\\s|$)', '(needle|bar)$', '^$|^needle$'],
];

/** More than one question about one place, one of them a line's end. */
const clashing = [
  ...['bar(?:$)\\b', 'bar$(\\b)', 'bar$q?\\b', 'bar$q?$', '(^)^needle', '^(?:^needle)', '^a*^needle'],
  ...['\\b(?:^needle)', '(?:\\b)^needle', '\\B(?:^)\\(', '(?:^){2}needle', '(^a*){2}needle', '(?:bar$){1}\\b'],
];

const queries: readonly (readonly [string, Record<string, unknown>?])[] = [
  ['needle'],
  ['needle', { gitignore: false }],
  ['needle', { output: 'files', max_results: 4 }],
  ['needle', { output: 'count' }],
  ['needle', { max_results: 5, context: 2 }],
  ['NEEDLE', { case: 'insensitive' }],
  ['Needle', { case: 'smart' }],
  ['needle', { word: true }],
  ['foo(', { word: true }],
  ['ve', { word: true }],
  ['x'],
  ['e f'],
  ['needle', { glob: ['*.txt', '!utf*'] }],
  ['needle', { excludePatterns: ['sub/**', '*.bin'] }],
  ['no such text'],
  ['ü'],
  ['日本'],
  ['日本', { case: 'insensitive' }],
  ['F|K'],
  ['.needle', { regex: true, glob: ['iso*'] }],
  ['bar', { word: true, glob: ['iso*'] }],
  ['^needle', { regex: true }],
  ['needle$', { regex: true }],
  ['^needle$', { regex: true }],
  ['^', { regex: true }],
  ['$', { regex: true }],
  ['^$', { regex: true }],
  ['^\\s+end', { regex: true }],
  ['gr.n', { regex: true }],
  ['gr[^x]n', { regex: true }],
  ['caf\\W', { regex: true }],
  ['caf\\S x\\d+', { regex: true }],
  ['needl\\D', { regex: true }],
  ['\\bve\\b', { regex: true }],
  ['\\bna', { regex: true }],
  ['foo\\sbar', { regex: true }],
  ['foo.bar', { regex: true }],
  ['[\\w.]+\\(bar\\)', { regex: true }],
  ['[a&&b]', { regex: true }],
  ['[^\\W]{6}', { regex: true }],
  ['1.needle', { regex: true }],
  ['^foo$', { regex: true }],
  ['(?i)NEEDLE \\d+', { regex: true }],
  ['(needle|foo)+ [0-9]{1,3}', { regex: true }],
  ['N[a-z]{5} 1', { regex: true, case: 'insensitive' }],
  ['\\p{L}+ needle', { regex: true }],
  ['x*', { regex: true, output: 'count' }],
  ...[...lineAnchors, ...clashing].flatMap((query): [string, Record<string, unknown>][] => [
    [query, { regex: true, glob: anchored }],
    [query, { regex: true, word: true, glob: anchored }],
  ]),
];

const limits = { searchFileBytes: 400_000 };
let withRipgrep: Filesystem;
let without: Filesystem;

beforeAll(async () => {
  withRipgrep = await startFilesystem({ config: { limits, search: { ripgrep: 'auto' } } });
  const { root } = withRipgrep;
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  symlinkSync('lf.txt', join(root, 'link.txt'));
  symlinkSync('/etc', join(root, 'link-dir'));
  symlinkSync('gone', join(root, 'dangling'));
  execFileSync('mkfifo', [join(root, 'fifo')]);
  without = await startFilesystem({ prepare: () => [root], config: { limits, search: { ripgrep: 'never' } } });
});
afterAll(() => Promise.all([withRipgrep.stop(), without.stop()]));

describe('search_content says the same with ripgrep and without', () => {
  const rows = queries.map(([query, more = {}]) => [query, more] as const);
  test.each(rows)('%s %j', async (query, more) => {
    const args = { path: '.', query, ...more };
    const [one, other] = [await withRipgrep.call('search_content', args), await without.call('search_content', args)];
    expect(one.data).toEqual(other.data);
    expect(one.text).toBe(other.text);
  });

  test('and what that is, for a word that is everywhere', async () => {
    const { data } = await withRipgrep.call('search_content', { path: '.', query: 'needle', output: 'files' });
    const found = data.files.map(({ path, count }: { path: string; count: number }) => [
      path.slice(withRipgrep.root.length + 1),
      count,
    ]);
    expect(found).toEqual([
      ['.hidden', 1],
      ['a/z.txt', 1],
      ['a b/ü/😀.txt', 1],
      ['a-b.txt', 1],
      ['a.txt', 1],
      ['broken-utf8.txt', 1],
      ['colours.txt', 1],
      ['cr.txt', 1],
      ['crcrlf.txt', 1],
      ['crlf.txt', 1],
      ['iso2022.txt', 1],
      ['late-nul.txt', 2],
      ['later-nul.txt', 1],
      ['latin1-cr.txt', 1],
      ['latin1.txt', 1],
      ['lf.txt', 2],
      ['long.min.js', 1],
      ['starts-cr.txt', 1],
      ['starts-only.txt', 1],
      ['stray-cr.txt', 2],
      ['sub/keep.log', 1],
      ['utf16-cr.txt', 1],
      ['utf16be-bom.txt', 1],
      ['utf16be.txt', 1],
      ['utf16le-bom.txt', 1],
      ['utf16le.txt', 1],
      ['utf8-bom.txt', 1],
      ['utf8.txt', 2],
    ]);
    expect(data).toMatchObject({ skipped_large: 2, skipped_binary: 2 });
  });
});

test('ripgrep takes the patterns that it is given, and is left out only where its own language differs', async () => {
  const own = createRequire(createRequire(import.meta.url).resolve('@vscode/ripgrep'));
  const program = own.resolve(`@vscode/ripgrep-${process.platform}-${process.arch}/bin/rg`);
  const left = new Set<string>();
  for (const [query, { regex = false, word = false } = {}] of queries) {
    const job: ContentJob = {
      kind: 'content',
      base: { path: withRipgrep.root, fd: undefined },
      rules: {
        secrets: [],
        closed: [],
        ownFiles: [],
        mounts: [],
        maxEntries: 1000,
        maxDepth: 10,
        deadline: Date.now() + 60_000,
      },
      excludePatterns: [],
      gitignore: true,
      ignoreFrom: [],
      query,
      regex: regex === true,
      word: word === true,
      caseSensitive: true,
      glob: [],
      context: 0,
      output: 'content',
      only: undefined,
      maxResults: 10,
      maxFileBytes: 400_000,
      ripgrep: program,
      share: { index: 0, of: 1 },
      linearOnly: false,
    };
    if ((await findCandidates(job, program)) === undefined) left.add(query);
  }
  expect([...left]).toEqual(['\\p{L}+ needle', ...clashing]);
});
