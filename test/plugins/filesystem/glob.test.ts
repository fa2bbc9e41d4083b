import picomatch from 'picomatch';
import { describe, expect, test } from 'vitest';
import { fileFilter, treeExclusion } from '../../../src/plugins/filesystem/search/glob.ts';
import { compileGlob } from '../../../src/plugins/filesystem/search/glob-matcher.ts';
import { startFilesystem } from './support/filesystem.ts';

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
  ...['*/*/*/*', '**/**/**/a', '+(a*)b', '*(*(a))', '*a*b*', 'a\\*b', '[a', '*é*/*a*', '*/**/**/*', 'a/*', '*/', './*'],
];

describe('a glob matches what picomatch says it matches, with few stars and with many', () => {
  test.each(globs)('%s', (glob) => {
    const matches = compileGlob(glob);
    const [short, long] = ['', `${'a'.repeat(600)}/`];
    for (const before of [short, long]) {
      const expected = picomatch(`${before}${glob}`, { dot: true, nonegate: true });
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
    for (const glob of [`${'*a'.repeat(20)}*b`, '@(a*)@(a*)@(a*)@(a*)@(a*)b', '+(a|aa)b', '+(a*)b']) {
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
