import { linkSync, mkdirSync, readdirSync, readFileSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

const secret = 'postgresql://user:hunter2@db/main';
let files: Filesystem;
const at = (name: string) => join(files.root, 'app', name);

beforeAll(async () => {
  files = await startFilesystem({
    config: { refuseHardLinks: false },
    privateFiles: (top) => {
      const root = join(top, 'app');
      mkdirSync(root);
      writeFileSync(join(root, 'target.yaml'), `url: ${secret}\n`);
      symlinkSync('target.yaml', join(root, 'config.yaml'));
      writeFileSync(join(root, 'plain.txt'), `url: ${secret}\n`);
      linkSync(join(root, 'plain.txt'), join(root, 'other-name.txt'));
      writeFileSync(join(root, 'notes.txt'), 'url: of nothing\n');
      return [join(root, 'config.yaml'), join(root, 'plain.txt'), join(root, 'gone.env')];
    },
  });
});
afterAll(() => files.stop());

describe('what the gateway read its configuration from', () => {
  test.each(['config.yaml', 'target.yaml', 'plain.txt', 'other-name.txt'])('%s is not read', async (name) => {
    expect(await files.refusal('read_text_file', { path: at(name) })).toContain("is the gateway's own");
  });

  test.each([
    ['write_file', { path: 'app/target.yaml', content: 'x' }],
    ['write_file', { path: 'app/gone.env', content: 'x' }],
    ['edit_file', { path: 'app/plain.txt', edits: [{ oldText: 'url', newText: 'x' }] }],
    ['delete_path', { path: 'app/config.yaml' }],
    ['move_file', { source: 'app/plain.txt', destination: 'app/moved.txt' }],
    ['move_file', { source: 'app/notes.txt', destination: 'app/target.yaml' }],
    ['copy_file', { source: 'app/plain.txt', destination: 'app/copied.txt' }],
  ])('%s refuses %o', async (tool, args) => {
    expect(await files.refusal(tool, args)).toContain('Access denied');
    expect(readFileSync(at('plain.txt'), 'utf8')).toContain(secret);
  });

  test.each(['auto', 'never'])('is in no search, archive or copy under any name, with ripgrep %s', async (ripgrep) => {
    const other = await startFilesystem({
      prepare: (outside) => {
        const root = join(outside, 'data');
        writeFileSync(join(outside, 'config.yaml'), `url: ${secret}\n`);
        mkdirSync(join(root, 'app'));
        linkSync(join(outside, 'config.yaml'), join(root, 'app', 'other-name.txt'));
        writeFileSync(join(root, 'app', 'notes.txt'), 'url: of nothing\n');
        return [root];
      },
      privateFiles: (root) => [join(root, '..', 'config.yaml')],
      config: { search: { ripgrep } },
    });
    const found = await other.call('search_content', { path: '.', query: 'url' });
    expect(found.data.files_with_matches).toBe(1);
    expect(found.text).not.toMatch(/other-name|hunter2/);
    const named = { path: 'app/other-name.txt', query: 'url' };
    expect(await other.refusal('search_content', named)).toContain("is the gateway's own");
    await other.call('archive_create', { source: 'app', destination: 'all.zip' });
    expect((await other.call('archive_list', { path: 'all.zip' })).text).not.toContain('other-name');
    await other.call('copy_file', { source: 'app', destination: 'copied', recursive: true });
    expect(readdirSync(join(other.root, 'copied'))).toEqual(['notes.txt']);
    expect(await other.refusal('move_file', { source: 'app', destination: 'moved' })).toContain('other-name.txt');
    expect(await other.refusal('delete_path', { path: 'app', recursive: true })).toContain('other-name.txt');
    await other.stop();
  });

  test.each(['auto', 'never'])('is not told by what a search counts, with ripgrep %s', async (ripgrep) => {
    const other = await startFilesystem({
      prepare: (outside) => {
        const root = join(outside, 'data');
        writeFileSync(join(outside, 'config.yaml'), `url: ${secret}\n`);
        linkSync(join(outside, 'config.yaml'), join(root, 'other-name.txt'));
        return [root];
      },
      privateFiles: (root) => [join(root, '..', 'config.yaml')],
      config: { search: { ripgrep } },
    });
    const told = async (query: string) => {
      const { text, data } = await other.call('search_content', { path: '.', query });
      return JSON.stringify({ text, data })
        .replaceAll(query, '')
        .replaceAll(/"duration_ms":[^,}]+/g, '');
    };
    expect(await told('hunter2')).toBe(await told('hunter3'));
    await other.stop();
  });

  test('is in no search and in no archive', async () => {
    unlinkSync(at('other-name.txt'));
    const found = await files.call('search_content', { path: files.root, query: 'url' });
    expect(found.text).toContain('notes.txt');
    expect(found.text).not.toMatch(/config\.yaml|target\.yaml|plain\.txt|hunter2/);
    await files.call('archive_create', { source: at('.'), destination: join(files.root, 'all.zip') });
    const listed = await files.call('archive_list', { path: join(files.root, 'all.zip') });
    expect(listed.text).toContain('notes.txt');
    expect(listed.text).not.toMatch(/config\.yaml|target\.yaml|plain\.txt/);
  });
});
