import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { anonymous, Call, CallContext, filesystemPlugin } from './support/built.ts';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

// A root that is removed and made anew while the gateway runs, as build folders and volumes are.

let fs: Filesystem;
const at = (...names: string[]) => join(fs.root, ...names);

beforeEach(async () => {
  fs = await startFilesystem();
  fill();
});
afterEach(() => fs.stop());

function fill(text = 'first needle\n'): void {
  mkdirSync(at('sub'), { recursive: true });
  for (const name of ['f.txt', 'sub/g.txt']) writeFileSync(at(name), text);
}

const remove = () => rmSync(fs.root, { recursive: true });

async function readResource(path: string) {
  const [template] = filesystemPlugin.resourceTemplates;
  if (!template) throw new Error('the plugin has no resource template');
  const { deps } = await fs.running.instance();
  const context = new CallContext(new Call(anonymous, 'test'), fs.running, deps);
  return template.read(context, { path: path.slice(1) }, pathToFileURL(path).href);
}

const every: [string, Record<string, unknown>][] = [
  ['read_text_file', { path: 'f.txt' }],
  ['read_media_file', { path: 'f.txt' }],
  ['get_file_info', { path: '.' }],
  ['list_directory', { path: '.' }],
  ['list_directory', { path: 'sub' }],
  ['list_directory_with_sizes', { path: '.' }],
  ['directory_tree', { path: '.' }],
  ['search_files', { path: '.', pattern: '**' }],
  ['search_content', { path: '.', query: 'needle' }],
  ['compare_files', { a: 'f.txt', b: 'sub/g.txt' }],
  ['list_changes', { path: '.' }],
  ['write_file', { path: 'new.txt', content: 'x' }],
  ['edit_file', { path: 'f.txt', edits: [{ oldText: 'first', newText: 'x' }] }],
  ['create_directory', { path: 'dir' }],
  ['move_file', { source: 'f.txt', destination: 'h.txt' }],
  ['copy_file', { source: 'f.txt', destination: 'h.txt' }],
  ['delete_path', { path: 'f.txt' }],
];

test.each(every)('%s says that the root no longer exists, and works again when it does', async (tool, args) => {
  const before = (await fs.call(tool, args)).text;
  remove();
  const said = await fs.refusal(tool, args);
  expect(said).toContain(`The root ${fs.root} no longer exists`);
  fill();
  const { text } = await fs.call(tool, args);
  if (tool.startsWith('search') || tool === 'read_text_file') expect(text).toBe(before);
  expect(fs.logged.filter(({ level }) => level === 'warn')).toHaveLength(2);
});

test('a root that was made anew between two calls is never seen as empty', async () => {
  await fs.call('list_directory', { path: '.' });
  remove();
  fill('second needle\n');
  expect((await fs.call('list_directory', { path: '.' })).text).toBe('[FILE] f.txt\n[DIR] sub');
  expect((await fs.call('search_content', { path: '.', query: 'second' })).data.total).toBe(2);
  await fs.call('write_file', { path: 'new.txt', content: 'x' });
  expect(readFileSync(at('new.txt'), 'utf8')).toBe('x');
  const warned = fs.logged.filter(({ level }) => level === 'warn');
  expect(warned).toMatchObject([{ fields: { root: fs.root }, message: expect.stringContaining('made anew') }]);
});

test('health, resources and the list of directories say it too', async () => {
  const directories = async () => (await fs.call('list_allowed_directories', {})).data.directories;
  remove();
  expect(await fs.running.health()).toMatchObject({
    status: 'degraded',
    reason: expect.stringContaining(`roots whose directory was removed: ${fs.root}`),
  });
  expect(await directories()).toMatchObject([{ path: fs.root, trouble: expect.stringContaining('no longer exists') }]);
  await expect(readResource(at('f.txt'))).rejects.toThrow('no longer exists');
  fill();
  const { deps } = await fs.running.instance(); // what the plugin said of its health is kept for a while
  expect((deps as { health(): unknown }).health()).toMatchObject({ status: 'healthy' });
  expect(await directories()).toEqual([{ path: fs.root, rights: 'rw' }]);
  expect(await readResource(at('f.txt'))).toMatchObject([{ text: 'first needle\n' }]);
});

test('what was deleted before the root was made anew is brought back into the new one', async () => {
  const { data } = await fs.call('delete_path', { path: 'f.txt' });
  remove();
  mkdirSync(fs.root);
  await fs.call('undo_change', { change_id: data.change_id });
  expect(readdirSync(fs.root)).toEqual(['f.txt']);
});

test('a link in the place of a removed root is not followed', async () => {
  const elsewhere = join(fs.outside, 'elsewhere');
  mkdirSync(elsewhere);
  writeFileSync(join(elsewhere, 'f.txt'), 'SECRET');
  remove();
  symlinkSync(elsewhere, fs.root);
  expect(await fs.refusal('read_text_file', { path: 'f.txt' })).toContain('which is not opened');
  await fs.refusal('write_file', { path: 'new.txt', content: 'x' });
  expect(readdirSync(elsewhere)).toEqual(['f.txt']);
  rmSync(fs.root);
  writeFileSync(fs.root, 'a file');
  expect(await fs.refusal('list_directory', { path: '.' })).toContain('which is not opened');
});

test('a link above a removed root is not followed either', async () => {
  const deep = await startFilesystem({
    prepare: (outside) => {
      for (const name of ['way/root', 'other/root']) mkdirSync(join(outside, name), { recursive: true });
      return [join(outside, 'way/root')];
    },
  });
  try {
    rmSync(join(deep.outside, 'way'), { recursive: true });
    symlinkSync('other', join(deep.outside, 'way'));
    expect(await deep.refusal('write_file', { path: 'f', content: 'x' })).toContain('which is not opened');
    expect(readdirSync(join(deep.outside, 'other/root'))).toEqual([]);
  } finally {
    await deep.stop();
  }
});

test('a root that was moved away stays open, whatever is at its path', async () => {
  const away = join(fs.outside, 'away');
  renameSync(fs.root, away);
  mkdirSync(fs.root);
  expect((await fs.call('read_text_file', { path: 'f.txt' })).text).toBe('first needle\n');
  const moved = { status: 'degraded', reason: expect.stringContaining(`directory was moved`) };
  expect(await fs.running.health()).toMatchObject(moved);
  rmSync(fs.root, { recursive: true });
  symlinkSync(fs.outside, fs.root);
  await fs.call('write_file', { path: 'new.txt', content: 'x' });
  expect(existsSync(join(away, 'new.txt'))).toBe(true);
});

test('a root that is configured by a link is opened anew where the link led at the start, and nowhere else', async () => {
  const linked = await startFilesystem({
    prepare: (outside) => {
      for (const name of ['one', 'two']) mkdirSync(join(outside, name));
      symlinkSync('one', join(outside, 'current'));
      return [join(outside, 'current')];
    },
  });
  const path = (name: string) => join(linked.outside, name);
  try {
    rmSync(path('one'), { recursive: true });
    expect(await linked.refusal('list_directory', { path: '.' })).toContain(`The root ${path('current')} no longer`);
    mkdirSync(path('one'));
    await linked.call('write_file', { path: path('current/f'), content: 'x' });
    expect(readdirSync(path('one'))).toEqual(['f']);
    rmSync(path('one'), { recursive: true });
    rmSync(path('current'));
    symlinkSync('two', path('current'));
    expect(await linked.refusal('write_file', { path: 'f', content: 'x' })).toContain('restart the gateway');
    expect(readdirSync(path('two'))).toEqual([]);
  } finally {
    await linked.stop();
  }
});

test('calls that began before stay on the directory they began in, which is closed when they end', async () => {
  for (let i = 0; i < 3000; i++) writeFileSync(at(`sub/${i}`), 'x');
  const held = () =>
    readdirSync('/proc/self/fd').filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(fs.root);
      } catch {
        return false; // the one that listed the folder
      }
    }).length;
  const before = held();
  for (let round = 0; round < 20; round++) {
    const running = [
      fs.call('search_content', { path: '.', query: 'needle' }),
      fs.call('copy_file', { source: 'sub/1', destination: 'copy' }),
      fs.call('list_directory_with_sizes', { path: 'sub' }),
    ];
    remove();
    fill();
    writeFileSync(at('sub/1'), 'x');
    await Promise.allSettled([...running, fs.call('list_directory', { path: '.' })]);
  }
  expect(held()).toBe(before);
});

test.runIf(process.getuid?.() === 0)(
  'a directory that was removed where it was mounted from is said to be gone',
  async () => {
    const source = join(fs.outside, 'source');
    mkdirSync(source);
    const mounted = join(fs.outside, 'mounted');
    mkdirSync(mounted);
    try {
      execFileSync('mount', ['--bind', source, mounted], { stdio: 'pipe' });
    } catch (error) {
      console.warn(`NOT RUN: mount: ${error instanceof Error ? error.message : error}`);
      return;
    }
    const volume = await startFilesystem({ prepare: () => [mounted] });
    try {
      expect((await volume.call('list_directory', { path: '.' })).text).toBe('');
      rmSync(source, { recursive: true });
      mkdirSync(source);
      for (let again = 0; again < 2; again++)
        expect(await volume.refusal('list_directory', { path: '.' })).toContain('in a container');
    } finally {
      await volume.stop();
      execFileSync('umount', [mounted]);
    }
  },
);
