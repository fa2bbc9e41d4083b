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

test.each([
  ['read_text_file', 'a/file.txt/'],
  ['read_text_file', 'a/file.txt/.'],
  ['get_file_info', 'link/'],
  ['list_directory', 'a/file.txt/'],
])('%s of %s, a file, is told to drop the slash', async (tool, path) => {
  const said = `ENOTDIR: not a directory: ${path}. Drop the trailing slash to name what is there.`;
  expect(await fs.refusal(tool, { path })).toBe(said);
});

test.each([
  ['read_text_file', 'a/file.txt/child'],
  ['read_text_file', './a//file.txt/child/grandchild/'],
  ['read_text_file', 'link/child'],
  ['read_text_file', 'folder/file.txt/child'],
  ['write_file', 'a/file.txt/child'],
  ['create_directory', 'a/file.txt/child'],
  ['list_directory', 'a/file.txt/child'],
])('%s of %s names the file that it leads through', async (tool, path) => {
  const content = tool === 'write_file' ? { content: '' } : {};
  const said = `ENOTDIR: not a directory: ${path}. ${join(fs.root, 'a/file.txt')} is a file.`;
  expect(await fs.refusal(tool, { path, ...content })).toBe(said);
});

test.each([
  ['list_directory', { path: 'a/file.txt' }],
  ['list_directory_with_sizes', { path: 'link' }],
  ['directory_tree', { path: 'a/file.txt' }],
  ['search_files', { path: 'a/file.txt', pattern: '*' }],
])('%s of a file names what reads it, and no slash where none was given', async (tool, args) => {
  const said = await fs.refusal(tool, args);
  expect(said).toBe(`ENOTDIR: not a directory: ${args.path}. Give a directory; read_text_file reads a file.`);
});

test.each([
  ['list_directory', 'gone', ''],
  ['list_directory', 'a/gone/', 'a'],
  ['list_directory', 'a/b/../gone/deeper/still', 'a'],
  ['directory_tree', 'a/b/gone', 'a/b'],
  ['read_text_file', 'a/b/gone.txt', 'a/b'],
  ['read_text_file', 'folder/gone.txt', 'a'],
  ['get_file_info', 'gone.txt', ''],
])('%s of %s, which is missing, names the folder that is there: "%s"', async (tool, path, nearest) => {
  const said = `ENOENT: no such file or directory: ${path}. list_directory shows what is in ${join(fs.root, nearest)}.`;
  expect(await fs.refusal(tool, { path })).toBe(said);
  expect(await fs.call('list_directory', { path: join(fs.root, nearest) })).toBeDefined();
});

test('what is outside is not named, whether it is there or not', async () => {
  for (const path of ['../elsewhere/gone', '../nowhere/gone', 'a/../../elsewhere/x'])
    expect(await fs.refusal('list_directory', { path })).toBe(
      `Access denied - path outside allowed directories: ${path}. list_allowed_directories names those you may use.`,
    );
  symlinkSync('../elsewhere', join(fs.root, 'out'));
  expect(await fs.refusal('list_directory', { path: 'out/gone' })).not.toContain('list_directory shows');
  rmSync(join(fs.root, 'out'));
});
