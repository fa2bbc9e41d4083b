import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

// What an error about a path advises has to fit what was given.

let fs: Filesystem;
beforeAll(async () => {
  fs = await startFilesystem();
  mkdirSync(join(fs.root, 'a/b'), { recursive: true });
  writeFileSync(join(fs.root, 'a/file.txt'), 'x\n');
  symlinkSync('a/file.txt', join(fs.root, 'link'));
  symlinkSync('a', join(fs.root, 'folder'));
  mkdirSync(join(fs.outside, 'elsewhere'));
});
afterAll(() => fs.stop());

const notDirectory = (path: string, advice: string) => `ENOTDIR: not a directory: ${path}. ${advice}`;
const slash = 'It is a file: leave out what follows its name (the slash at the end).';
const listed = 'It is a file: get_file_info tells about it, read_text_file reads it.';
const through = (component: string) => `${component} is a file, so nothing is below it. Give another path.`;

test.each([
  ['read_text_file', 'a/file.txt/', slash],
  ['read_text_file', 'a/file.txt/.', slash],
  ['get_file_info', 'link/', slash],
  ['read_text_file', 'a/file.txt/child', through('a/file.txt')],
  ['read_text_file', './a//file.txt/child/grandchild/', through('a/file.txt')],
  ['read_text_file', 'link/child', through('link')],
  ['read_text_file', 'folder/file.txt/child', through('folder/file.txt')],
  ['write_file', 'a/file.txt/child', through('a/file.txt')],
  ['create_directory', 'a/file.txt/child', through('a/file.txt')],
  ['list_directory', 'a/file.txt/child', through('a/file.txt')],
  ['list_directory', 'a/file.txt', listed],
  ['list_directory', 'a/file.txt/', listed],
  ['list_directory_with_sizes', 'link', listed],
])('%s of %s', async (tool, path, advice) => {
  const content = tool === 'write_file' ? { content: '' } : {};
  expect(await fs.refusal(tool, { path, ...content })).toBe(notDirectory(path, advice));
  const absolute = join(fs.root, 'a/file.txt/child');
  expect(await fs.refusal('read_text_file', { path: absolute })).toContain(through(join(fs.root, 'a/file.txt')));
});

test.each([
  ['directory_tree', { path: 'a/file.txt' }],
  ['search_files', { path: 'a/file.txt', pattern: '*' }],
])('%s of a file speaks of no slash where none was given', async (tool, args) => {
  const said = await fs.refusal(tool, args);
  expect(said).toContain('ENOTDIR: not a directory: a/file.txt. Give a directory');
  expect(said).not.toContain('slash');
});

test.each([
  ['list_directory', 'gone', '.'],
  ['list_directory', 'a/gone/', 'a'],
  ['list_directory', 'a/b/../gone/deeper/still', 'a'],
  ['directory_tree', 'a/b/gone', 'a/b'],
  ['read_text_file', 'a/b/gone.txt', 'a/b'],
  ['read_text_file', 'folder/gone.txt', 'folder'],
  ['get_file_info', 'gone.txt', '.'],
])('%s of %s, which is missing, names the folder that is there: %s', async (tool, path, nearest) => {
  const said = `ENOENT: no such file or directory: ${path}. list_directory of ${nearest} shows what is there.`;
  expect(await fs.refusal(tool, { path })).toBe(said);
  expect((await fs.call('list_directory', { path: nearest })).data.total).toBeGreaterThan(-1);
  const absolute = join(fs.root, path);
  expect(await fs.refusal(tool, { path: absolute })).toContain(`list_directory of ${join(fs.root, nearest)} shows`);
});

test('what is outside is not named, whether it is there or not', async () => {
  for (const path of ['../elsewhere/gone', '../nowhere/gone', 'a/../../elsewhere/x'])
    expect(await fs.refusal('list_directory', { path })).toBe(
      `Access denied - path outside allowed directories: ${path}. list_allowed_directories names those you may use.`,
    );
  symlinkSync('../elsewhere', join(fs.root, 'out'));
  expect(await fs.refusal('list_directory', { path: 'out/gone' })).not.toContain('list_directory of');
  rmSync(join(fs.root, 'out'));
});
