import { fork, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compiledSupport } from './support/compiled.ts';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

// What a search says of files and directories that the gateway's user may not read.

const program = fileURLToPath(new URL('./support/other-user.mjs', import.meta.url));
const built = fileURLToPath(new URL('../../../dist/plugins/filesystem/search/worker.js', import.meta.url));
const nobody = 65_534;
const isRoot = process.getuid?.() === 0;
const user = isRoot ? { uid: nobody, gid: nobody } : {};
const look = `for (const path of process.argv.slice(1)) require('node:fs').accessSync(path)`;
const canRun =
  process.getuid !== undefined && spawnSync(process.execPath, ['-e', look, program, built], user).status === 0;
if (!canRun) console.warn('What an ordinary user may not read is not tested: that user cannot read this repository.');

let top: string;
const root = (name = '') => join(top, 'data', name);

beforeAll(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-unread-')));
  chmodSync(top, 0o755);
  const files = ['a.txt', 'closed.txt', 'closed.log', 'dropped.txt', 'sub/b.txt', 'sub/closed\nname.txt'];
  const inside = [
    'shut/c.txt',
    'sub/shut/c.txt',
    'dropped/c.txt',
    'listed/d.txt',
    'listed/deep/e.txt',
    'skipped/f.txt',
  ];
  for (const name of [...files, ...inside]) {
    mkdirSync(join(root(name), '..'), { recursive: true });
    writeFileSync(root(name), 'a needle\n');
  }
  writeFileSync(root('.gitignore'), 'dropped*\n');
  if (isRoot) chownSync(top, nobody, nobody);
  for (const name of ['closed.txt', 'closed.log', 'dropped.txt', 'sub/closed\nname.txt']) chmodSync(root(name), 0);
  for (const name of ['shut', 'sub/shut', 'dropped', 'skipped']) chmodSync(root(name), 0);
  chmodSync(root('listed'), 0o444);
  if (isRoot) for (const name of files.slice(0, 3)) chownSync(root(name), 0, 0);
});
afterAll(() => {
  for (const name of ['shut', 'sub/shut', 'dropped', 'skipped', 'listed']) chmodSync(root(name), 0o755);
  rmSync(top, { recursive: true });
});

async function answersOf(ripgrep: string, calls: unknown[]): Promise<string[]> {
  const config = JSON.stringify({ roots: [root()], search: { ripgrep } });
  const child = fork(program, [compiledSupport(top), join(top, 'gateway'), config, JSON.stringify(calls)], user);
  const answers: string[] = [];
  child.on('message', (text) => answers.push(String(text)));
  expect(await once(child, 'exit')).toEqual([0, null]);
  return answers;
}

const unread = (...names: string[]) =>
  `[${names.length} files or directories could not be read by the gateway's user, and were not searched: ${names.slice(0, 5).map(root).join(', ').replaceAll('\n', '\\n')}${names.length > 5 ? ', …' : ''}]`;

describe.runIf(canRun).each(['auto', 'never'])('what may not be read, ripgrep: %s', (ripgrep) => {
  test('is counted and named by a search of contents, unless a rule leaves it out', async () => {
    const all = { path: '.', query: 'needle', output: 'count', excludePatterns: ['skipped'] };
    const [found, none, globbed, ignored] = await answersOf(ripgrep, [
      ['search_content', all],
      ['search_content', { ...all, query: 'no such text' }],
      ['search_content', { ...all, glob: ['*.txt'] }],
      ['search_content', { ...all, gitignore: false }],
    ]);
    const names = [
      'closed.log',
      'closed.txt',
      'listed/d.txt',
      'listed/deep',
      'shut',
      'sub/closed\nname.txt',
      'sub/shut',
    ];
    expect(found).toBe(
      [`${root('a.txt')}: 1`, `${root('sub/b.txt')}: 1`, '[2 matching lines in 2 files]', unread(...names)].join('\n'),
    );
    expect(none).toBe(['No matches found', unread(...names)].join('\n'));
    expect(globbed).toContain(unread(...names.slice(1)));
    expect(ignored).toContain('[9 files or directories could not be read');
  });

  test('is an error where it is named', async () => {
    const [file, directory, tree] = await answersOf(ripgrep, [
      ['search_content', { path: 'closed.txt', query: 'needle' }],
      ['search_content', { path: 'shut', query: 'needle' }],
      ['directory_tree', { path: 'shut' }],
    ]);
    expect(file).toContain('EACCES');
    expect(directory).toContain('EACCES');
    expect(tree).toContain('EACCES');
  });

  test('is said by searches of names and by trees', async () => {
    const [names, tree, text] = await answersOf(ripgrep, [
      ['search_files', { path: '.', pattern: '**/c.txt', gitignore: true }],
      ['directory_tree', { path: 'sub' }],
      ['directory_tree', { path: 'sub', format: 'text' }],
    ]);
    expect(names).toBe(['No matches found', unread('listed/deep', 'shut', 'skipped', 'sub/shut')].join('\n'));
    expect(JSON.parse(tree ?? '').at(-1)).toEqual({ name: 'shut', type: 'directory', children: [], unreadable: true });
    expect(text).toContain('shut/ [cannot be read]');
  });
});

describe.runIf(process.platform === 'linux')('a name that is not UTF-8', () => {
  let files: Filesystem;
  beforeAll(async () => {
    files = await startFilesystem();
    writeFileSync(Buffer.concat([Buffer.from(`${files.root}/caf`), Buffer.from([0xe9])]), 'a needle\n');
  });
  afterAll(() => files.stop());

  test('is said to be one that was not read', async () => {
    const { data } = await files.call('search_content', { path: '.', query: 'needle' });
    expect(data).toMatchObject({ total: 0, skipped_unreadable: 1, unreadable: [`${files.root}/caf\ufffd`] });
  });
});
