import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let withRipgrep: Filesystem;
let without: Filesystem;
let root: string;

beforeAll(async () => {
  const limits = { searchFileBytes: 100_000 };
  withRipgrep = await startFilesystem({ config: { limits, search: { ripgrep: 'auto' } } });
  root = withRipgrep.root;
  without = await startFilesystem({ prepare: () => [root], config: { limits, search: { ripgrep: 'never' } } });
});
afterAll(() => Promise.all([withRipgrep.stop(), without.stop()]));
beforeEach(() => {
  for (const name of readdirSync(root)) rmSync(join(root, name), { recursive: true });
});

function put(files: Record<string, string>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
}

/** What both engines find, which must be the same. */
async function search(more: Record<string, unknown> = {}) {
  const args = { path: '.', query: 'needle', output: 'files', ...more };
  const [one, other] = [await withRipgrep.call('search_content', args), await without.call('search_content', args)];
  expect(one.data).toEqual(other.data);
  return one.data;
}

async function found(more: Record<string, unknown> = {}): Promise<string[]> {
  const { files } = await search(more);
  return files.map(({ path }: { path: string }) => path.slice(root.length + 1));
}

describe('ignore files mean the same with ripgrep and without, and what they mean to git', () => {
  const onCaseSensitive = process.platform === 'linux';
  test.each([
    ['*.{log,tmp}', ['a.log', 'a.tmp', 'a.{log,tmp}'], ['a.log', 'a.tmp']],
    ['{a,b}', ['a', 'b', '{a,b}'], ['a', 'b']],
    ['a{,b}', ['a', 'ab'], ['a', 'ab']],
    ['{a', ['a', '{a'], ['a']],
    ['[z-a]\n{a\nb.txt', ['a.txt', 'b.txt', '{a'], ['a.txt']],
    ['/*\n!/dir', ['dir/x', 'other/x', 'x'], ['dir/x']],
    ['dir\n!dir/keep', ['dir/keep', 'dir/x', 'x'], ['x']],
    ['dir/*\n!dir/keep', ['dir/keep', 'dir/x', 'x'], ['dir/keep', 'x']],
    ...(onCaseSensitive
      ? [['BUILD/\nTODO', ['build/a', 'todo', 'BUILD/a', 'x/TODO'], ['build/a', 'todo']] as const]
      : []),
  ] as const)('%j', async (rules, names, left) => {
    put(Object.fromEntries(names.map((name) => [name, 'needle'])));
    put({ '.gitignore': rules });
    expect((await found()).sort()).toEqual([...left].sort());
  });

  test("the repository's own exclude file counts, and an ignore file has the last word", async () => {
    put({
      'repo/.git/info/exclude': '*.log\n/build\n',
      'repo/.gitignore': '!kept.log\n',
      'repo/a.log': 'needle',
      'repo/sub/kept.log': 'needle',
      'repo/sub/b.log': 'needle',
      'repo/build/x': 'needle',
      'repo/sub/build/x': 'needle',
      'bare/.git/info/exclude': 'x',
      'bare/x': 'needle',
      'bare/y': 'needle',
      'other/.git': 'gitdir: ../repo/.git',
      'other/a.log': 'needle',
    });
    const expected = ['bare/y', 'other/a.log', 'repo/sub/build/x', 'repo/sub/kept.log'];
    expect(await found()).toEqual(expected);
    expect(await found({ path: 'repo/sub' })).toEqual(['repo/sub/build/x', 'repo/sub/kept.log']);
  });

  test('a rule inside an ignored directory brings nothing back', async () => {
    put({ '.gitignore': 'out/\n', 'out/.gitignore': '!*\n', 'out/deep/x': 'needle', 'out/x': 'needle', x: 'needle' });
    expect(await found()).toEqual(['x']);
  });

  test('ignored directories of any name, however many', async () => {
    const names = ['a b', 'a*b', '[x]', 'ü', '-x', 'line\nend', ' x ', '!x', '#x', ...Array(600).keys()];
    put({ '.gitignore': 'ignored\n', 'axb/ignored-not/x': 'needle', 'x/ignored not/x': 'needle' });
    for (const name of names) put({ [`${name}/ignored/x`]: 'needle', [`${name}/kept`]: 'nothing' });
    put({ '-x/kept': 'needle', '[x]/kept': 'needle', 'a b/kept': 'needle' });
    expect(await found()).toEqual(['-x/kept', '[x]/kept', 'a b/kept', 'axb/ignored-not/x', 'x/ignored not/x']);
  });

  test('an ignore file that is a link or beyond 1 MiB says nothing', async () => {
    put({ '.env': 'SECRET=1\n', 'SECRET=1': 'needle', 'SECRET=2': 'needle', 'sub/x': 'needle' });
    symlinkSync('.env', join(root, '.gitignore'));
    put({ 'sub/.gitignore': `${'# pad\n'.repeat(200_000)}x\n` });
    expect(await found()).toEqual(['SECRET=1', 'SECRET=2', 'sub/x']);
    put({ 'zero/x': 'needle' });
    symlinkSync('/dev/zero', join(root, 'zero', '.gitignore'));
    expect(await found()).toEqual(['SECRET=1', 'SECRET=2', 'sub/x', 'zero/x']);
  });

  test('a directory that is excluded is left out with all below it, and so is .git', async () => {
    put({ 'sub/a/x': 'needle', 'other/x': 'needle', '.git/x': 'needle', 'y/.git': 'needle', x: 'needle' });
    expect(await found({ excludePatterns: ['sub'] })).toEqual(['other/x', 'x']);
    expect(await found({ gitignore: false, excludePatterns: ['sub/a', 'other'] })).toEqual(['.git/x', 'x', 'y/.git']);
  });
});

test.each([
  'a\nrg: DEBUG|m|f: ignoring t.txt: 1 bytes\nrg: DEBUG|',
  'a: 1 bytes\nrg: DEBUG|ignore::walk|walk.rs:1: ignoring .',
  'a: 9 bytes\nb',
])('the name of a large file can make nobody count another twice: %j', async (name) => {
  const large = 'x'.repeat(200_000);
  put({ 't.txt': 'needle\n', rg: 'needle', [name]: large, [`${name}/t.txt`.replace('/', '\n')]: large });
  const { total, skipped_large } = await search();
  expect({ total, skipped_large }).toEqual({ total: 2, skipped_large: 2 });
  put({ a: large, [`a: 1 bytes\nrg: DEBUG|ignore::walk|walk.rs:1: ignoring ./a`.replaceAll('/', '\t')]: large });
  expect((await search()).skipped_large).toBe(4);
});
