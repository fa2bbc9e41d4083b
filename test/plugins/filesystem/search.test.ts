import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

interface Match {
  path: string;
  line: number;
  column: number;
  text: string;
}

describe.each(['auto', 'never'])('search_content with ripgrep %s', (ripgrep) => {
  let fs: Filesystem;
  const search = async (query: string, more: Record<string, unknown> = {}) =>
    (await fs.call('search_content', { path: '.', query, ...more })).data;
  const places = async (query: string, more: Record<string, unknown> = {}) =>
    (await search(query, more)).matches.map(
      ({ path, line, column }: Match) => `${path.slice(fs.root.length + 1)}:${line}:${column}`,
    );

  beforeAll(async () => {
    fs = await startFilesystem({ config: { search: { ripgrep }, limits: { searchFileBytes: 200_000 } } });
    const put = (name: string, content: string | Buffer) => {
      mkdirSync(join(fs.root, name, '..'), { recursive: true });
      writeFileSync(join(fs.root, name), content);
    };
    put('a.ts', 'const needle = 1;\nnothing\n  Needle();\n');
    put('sub/b.js', 'a needles b\r\nneedle\r\n');
    put('sub/deep/c.txt', 'x needle');
    put('ignored/d.txt', 'needle');
    put('sub/e.log', 'needle');
    put('sub/keep.log', 'needle');
    put('.gitignore', 'ignored/\n*.log\n');
    put('sub/.gitignore', '!keep.log\n');
    put('.git/x', 'needle');
    put('.hidden', 'needle');
    put('binary', Buffer.concat([Buffer.from('needle'), Buffer.alloc(100)]));
    put('utf16.txt', Buffer.from('\ufeffeins\nneedle ü\n', 'utf16le'));
    put('latin1.txt', Buffer.from('grün\nüber needle\n', 'latin1'));
    put('utf8.txt', 'über needle\n');
    put('large.txt', `${'x'.repeat(300_000)}needle`);
    put('long.min.js', `${'y'.repeat(50_000)}haystack${'z'.repeat(50_000)}`);
    for (let i = 0; i < 50; i++) put(`many/${String(i).padStart(2, '0')}.txt`, 'common\ncommon\n');
  });
  afterAll(() => fs.stop());

  test('finds lines with line and column, in the order of the tree, as .gitignore files say', async () => {
    expect(await places('needle')).toEqual([
      '.hidden:1:1',
      'a.ts:1:7',
      'latin1.txt:2:6',
      'sub/b.js:1:3',
      'sub/b.js:2:1',
      'sub/deep/c.txt:1:3',
      'sub/keep.log:1:1',
      'utf16.txt:2:1',
      'utf8.txt:1:6',
    ]);
  });

  test('searches ignored files where asked', async () => {
    const found = await places('needle', { gitignore: false });
    expect(found).toEqual(expect.arrayContaining(['.git/x:1:1', 'ignored/d.txt:1:1', 'sub/e.log:1:1']));
  });

  test('ignore files above the directory searched count too', async () => {
    mkdirSync(join(fs.root, 'sub', 'ignored'), { recursive: true });
    writeFileSync(join(fs.root, 'sub', 'ignored', 'z'), 'needle');
    const { matches } = await search('needle', { path: 'sub' });
    expect(matches.map(({ path }: Match) => path)).not.toContain(join(fs.root, 'sub', 'ignored', 'z'));
  });

  test('finds accented text in UTF-8, Latin-1 and UTF-16 alike', async () => {
    expect(await places('über')).toEqual(['latin1.txt:2:1', 'utf8.txt:1:1']);
    expect(await places('needle ü')).toEqual(['utf16.txt:2:1']);
  });

  test('case, whole words, globs and exclusions', async () => {
    expect(await places('NEEDLE', { case: 'insensitive', glob: ['*.ts'] })).toEqual(['a.ts:1:7', 'a.ts:3:3']);
    expect(await places('needle', { case: 'smart', glob: ['*.ts'] })).toEqual(['a.ts:1:7', 'a.ts:3:3']);
    expect(await places('Needle', { case: 'smart', glob: ['*.ts'] })).toEqual(['a.ts:3:3']);
    expect(await places('needle', { word: true, glob: ['*.js'] })).toEqual(['sub/b.js:2:1']);
    expect(await places('needle', { excludePatterns: ['sub/**', '*.txt', '.*'] })).toEqual(['a.ts:1:7']);
    expect(await places('needle', { glob: ['!*.txt', '!sub/**', '!.hidden'] })).toEqual(['a.ts:1:7']);
  });

  test('regular expressions, line by line', async () => {
    expect(await places('^needle$', { regex: true, glob: ['*.js'] })).toEqual(['sub/b.js:2:1']);
    expect(await places('n[e]{2}dle\\s*=', { regex: true })).toEqual(['a.ts:1:7']);
    expect(await places('(need|nothing)', { regex: true, glob: ['*.ts'] })).toEqual(['a.ts:1:7', 'a.ts:2:1']);
    expect(await places('b\\sneedle', { regex: true })).toEqual([]);
    expect(await places('(?i)NEEDLE\\(', { regex: true })).toEqual(['a.ts:3:3']);
    expect(await fs.refusal('search_content', { path: '.', query: '(?=x)', regex: true })).toContain('RE2');
    expect(await fs.refusal('search_content', { path: '.', query: '(', regex: true })).toContain('regular expression');
  });

  test.each([
    ['a\nb', false],
    ['needle\r\n', false],
    ['a\\nb', true],
    ['(a\\\\\\n)', true],
    ['^a\\r\\n', true],
  ])('refuses %j (regex: %s), which no line has in it', async (query, regex) => {
    expect(await fs.refusal('search_content', { path: '.', query, regex })).toContain('line end');
  });

  test.each(['a\\\\n', 'a\\n?', '[^\\n]+', 'a|b\\n'])('takes %j, which a line may have', async (query) => {
    await expect(fs.call('search_content', { path: '.', query, regex: true })).resolves.toBeDefined();
  });

  test('context, files and counts', async () => {
    const { matches } = await search('nothing', { context: 1, glob: ['a.ts'] });
    expect(matches[0]).toMatchObject({ before: ['const needle = 1;'], after: ['  Needle();'] });
    const files = await search('needle', { output: 'files', glob: ['*.js'] });
    expect(files.files).toEqual([{ path: join(fs.root, 'sub/b.js'), count: 2 }]);
    expect(files.matches).toEqual([]);
    expect((await search('common', { output: 'count' })).total).toBe(100);
  });

  test('says how many matches it did not show', async () => {
    const { data, text } = await fs.call('search_content', { path: 'many', query: 'common', max_results: 7 });
    expect(data).toMatchObject({ total: 100, left: 93, truncated: true, files_with_matches: 50 });
    expect(data.matches).toHaveLength(7);
    expect(text).toContain('93 not shown');
  });

  test('says how many files were too large, and how many with a match are binary', async () => {
    const { data, text } = await fs.call('search_content', { path: '.', query: 'needle' });
    expect(data).toMatchObject({ skipped_large: 1, skipped_binary: 1 });
    expect(text).toContain('1 files were too large');
    expect(text).toContain('1 binary files');
    for (const [path, query, words] of [
      ['large.txt', 'needle', '1 files were too large'],
      ['binary', 'needle', '1 binary files'],
      ['binary', 'NEEDLE', '1 binary files'],
    ] as const) {
      const named = await fs.call('search_content', { path, query, case: 'insensitive' });
      expect(named.text, path).toContain('No matches found');
      expect(named.text, path).toContain(words);
    }
    expect((await search('needle', { glob: ['*.ts'] })).skipped_large).toBe(0);
    expect((await search('nowhere')).skipped_binary).toBe(0);
  });

  test('searches an ignored directory that is named', async () => {
    expect(await places('needle', { path: 'ignored' })).toEqual(['ignored/d.txt:1:1']);
    const names = await fs.call('search_files', { path: 'ignored', pattern: '**', gitignore: true });
    expect(names.data.total).toBe(1);
  });

  test.each([
    ['treeDepth', { treeDepth: 1 }],
    ['walkEntries', { walkEntries: 2 }],
  ])('is held to limits.%s', async (name, limits) => {
    const small = await startFilesystem({ prepare: () => [fs.root], config: { limits, search: { ripgrep } } });
    const { data, text } = await small.call('search_content', { path: '.', query: 'x needle' });
    expect(data).toMatchObject({ total: 0, truncated: true });
    expect(text).toContain(`limits.${name}`);
    await small.stop();
  });

  test('cuts a long line around the match, and searches one file that is named', async () => {
    const { matches } = await search('haystack', { path: 'long.min.js' });
    expect(matches[0].column).toBe(50_001);
    expect(matches[0].text.length).toBeLessThan(500);
    expect(matches[0].text).toContain('haystack');
  });
});

describe('search_files and directory_tree', () => {
  let fs: Filesystem;
  beforeAll(async () => {
    fs = await startFilesystem();
    mkdirSync(join(fs.root, 'a/b/c'), { recursive: true });
    writeFileSync(join(fs.root, 'a/small.txt'), 'x');
    writeFileSync(join(fs.root, 'a/b/large.txt'), 'x'.repeat(5000));
    writeFileSync(join(fs.root, 'a/b/c/ignored.tmp'), 'x');
    writeFileSync(join(fs.root, '.gitignore'), '*.tmp\n');
  });
  afterAll(() => fs.stop());

  test('a negated pattern is refused with what to do instead, and never read as a name', async () => {
    expect(await fs.refusal('search_files', { path: '.', pattern: '!*.txt' })).toContain('excludePatterns');
  });

  test('a file is not a directory to walk', async () => {
    writeFileSync(join(fs.root, 'a', 'file.txt'), 'x');
    const args = { path: 'a/file.txt', pattern: '**' };
    expect(await fs.refusal('search_files', args)).toContain('ENOTDIR');
    expect(await fs.refusal('directory_tree', { path: 'a/file.txt' })).toContain('ENOTDIR');
    rmSync(join(fs.root, 'a', 'file.txt'));
  });

  test('filters by type, size, time and ignore files, and says what a cap left', async () => {
    const names = async (args: Record<string, unknown>) =>
      (await fs.call('search_files', { path: '.', pattern: '**', ...args })).data.paths.map((path: string) =>
        path.slice(fs.root.length + 1),
      );
    expect(await names({ type: 'directory' })).toEqual(['a', 'a/b', 'a/b/c']);
    expect(await names({ type: 'file', min_size: 1000 })).toEqual(['a/b/large.txt']);
    expect(await names({ modified_after: '2999-01-01T00:00:00Z' })).toEqual([]);
    expect(await names({ gitignore: true })).not.toContain('a/b/c/ignored.tmp');
    const { data, text } = await fs.call('search_files', { path: '.', pattern: '**', max_results: 2 });
    expect(data).toMatchObject({ truncated: true, total: 7 });
    expect(text).toContain('2 of 7');
  });

  test('a tree is cut by depth and entries, and says so', async () => {
    const shallow = await fs.call('directory_tree', { path: '.', max_depth: 1 });
    expect(shallow.data).toMatchObject({ truncated: true, entries: 2 });
    const few = await fs.call('directory_tree', { path: '.', max_entries: 3 });
    expect(few.data).toMatchObject({ truncated: true, entries: 3 });
    expect(few.text).toContain('truncated at 3 entries');
    const plain = await fs.call('directory_tree', { path: 'a', format: 'text' });
    expect(plain.text).toBe('b/\n  c/\n    ignored.tmp\n  large.txt\nsmall.txt');
  });

  test('a walk that meets a cap says which, even where it has found nothing', async () => {
    const small = await startFilesystem({
      prepare: () => [fs.root],
      config: { limits: { walkEntries: 2 }, search: { ripgrep: 'never' } },
    });
    for (const [tool, args] of [
      ['search_files', { pattern: '**/no-such' }],
      ['search_content', { query: 'no-such' }],
      ['directory_tree', {}],
    ] as const) {
      const { data, text } = await small.call(tool, { path: '.', ...args });
      expect(data.truncated, tool).toBe(true);
      expect(data.stopped, tool).toContain('limits.walkEntries');
      expect(text, tool).toContain('limits.walkEntries');
    }
    await small.stop();
    const shallow = await startFilesystem({ prepare: () => [fs.root], config: { limits: { treeDepth: 1 } } });
    const { text } = await shallow.call('search_files', { path: '.', pattern: '**/large.txt' });
    expect(text).toContain('limits.treeDepth');
    await shallow.stop();
  });
});
