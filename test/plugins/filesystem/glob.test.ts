import { minimatch } from 'minimatch';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileGlob } from '../../../src/plugins/filesystem/sandbox/glob-matcher.ts';
import { fileFilter, treeExclusion } from '../../../src/plugins/filesystem/search/glob.ts';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

const paths = [
  ...['a', 'b', 'ab', 'aab', 'axayb', 'abc', '.a', '.b', 'a.ts', 'b.test.ts', '.ts', 'a.b.c.d', 'a b', '[a', '{a,b}'],
  ...[
    'x/a',
    'x/y/a',
    'x/y/z/a.ts',
    'a/x/b',
    'a/b',
    'a/.x/b',
    '.x/a',
    'a/b/c/d/e',
    'x/a/y/a/z',
    '1',
    '2x',
    'a*b',
    'é/a',
  ],
];
const globs = [
  ...['*', '**', '*.ts', '**/*.ts', '**/a', 'a/**', 'a/**/*', '*/**/*', '**/*/**/*', '**/x/**/*', 'a?b', '?', '[ab]'],
  ...[
    '[!a]',
    '[^a]*',
    '[[:alpha:]]*',
    '{a,b}',
    '{a,b}*{c,b}',
    '{1..3}*',
    '@(a|b)*',
    '+(a)b',
    '*(a|b)',
    '?(a)b',
    '!(a)',
  ],
  ...[
    '!(*.ts)',
    'x/!(b)',
    '**/!(x)/**',
    '*a*a*b',
    '*a*a*a*a*b',
    '*.*.*.*',
    '**/*a*/**/*a*',
    '**/a/**/a/**',
    '.*',
    '**/.*',
  ],
  ...['*/*/*/*', '**/**/**/a', '+(a*)b', '*(*(a))', '*a*b*', 'a\\*b', '[a', '*é*/*a*', '*/**/**/*', 'a/*', '*/'],
  ...['\\d*', '(a|b)', 'a(b)?', '[!-~]', '{1..3}', '{01..03}', '{a..c}', '[[:digit:]]*', '#*', 'a.{b,t}*'],
];

describe('a glob matches what minimatch says it matches, with few stars and with many', () => {
  test.each(globs)('%s', (glob) => {
    const matches = compileGlob(glob);
    const [short, long] = ['', `${'a'.repeat(600)}/`];
    for (const before of [short, long]) {
      const expected = (path: string) =>
        minimatch(path, `${before}${glob}`, { dot: true, nonegate: true, nocomment: true });
      const ours = before === '' ? matches : compileGlob(`${before}${glob}`);
      for (const path of paths) expect(ours?.(before + path), before + path).toBe(expected(before + path));
    }
  });
});

test('a glob whose stars could be spread in countless ways takes no time, or is refused', async () => {
  const fs = await startFilesystem({ config: { write: true } });
  await fs.call('write_file', { path: 'a'.repeat(200), content: 'needle' });
  const rows = [
    ['search_content', (glob: string) => ({ query: 'needle', glob: [glob] })],
    ['search_content', (glob: string) => ({ query: 'needle', excludePatterns: [glob] })],
    ['search_files', (pattern: string) => ({ pattern })],
    ['directory_tree', (glob: string) => ({ excludePatterns: [glob] })],
  ] as const;
  const began = Date.now();
  for (const [tool, args] of rows) {
    for (const glob of [
      `${'?(a)'.repeat(60)}z`,
      `${'@(a|a)'.repeat(30)}z`,
      `${'@(aa|a)'.repeat(25)}z`,
      `${'*a'.repeat(20)}*b`,
      '@(a*)@(a*)@(a*)@(a*)@(a*)b',
      '+(a|aa)b',
      '+(a*)b',
    ]) {
      await fs.call(tool, { path: '.', ...args(glob) });
    }
    const refusal = await fs.refusal(tool, { path: '.', ...args('!(a)!(a)!(a)!(a)!(a)!(a)b') });
    expect(refusal).toContain('too complex');
  }
  expect(Date.now() - began).toBeLessThan(20_000);
  await fs.stop();
}, 60_000);

describe('a glob that names nothing', () => {
  const nothing = ['', '/', '//', '!', '!/'];

  test('leaves nothing out', async () => {
    const fs = await startFilesystem();
    await fs.call('write_file', { path: 'sub/f', content: 'needle', create_parents: true });
    for (const excludePatterns of [...nothing.map((one) => [one]), nothing]) {
      const tree = await fs.call('directory_tree', { path: '.', excludePatterns });
      expect(tree.data.entries, String(excludePatterns)).toBe(2);
      expect((await fs.call('search_files', { path: '.', pattern: '**/f', excludePatterns })).data.total).toBe(1);
      expect((await fs.call('search_content', { path: '.', query: 'needle', excludePatterns })).data.total).toBe(1);
    }
    const unwanted = { path: '.', query: 'needle', glob: ['!', '!/', '*'] };
    expect((await fs.call('search_content', unwanted)).data.total).toBe(1);
    await fs.stop();
  });

  test('is refused where only what it names would be searched', async () => {
    const fs = await startFilesystem();
    for (const glob of ['', '/', '//'])
      expect(await fs.refusal('search_content', { path: '.', query: 'q', glob: ['*', glob] })).toContain(
        'Leave glob out',
      );
    expect((await fs.call('search_files', { path: '.', pattern: '/' })).text).toBe('No matches found');
    expect(await fs.refusal('search_files', { path: '.', pattern: '' })).toContain('pattern: must not be empty');
    await fs.stop();
  });

  test('random patterns are matched, or refused with words', () => {
    const pieces = [
      '',
      '/',
      '!',
      '*',
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      ',',
      'a',
      '\\',
      '|',
      '+',
      '@',
      '?',
      '..',
      '\0',
      '\n',
    ];
    const any = () => pieces[Math.floor(Math.random() * pieces.length)] ?? '';
    for (let i = 0; i < 5000; i++) {
      const pattern = Array.from({ length: i % 6 }, any).join('');
      for (const make of [treeExclusion, fileFilter]) {
        try {
          expect(make([pattern])('a/b'), pattern).toBeTypeOf('boolean');
        } catch (error) {
          expect(error, pattern).toMatchObject({ code: 'invalid_input' });
        }
      }
    }
  });
});

describe('a glob means what a shell takes it for', () => {
  const inDirectory = ['!', 'a', 'b', '1', '2', '9', '10', '12', 'report (1).txt', 'plan(b).txt', 'file01', 'file10'];
  const found = async (pattern: string) => {
    const { data } = await fs.call('search_files', { path: '.', pattern });
    return data.paths.map((path: string) => path.slice(fs.root.length + 1));
  };
  let fs: Filesystem;
  beforeAll(async () => {
    fs = await startFilesystem({ config: { write: true } });
    for (const path of inDirectory) await fs.call('write_file', { path, content: 'needle' });
  });
  afterAll(() => fs.stop());

  test.each([
    ['[!a]', ['!', '1', '2', '9', 'b']],
    ['[^a]', ['!', '1', '2', '9', 'b']],
    ['{9..10}', ['10', '9']],
    ['file{01..10}', ['file01', 'file10']],
    ['report (1).txt', ['report (1).txt']],
    ['**/report (1).txt', ['report (1).txt']],
    ['\\d*', []],
    ['./b', ['b']],
    ['plan([[:alpha:]]).[[:alpha:]]*', ['plan(b).txt']],
    ['file[[:digit:]-]0', ['file10']],
  ])('%s', async (pattern, names) => {
    expect(await found(pattern)).toEqual(names);
  });

  test('names that are not to be found stand in !(…) in every tool', async () => {
    const others = inDirectory.length - 2;
    expect((await found('!(a|b)')).length).toBe(others);
    const { data } = await fs.call('search_content', { path: '.', query: 'needle', glob: ['!(a|b)'] });
    expect(data.total).toBe(others);
  });

  test('a directory that is left out may end with a slash', async () => {
    await fs.call('write_file', { path: 'skipped/f', content: 'needle', create_parents: true });
    const leave = { path: '.', excludePatterns: ['skipped/'] };
    expect((await fs.call('search_files', { ...leave, pattern: '**/f' })).data.total).toBe(0);
    expect((await fs.call('search_content', { ...leave, query: 'needle', glob: ['f'] })).data.total).toBe(0);
    expect((await fs.call('directory_tree', leave)).text).not.toContain('skipped');
  });

  test('in a search of contents too', async () => {
    for (const glob of ['report (1).txt', 'plan(b).txt', '[!a-z1-9]', 'file{09..10}']) {
      const { data } = await fs.call('search_content', { path: '.', query: 'needle', glob: [glob] });
      expect(data.total, glob).toBe(1);
    }
  });
});
