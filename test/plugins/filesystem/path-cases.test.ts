import { execFileSync } from 'node:child_process';
import {
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { anonymous, Call, CallContext, filesystemPlugin } from './support/built.ts';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
let root: string;
let outside: string;

beforeAll(async () => {
  fs = await startFilesystem();
  ({ root, outside } = fs);
  mkdirSync(join(root, 'dir'));
  writeFileSync(join(root, 'ok'), 'inside\n');
  writeFileSync(join(root, 'dir', 'file'), 'below\n');
  mkdirSync(join(outside, 'data-evil'));
  writeFileSync(join(outside, 'data-evil', 'x'), 'OUTSIDE');
  mkdirSync(join(outside, 'data '));
  writeFileSync(join(outside, 'data ', 'x'), 'OUTSIDE');
  writeFileSync(join(outside, 'secret.txt'), 'OUTSIDE');
  mkdirSync(join(outside, 'elsewhere'));
  writeFileSync(join(outside, 'elsewhere', 'passwd'), 'OUTSIDE');
});

afterAll(() => fs.stop());

const read = (path: string) => fs.call('read_text_file', { path });
const denied = 'Access denied - path outside allowed directories';

describe('spelling', () => {
  test('dots and doubled slashes that stay inside are allowed', async () => {
    expect((await read(`${root}/./../data/ok`)).data.content).toBe('inside\n');
    expect((await read(`${root}//ok`)).data.content).toBe('inside\n');
    expect((await fs.call('list_directory', { path: `${root}/dir/` })).text).toBe('[FILE] file');
  });

  test('a file with a trailing slash is not a directory', async () => {
    expect(await fs.refusal('read_text_file', { path: `${root}/ok/` })).toContain('ENOTDIR');
    expect(await fs.refusal('read_text_file', { path: `${root}/ok/.` })).toContain('ENOTDIR');
  });

  test('a path through a file, a missing one and a trailing slash are told apart, with what to do next', async () => {
    const { root } = fs;
    expect(await fs.refusal('list_directory', { path: 'ok' })).toContain('read_text_file reads a file');
    expect(await fs.refusal('list_directory', { path: 'ok/child/deeper' })).toContain(`${root}/ok is a file`);
    expect(await fs.refusal('write_file', { path: 'ok/child', content: '' })).toContain(`${root}/ok is a file`);
    expect(await fs.refusal('read_text_file', { path: 'ok/' })).toContain('Drop the trailing slash');
    const missing = await fs.refusal('list_directory', { path: 'gone/deeper' });
    expect(missing).toBe(`ENOENT: no such file or directory: gone/deeper. list_directory shows what is in ${root}.`);
  });

  test.each([
    '/etc/passwd',
    '../secret.txt',
    'dir/../../secret.txt',
    '../data-evil/x',
    '../dat',
    '../data /x',
    '..',
    '/',
  ])('%s is outside', async (path) => {
    expect(await fs.refusal('read_text_file', { path })).toContain(denied);
  });

  test('an existing and a missing outside path are refused with the same words', async () => {
    const words = async (path: string) => (await fs.refusal('read_text_file', { path })).replace(path, 'PATH');
    expect(await words(join(outside, 'secret.txt'))).toBe(await words(join(outside, 'nothing.txt')));
  });

  test.each([
    ['backslashes', '..\\..\\etc\\passwd'],
    ['double quotes', '"ok"'],
    ['single quotes', "'ok'"],
    ['a trailing space', 'ok '],
    ['a trailing newline', 'ok\n'],
    ['a leading tab', '\tok'],
    ["another's home directory", '~root/x'],
    ['an environment variable', '$HOME/x'],
    ['a Windows environment variable', '%USERPROFILE%\\x'],
    ['percent escapes', '%2e%2e/secret.txt'],
  ])('%s are taken literally', async (_, path) => {
    expect(await fs.refusal('read_text_file', { path })).toContain('ENOENT');
  });

  test.each(['~', '~/', '~/secret.txt'])('%s is the home folder, inside the roots or not', async (path) => {
    expect(await fs.refusal('read_text_file', { path })).toContain('outside allowed directories');
    vi.stubEnv('HOME', root);
    try {
      expect((await read('~/ok')).data.content).toBe((await read('ok')).data.content);
    } finally {
      vi.unstubAllEnvs();
    }
  });

  test('a literal name with backslashes is a file of its own', async () => {
    writeFileSync(join(root, 'a\\b'), 'backslash');
    expect((await read('a\\b')).data.content).toBe('backslash');
  });

  test.each(['file:///etc/passwd', 'FILE:/etc/passwd', 'https://example.org/x'])(
    'the URI %s is not a path',
    async (path) => {
      expect(await fs.refusal('read_text_file', { path })).toContain('not a path');
    },
  );

  test.each(['C:relative', 'C:\\x', 'C:/x', '\\\\?\\C:\\x', '\\\\.\\PhysicalDrive0', '\\\\server\\share'])(
    'the Windows path %s is refused on POSIX',
    async (path) => {
      expect(await fs.refusal('write_file', { path, content: 'x' })).toContain('Access denied');
    },
  );

  test('//server/share is outside', async () => {
    expect(await fs.refusal('read_text_file', { path: '//server/share' })).toContain(denied);
  });

  test('NUL and half a surrogate pair are refused', async () => {
    expect(await fs.refusal('read_text_file', { path: 'ok\0.png' })).toContain('NUL');
    expect(await fs.refusal('read_text_file', { path: 'ok\ud800' })).toContain('surrogate');
  });

  test('names that a listing cannot show are not created, and are shown escaped where they exist', async () => {
    for (const name of ['a\nb', 'a\u2028b', 'a\u001b[31m']) {
      expect(await fs.refusal('write_file', { path: name, content: 'x' })).toContain('control');
      expect(await fs.refusal('create_directory', { path: `${name}/x` })).toContain('control');
    }
    // Nor are those of files that are being written, which no listing shows.
    const hidden = `.mcp-${'0'.repeat(24)}.tmp`;
    for (const [tool, args] of [
      ['write_file', { path: hidden, content: 'x' }],
      ['create_directory', { path: `${hidden}/x` }],
      ['copy_file', { source: 'ok', destination: hidden }],
      ['move_file', { source: 'ok', destination: hidden }],
    ] as const)
      expect(await fs.refusal(tool, args)).toContain('the new name');
    mkdirSync(join(root, 'odd'));
    writeFileSync(join(root, 'odd', 'two\nlines'), 'x');
    writeFileSync(join(root, 'odd', '😀.txt'), 'emoji');
    const listing = await fs.call('list_directory', { path: 'odd' });
    expect(listing.text.split('\n')).toEqual(['[FILE] 😀.txt', '[FILE] two\\nlines']);
    expect((await read('odd/two\nlines')).data.content).toBe('x');
    expect((await read('odd/😀.txt')).data.content).toBe('emoji');
  });

  test('the case of names is that of the file system', async () => {
    expect(await fs.refusal('read_text_file', { path: `${root.toUpperCase()}/ok` })).toContain(denied);
  });

  test('a tree with a name in it that is not UTF-8 is left as it is, with a reason', async () => {
    mkdirSync(join(root, 'latin'));
    writeFileSync(Buffer.concat([Buffer.from(`${root}/latin/caf`), Buffer.from([0xe9])]), 'x');
    expect((await fs.call('list_directory', { path: 'latin' })).text).toBe('[FILE] caf\ufffd');
    expect(await fs.refusal('delete_path', { path: 'latin', recursive: true })).toContain('not UTF-8');
    const copy = { source: 'latin', destination: 'latin-copy', recursive: true };
    expect(await fs.refusal('copy_file', copy)).toContain('not UTF-8');
    expect(readdirSync(join(root, 'latin'))).toHaveLength(1);
    expect(existsSync(join(root, 'latin-copy'))).toBe(false);
  });

  test('an empty path and an endless one are refused', async () => {
    expect(await fs.refusal('read_text_file', { path: '' })).toContain('empty');
    expect(await fs.refusal('read_text_file', { path: 'x/'.repeat(5000) })).toContain('ENAMETOOLONG');
    expect(await fs.refusal('read_text_file', { path: 'x'.repeat(300) })).toContain('ENAMETOOLONG');
  });

  test('a name composed otherwise is found if it is the only one', async () => {
    writeFileSync(join(root, 'caf\u00e9.txt'), 'nfc');
    expect((await read('cafe\u0301.txt')).data.content).toBe('nfc');
    writeFileSync(join(root, 'cafe\u0301.txt'), 'nfd');
    expect((await read('cafe\u0301.txt')).data.content).toBe('nfd');
    expect((await read('caf\u00e9.txt')).data.content).toBe('nfc');
  });

  test('two names that differ only in composition are ambiguous for a third spelling', async () => {
    writeFileSync(join(root, 'a\u0323\u0307'), '1');
    writeFileSync(join(root, '\u1ea1\u0307'), '2');
    expect(await fs.refusal('read_text_file', { path: 'a\u0307\u0323' })).toContain('Ambiguous Unicode');
  });
});

describe('links', () => {
  beforeAll(() => {
    symlinkSync(join(outside, 'elsewhere'), join(root, 'out'));
    symlinkSync('out', join(root, 'chain-b'));
    symlinkSync('chain-b', join(root, 'chain-a'));
    symlinkSync('../../etc', join(root, 'relative-out'));
    symlinkSync('/etc/mcp-never-there', join(root, 'dangling'));
    symlinkSync(join(outside, 'nothing'), join(root, 'dangling-near'));
    symlinkSync('loop-self', join(root, 'loop-self'));
    symlinkSync('loop-b', join(root, 'loop-a'));
    symlinkSync('loop-a', join(root, 'loop-b'));
    symlinkSync('dir', join(root, 'in'));
    symlinkSync(join(root, 'dir', 'file'), join(root, 'in-file'));
    symlinkSync('/dev/zero', join(root, 'zero'));
    symlinkSync('/dev/tty', join(root, 'tty'));
  });

  test.each(['out/passwd', 'chain-a/passwd', 'relative-out/passwd', 'dangling', 'zero', 'tty', 'out', 'out/missing'])(
    'reading through %s is refused as outside',
    async (path) => {
      expect(await fs.refusal('read_text_file', { path })).toContain(denied);
      expect(await fs.refusal('get_file_info', { path })).toContain(denied);
    },
  );

  test('links that stay inside are followed', async () => {
    expect((await read('in/file')).data.content).toBe('below\n');
    expect((await read('in-file')).data.content).toBe('below\n');
  });

  test('a dangling link is never written, made a directory or filled below', async () => {
    for (const path of ['dangling', 'dangling-near']) {
      expect(await fs.refusal('write_file', { path, content: 'x' })).toContain(denied);
      expect(await fs.refusal('create_directory', { path })).toContain(denied);
      expect(await fs.refusal('create_directory', { path: `${path}/a/b` })).toContain(denied);
    }
    expect(await fs.refusal('create_directory', { path: 'out/new/a/b' })).toContain(denied);
    expect(await fs.refusal('write_file', { path: 'out/new.txt', content: 'x' })).toContain(denied);
    expect(existsSync(join(outside, 'nothing'))).toBe(false);
    expect(readdirSync(join(outside, 'elsewhere'))).toEqual(['passwd']);
  });

  test.each(['loop-self', 'loop-a', 'loop-a/x'])('the loop %s ends with ELOOP', async (path) => {
    expect(await fs.refusal('read_text_file', { path })).toContain('ELOOP');
  });

  test('listing, tree and search show links as links and never what they point to', async () => {
    const listing = await fs.call('list_directory_with_sizes', { path: '.' });
    const link = listing.data.entries.find((entry: { name: string }) => entry.name === 'zero');
    expect(link).toMatchObject({ type: 'symlink', size: '/dev/zero'.length });
    const tree = await fs.call('directory_tree', { path: '.' });
    expect(tree.data.tree.find((node: { name: string }) => node.name === 'out')).toEqual({
      name: 'out',
      type: 'symlink',
    });
    const found = await fs.call('search_files', { path: '.', pattern: '**/passwd' });
    expect(found.text).toBe('No matches found');
    expect((await fs.call('search_content', { path: '.', query: 'OUTSIDE' })).data.total).toBe(0);
  });

  test('deleting a link deletes the link alone', async () => {
    symlinkSync('dir', join(root, 'to-delete'));
    await fs.call('delete_path', { path: 'to-delete', recursive: true });
    expect(lstatSync(join(root, 'to-delete'), { throwIfNoEntry: false })).toBeUndefined();
    expect(readdirSync(join(root, 'dir'))).toEqual(['file']);
    symlinkSync(join(outside, 'elsewhere'), join(root, 'to-delete'));
    await fs.call('delete_path', { path: 'to-delete', recursive: true, permanent: true });
    expect(readdirSync(join(outside, 'elsewhere'))).toEqual(['passwd']);
  });

  test('a link with a trailing slash is not deleted through', async () => {
    expect(await fs.refusal('delete_path', { path: 'in/', recursive: true })).toContain('ENOTDIR');
    expect(readdirSync(join(root, 'dir'))).toEqual(['file']);
  });

  test('copying a tree copies links as links', async () => {
    mkdirSync(join(root, 'tree'));
    symlinkSync(join(outside, 'elsewhere'), join(root, 'tree', 'out'));
    writeFileSync(join(root, 'tree', 'plain'), 'plain');
    await fs.call('copy_file', { source: 'tree', destination: 'tree-copy', recursive: true });
    expect(readlinkSync(join(root, 'tree-copy', 'out'))).toBe(join(outside, 'elsewhere'));
    expect(readFileSync(join(root, 'tree-copy', 'plain'), 'utf8')).toBe('plain');
  });

  test('moving a link moves the link', async () => {
    symlinkSync(join(outside, 'elsewhere'), join(root, 'movable'));
    await fs.call('move_file', { source: 'movable', destination: 'moved-link' });
    expect(readlinkSync(join(root, 'moved-link'))).toBe(join(outside, 'elsewhere'));
    expect(readdirSync(join(outside, 'elsewhere'))).toEqual(['passwd']);
  });

  test('writing to a hard link leaves the other name as it was', async () => {
    writeFileSync(join(outside, 'hard'), 'untouched');
    linkSync(join(outside, 'hard'), join(root, 'hard'));
    await fs.call('write_file', { path: 'hard', content: 'new' });
    await fs.call('edit_file', { path: 'hard', edits: [{ oldText: 'new', newText: 'newer' }] });
    expect(readFileSync(join(outside, 'hard'), 'utf8')).toBe('untouched');
    expect(readFileSync(join(root, 'hard'), 'utf8')).toBe('newer');
  });
});

describe('roots', () => {
  test('a root may be spelled with slashes at its end, be a link, and be named by both spellings', async () => {
    const other = await startFilesystem({
      prepare: (folder) => {
        symlinkSync('data', join(folder, 'link'));
        return [`${folder}/link//`];
      },
    });
    writeFileSync(join(other.root, 'x'), 'x');
    expect((await other.call('read_text_file', { path: join(other.outside, 'link', 'x') })).data.content).toBe('x');
    expect((await other.call('read_text_file', { path: join(other.root, 'x') })).data.content).toBe('x');
    await other.stop();
  });

  test('a root replaced by a link after the start stays the folder that was opened', async () => {
    const other = await startFilesystem();
    writeFileSync(join(other.root, 'x'), 'opened');
    mkdirSync(join(other.outside, 'trap'));
    writeFileSync(join(other.outside, 'trap', 'x'), 'OUTSIDE');
    renameSync(other.root, join(other.outside, 'was-data'));
    symlinkSync('trap', other.root);
    expect((await other.call('read_text_file', { path: join(other.root, 'x') })).data.content).toBe('opened');
    await other.call('write_file', { path: join(other.root, 'y'), content: 'y' });
    expect(readdirSync(join(other.outside, 'trap'))).toEqual(['x']);
    await other.stop();
  });

  test('the whole machine is a root only if the configuration says so, and never its kernel files', async () => {
    const closed = await startFilesystem({ config: { roots: ['/'] } });
    expect((await closed.running.health()).reason).toContain('allowSystemRoot');
    await closed.stop();
    const open = await startFilesystem({ config: { roots: ['/'], allowSystemRoot: true } });
    writeFileSync(join(open.root, 'x'), 'x');
    expect((await open.call('read_text_file', { path: join(open.root, 'x') })).data.content).toBe('x');
    for (const path of ['/proc/self/environ', '/sys/kernel/notes', '/dev/zero', '/dev/fd/0', '/dev/stdin', '/proc']) {
      expect(await open.refusal('read_text_file', { path })).toContain(denied);
    }
    expect(await open.refusal('list_directory', { path: '/proc' })).toContain(denied);
    await open.stop();
  });

  test('a read-only root is not written, not even through a link from a writable one', async () => {
    const two = await startFilesystem({
      prepare: (folder) => {
        mkdirSync(join(folder, 'fixed'));
        return [join(folder, 'data'), { path: join(folder, 'fixed'), rights: 'ro' }];
      },
    });
    writeFileSync(join(two.outside, 'fixed', 'x'), 'x');
    symlinkSync(join(two.outside, 'fixed'), join(two.root, 'to-fixed'));
    expect((await two.call('read_text_file', { path: 'to-fixed/x' })).data.content).toBe('x');
    expect(await two.refusal('write_file', { path: 'to-fixed/x', content: 'y' })).toContain('read-only');
    expect(await two.refusal('write_file', { path: join(two.outside, 'fixed', 'y'), content: 'y' })).toContain(
      'read-only',
    );
    expect(await two.refusal('delete_path', { path: join(two.outside, 'fixed', 'x') })).toContain('read-only');
    await two.stop();
  });

  test('no root can be deleted or moved, nor a directory that holds one', async () => {
    const nested = await startFilesystem({
      prepare: (folder) => {
        mkdirSync(join(folder, 'data', 'a', 'inner'), { recursive: true });
        return [join(folder, 'data'), { path: join(folder, 'data', 'a', 'inner'), rights: 'ro' }];
      },
    });
    expect(await nested.refusal('delete_path', { path: nested.root, recursive: true })).toContain('allowed directory');
    expect(await nested.refusal('delete_path', { path: 'a', recursive: true })).toContain('allowed directory');
    expect(await nested.refusal('move_file', { source: 'a', destination: 'b' })).toContain('allowed directory');
    await nested.stop();
  });

  test('without write the writing tools are not there at all', async () => {
    const reader = await startFilesystem({ config: { write: false } });
    expect(reader.tools).toContain('read_text_file');
    expect(reader.tools).not.toContain('write_file');
    expect(reader.tools.filter((name) => /write|edit|create|move|copy|delete|undo|patch|extract/.test(name))).toEqual(
      [],
    );
    await reader.stop();
  });
});

describe('special files', () => {
  test('a FIFO is refused at once', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')]);
    const before = Date.now();
    expect(await fs.refusal('read_text_file', { path: 'pipe' })).toContain('fifo');
    expect(await fs.refusal('write_file', { path: 'pipe', content: 'x' })).toContain('fifo');
    expect(await fs.refusal('edit_file', { path: 'pipe', edits: [{ oldText: 'a', newText: 'b' }] })).toContain('fifo');
    expect((await fs.call('search_content', { path: '.', query: 'zzz' })).data.total).toBe(0);
    expect(Date.now() - before).toBeLessThan(5000);
    expect((await fs.call('get_file_info', { path: 'pipe' })).data.type).toBe('fifo');
  });
});

describe('deny patterns', () => {
  const secrets = [
    '.env',
    '.ENV',
    '.env.production',
    'key.pem',
    'id_rsa',
    '.git/config',
    '.npmrc',
    '.kube/config',
    '.aws/credentials',
    'a/.ssh/known_hosts',
    'gcp-service-account-1.json',
    '.git/modules/vendor/lib/config',
    '.git/worktrees/w/gitdir',
    '.git-credentials',
    '.envrc',
    '.env~',
    'credentials.json',
    'secrets.yml',
    'Secrets.yaml',
    '.m2/settings.xml',
    '.bash_history',
    '.node_repl_history',
    'wallet.dat',
  ];

  test.each(secrets)('%s is neither read, found, written, copied, moved nor deleted', async (path) => {
    mkdirSync(join(root, 'deny', path, '..'), { recursive: true });
    writeFileSync(join(root, 'deny', path), 'TOPSECRET');
    const target = `deny/${path}`;
    for (const [tool, args] of [
      ['read_text_file', { path: target }],
      ['read_media_file', { path: target }],
      ['get_file_info', { path: target, hash: true }],
      ['write_file', { path: target, content: 'x' }],
      ['edit_file', { path: target, edits: [{ oldText: 'TOP', newText: '' }] }],
      ['copy_file', { source: target, destination: 'copied' }],
      ['move_file', { source: target, destination: 'moved' }],
      ['delete_path', { path: target }],
      ['search_content', { path: target, query: 'TOPSECRET' }],
    ] as const) {
      expect(await fs.refusal(tool, args), tool).toContain('deny pattern');
    }
    expect((await fs.call('read_multiple_files', { paths: [target] })).text).not.toContain('TOPSECRET');
    expect(readFileSync(join(root, 'deny', path), 'utf8')).toBe('TOPSECRET');
  });

  test('no search finds them, with either engine', async () => {
    expect((await fs.call('search_content', { path: 'deny', query: 'TOPSECRET', gitignore: false })).data.total).toBe(
      0,
    );
    expect((await fs.call('search_files', { path: 'deny', pattern: '**/*.pem' })).text).toBe('No matches found');
    const plain = await startFilesystem({ prepare: () => [root], config: { search: { ripgrep: 'never' } } });
    expect(
      (await plain.call('search_content', { path: 'deny', query: 'TOPSECRET', gitignore: false })).data.total,
    ).toBe(0);
    await plain.stop();
  });

  test('the resolved path counts as well as the one that was asked for', async () => {
    mkdirSync(join(root, 'resolved'));
    writeFileSync(join(root, 'resolved', '.env'), 'TOPSECRET');
    writeFileSync(join(root, 'resolved', 'plain'), 'plain');
    symlinkSync('.env', join(root, 'resolved', 'innocent'));
    symlinkSync('plain', join(root, 'resolved', 'server.key'));
    expect(await fs.refusal('read_text_file', { path: 'resolved/innocent' })).toContain('deny pattern');
    expect(await fs.refusal('read_text_file', { path: 'resolved/server.key' })).toContain('deny pattern');
  });

  test.each([
    ['secret[!0-4].txt', ['secret5.txt', 'secretx.txt'], ['secret1.txt']],
    ['month{1..12}.log', ['month1.log', 'month11.log', 'sub/month12.log'], ['month13.log']],
    ['p{08..12}.x', ['p08.x', 'p12.x'], ['p8.x']],
    ['private (old).txt', ['private (old).txt'], ['private old.txt']],
    ['plan(b).txt', ['sub/plan(b).txt'], ['planb.txt']],
    ['{x,y}.lit', ['x.lit', 'y.lit', '{x,y}.lit'], ['z.lit']],
    ['key[1].txt', ['key1.txt', 'key[1].txt'], ['key2.txt']],
    ['dir (1)/**', ['dir (1)/a/b.txt'], ['dir 1/b.txt']],
    ['closed/', ['closed/a.txt', 'sub/closed/a.txt'], ['closed.txt']],
    ['./rel.txt', ['rel.txt', 'sub/rel.txt'], ['rel.txt.x']],
    ['a|b.txt', ['a|b.txt'], ['b.txt']],
    ['[[:upper:]]PPER', ['UPPER', 'sub/XPPER'], ['1PPER']],
    ['[!A-Z]*.kk', ['abc.kk'], ['kk']],
    ['[A-z]x.q', ['_x.q', 'ax.q', 'AX.Q'], ['1x.q']],
    ['{tdir1/,tdir2/}', ['tdir1/x', 'sub/tdir2/x'], ['tdir3/x']],
    ['{./rel1,./rel2}', ['rel1', 'rel2'], ['rel3']],
    ['.//y77', ['y77'], ['y78']],
    ['rel2/./secret.txt', ['rel2/secret.txt'], ['secret.txt']],
    ['[😀]x.p', ['😀x.p'], ['😁x.p']],
    ['?ecret.p', ['😀ecret.p', 'secret.p'], ['ecret.p']],
    ['!(public).inf', ['private.inf'], ['public.inf']],
    ['key-[[:digit:]].txt', ['key-1.txt'], ['key-a.txt']],
  ])('%s covers what a shell takes it for', async (pattern, covered, free) => {
    const own = await startFilesystem({ config: { deny: { read: [pattern] } } });
    for (const path of [...covered, ...free]) {
      mkdirSync(join(own.root, path, '..'), { recursive: true });
      writeFileSync(join(own.root, path), 'needle');
    }
    for (const path of covered) expect(await own.refusal('read_text_file', { path }), path).toContain('deny pattern');
    for (const path of free) expect((await own.call('read_text_file', { path })).text, path).toBe('needle');
    const { data } = await own.call('search_content', { path: '.', query: 'needle' });
    expect(data.total).toBe(free.length);
    await own.stop();
  });

  test('a pattern that says nothing or too much is refused at start, a path outside every root is warned of', async () => {
    for (const pattern of ['/', '!', './', '.', '../x', '{a,b}'.repeat(12), '{1..100000}', '!(a)'.repeat(9)])
      await expect(startFilesystem({ config: { deny: { read: [pattern] } } }), pattern).rejects.toThrow(
        'names nothing',
      );
    const own = await startFilesystem({ config: { deny: { read: ['/elsewhere/*.txt', '**/x'] } } });
    expect(own.logged).toContainEqual(
      expect.objectContaining({ level: 'warn', fields: { patterns: ['/elsewhere/*.txt'] } }),
    );
    await own.stop();
  });

  test('two slashes at its beginning are one, and ~ is the home folder, as in paths', async () => {
    for (const own of [`//${fs.root}/dbl/`, `${fs.root}/./dbl`]) {
      const denied = await startFilesystem({ prepare: () => [fs.root], config: { deny: { read: [own] } } });
      mkdirSync(join(fs.root, 'dbl'), { recursive: true });
      writeFileSync(join(fs.root, 'dbl/x'), 'x');
      expect(await denied.refusal('read_text_file', { path: 'dbl/x' })).toContain('deny pattern');
      expect(denied.logged.filter(({ level }) => level === 'warn')).toEqual([]);
      await denied.stop();
    }
    const home = await startFilesystem({ config: { deny: { read: ['~/private'] } } });
    expect(home.logged).toContainEqual(expect.objectContaining({ fields: { patterns: [join(homedir(), 'private')] } }));
    await home.stop();
  });

  test('a tree marks a protected directory instead of showing it as empty', async () => {
    mkdirSync(join(fs.root, 'home/.ssh'), { recursive: true });
    writeFileSync(join(fs.root, 'home/.ssh/config'), 'x');
    const { text } = await fs.call('directory_tree', { path: 'home' });
    expect(JSON.parse(text)).toEqual([{ name: '.ssh', type: 'directory', children: [], protected: true }]);
    const indented = await fs.call('directory_tree', { path: 'home', format: 'text' });
    expect(indented.text).toBe('.ssh/ [protected]');
  });

  test('examples are not secrets, and the operator can add patterns and exceptions', async () => {
    writeFileSync(join(root, '.env.example'), 'EXAMPLE=1');
    expect((await read('.env.example')).data.content).toBe('EXAMPLE=1');
    const own = await startFilesystem({ config: { deny: { read: ['*.secret', '!.env.local'], write: ['*.lock'] } } });
    writeFileSync(join(own.root, 'a.secret'), 'x');
    writeFileSync(join(own.root, '.env.local'), 'x');
    writeFileSync(join(own.root, 'p.lock'), 'x');
    expect(await own.refusal('read_text_file', { path: 'a.secret' })).toContain('deny pattern');
    expect((await own.call('read_text_file', { path: '.env.local' })).data.content).toBe('x');
    expect((await own.call('read_text_file', { path: 'p.lock' })).data.content).toBe('x');
    expect(await own.refusal('write_file', { path: 'p.lock', content: 'y' })).toContain('deny pattern');
    await own.stop();
  });

  test.each([
    '.git',
    '.git/HEAD',
    '.git/hooks/pre-commit',
    '.git/modules/x/config',
    '.git/worktrees/x/config.worktree',
    '.git/commondir',
    'sub/.GIT/Hooks/x',
    '.gitmodules',
    '.gitconfig',
    '.config/git/config',
    '.vscode/tasks.json',
    '.vscode/x.code-workspace',
    '.idea/runConfigurations/x.xml',
    '.devcontainer/devcontainer.json',
    '.devcontainer.json',
    '.pre-commit-config.yaml',
    '.husky/pre-push',
    '.vimrc',
    '.exrc',
    '.nvimrc',
    '.nvim.lua',
    '.config/nvim/init.lua',
    '.Bashrc',
    '.bash_anything',
    '.zshrc.local',
    '.profile',
    '.login',
    '.logout',
    '.xprofile',
    '.xinitrc',
    '.xsession',
    '.envrc',
    '.npmrc',
    '.yarnrc.yml',
    '.ssh/id.pub',
    '.config/fish/config.fish',
    '.config/autostart/x.desktop',
    '.config/systemd/user/x.service',
    '.local/share/applications/x.desktop',
  ])('%s, which something runs, is not written', async (path) => {
    expect(await fs.refusal('write_file', { path: `code/${path}`, content: 'x', create_parents: true })).toContain(
      'deny pattern',
    );
    await fs.call('write_file', { path: 'harmless', content: 'x' });
    mkdirSync(join(root, 'code', path, '..'), { recursive: true });
    const move = { source: 'harmless', destination: `code/${path}` };
    for (const tool of ['move_file', 'copy_file']) expect(await fs.refusal(tool, move)).toContain('deny pattern');
    expect(existsSync(join(root, 'code', path))).toBe(false);
  });

  test('a directory is not renamed so that what is in it gains or loses protection', async () => {
    mkdirSync(join(root, 'repo', '.git', 'objects'), { recursive: true });
    writeFileSync(join(root, 'repo', '.git', 'config'), 'TOPSECRET');
    expect(await fs.refusal('move_file', { source: 'repo/.git', destination: 'repo/git' })).toContain('deny pattern');
    mkdirSync(join(root, 'repo2', 'prepared', 'hooks'), { recursive: true });
    writeFileSync(join(root, 'repo2', 'prepared', 'hooks', 'pre-commit'), 'rm -rf');
    expect(await fs.refusal('move_file', { source: 'repo2/prepared', destination: 'repo2/.git' })).toContain(
      'deny pattern',
    );
    const copy = await fs.call('copy_file', { source: 'repo', destination: 'repo-copied', recursive: true });
    expect(copy.data.skipped).toBeGreaterThan(0);
    expect(existsSync(join(root, 'repo-copied', '.git', 'config'))).toBe(false);
  });

  test.each([
    ['.env', 'deep/x/.env'],
    ['.git', 'deep/.git/HEAD'],
    ['.bashrc', 'deep/x/.bashrc'],
  ])('a directory is neither deleted nor moved with a %s in it', async (name, path) => {
    const folder = join(root, `around-${name.slice(1)}`);
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), 'kept');
    const source = `around-${name.slice(1)}`;
    for (const permanent of [false, true])
      expect(await fs.refusal('delete_path', { path: source, recursive: true, permanent })).toContain(name);
    expect(await fs.refusal('move_file', { source, destination: 'elsewhere' })).toContain(name);
    expect(readFileSync(join(folder, path), 'utf8')).toBe('kept');
  });

  test('a folder that git would take for a repository is neither made nor changed', async () => {
    mkdirSync(join(root, 'bare', 'objects'), { recursive: true });
    mkdirSync(join(root, 'bare', 'refs'));
    await fs.call('write_file', { path: 'bare/config', content: 'x' });
    expect(await fs.refusal('write_file', { path: 'bare/HEAD', content: 'x' })).toContain('deny pattern');
    writeFileSync(join(root, 'bare', 'HEAD'), 'ref: refs/heads/main');
    const hook = { path: 'bare/hooks/post-checkout', content: 'x', create_parents: true };
    expect(await fs.refusal('write_file', hook)).toContain('deny pattern');
    expect(await fs.refusal('write_file', { path: 'bare/config', content: 'y' })).toContain('deny pattern');
    expect(await fs.refusal('write_file', { path: 'bare/commondir', content: 'y' })).toContain('deny pattern');
    await fs.call('write_file', { path: 'bare/notes', content: 'y' });
  });

  test('nor do calls at the same time make one together', async () => {
    for (let i = 0; i < 30; i++) {
      const repository = `together-${i}`;
      await fs.call('create_directory', { path: `${repository}/refs` });
      await Promise.allSettled([
        fs.call('write_file', { path: `${repository}/HEAD`, content: 'ref: refs/heads/main\n' }),
        fs.call('create_directory', { path: `${repository}/objects` }),
        fs.call('copy_file', { source: 'ok', destination: `${repository}/HEAD` }),
      ]);
      expect(readdirSync(join(root, repository)).sort()).not.toEqual(['HEAD', 'objects', 'refs']);
    }
  });

  test.each(['.\u017fsh/x', '.g\u200cit/hooks/x', '.ENV', '\ufeff.env', 'ID_R\u017fA'])(
    '%j, which some file system takes for another spelling of a protected name, is not written',
    async (path) => {
      const args = { path: `spelt/${path}`, content: 'x', create_parents: true };
      expect(await fs.refusal('write_file', args)).toContain('deny pattern');
    },
  );

  describe('with deny.insideTrees: false', () => {
    let open: Filesystem;
    beforeAll(async () => {
      open = await startFilesystem({ config: { deny: { insideTrees: false } } });
      for (const path of ['.git/hooks', '.docker']) mkdirSync(join(open.root, 'project', path), { recursive: true });
      for (const path of ['.git/config', '.env', '.docker/config.json'])
        writeFileSync(join(open.root, 'project', path), 'TOPSECRET');
    });
    afterAll(() => open.stop());

    test('a project is moved, deleted and brought back with what is protected in it', async () => {
      await open.call('move_file', { source: 'project', destination: 'moved' });
      expect(readFileSync(join(open.root, 'moved/.git/config'), 'utf8')).toBe('TOPSECRET');
      const { data } = await open.call('delete_path', { path: 'moved', recursive: true });
      expect(readdirSync(open.root)).toEqual([]);
      await open.call('undo_change', { change_id: data.change_id });
      expect(readFileSync(join(open.root, 'moved/.env'), 'utf8')).toBe('TOPSECRET');
      await open.call('move_file', { source: 'moved', destination: 'project' });
    });

    test('but nothing gains or loses its protection by being moved', async () => {
      const move = { source: 'project/.docker', destination: 'project/docker' };
      expect(await open.refusal('move_file', move)).toContain('config.json');
      mkdirSync(join(open.root, 'prepared/git'), { recursive: true });
      writeFileSync(join(open.root, 'prepared/git/config'), 'x');
      expect(await open.refusal('move_file', { source: 'prepared', destination: '.config' })).toContain('protected');
      expect(await open.refusal('delete_path', { path: 'project/.git', recursive: true })).toContain('deny pattern');
      expect(await open.refusal('read_text_file', { path: 'project/.env' })).toContain('deny pattern');
    });
  });

  test('a directory too large to look through is not deleted', async () => {
    const small = await startFilesystem({ config: { limits: { walkEntries: 3 } } });
    mkdirSync(join(small.root, 'big'));
    for (const name of 'abcd') writeFileSync(join(small.root, 'big', name), 'x');
    expect(await small.refusal('delete_path', { path: 'big', recursive: true })).toContain('limits.walkEntries');
    expect(readdirSync(join(small.root, 'big'))).toHaveLength(4);
    await small.stop();
  });

  test('the trash is closed even where it is inside a root', async () => {
    const inside = await startFilesystem({ prepare: (folder) => [folder] });
    await inside.call('write_file', { path: 'data/x', content: '1' });
    await inside.call('write_file', { path: 'data/x', content: '2' });
    const trash = join(inside.outside, 'gateway-data', 'trash');
    expect(existsSync(trash)).toBe(true);
    expect(await inside.refusal('list_directory', { path: trash })).toContain(denied);
    expect(await inside.refusal('delete_path', { path: 'gateway-data', recursive: true })).toContain("gateway's own");
    expect((await inside.call('search_files', { path: '.', pattern: '**/changes' })).text).toBe('No matches found');
    await inside.stop();
  });
});

describe('resources', () => {
  test('read_multiple_files with 10,000 paths reads what the caps allow and says what is left', async () => {
    const { data, text } = await fs.call('read_multiple_files', { paths: Array.from({ length: 10_000 }, () => 'ok') });
    expect(data.files).toHaveLength(100);
    expect(data.not_read).toBe(9900);
    expect(text).toContain('9900 files not read');
  });

  test('a pattern made to backtrack ends quickly', async () => {
    writeFileSync(join(root, 'aaa.txt'), `${'a'.repeat(50_000)}b\n`);
    const before = Date.now();
    for (const query of ['^(a+)+$', '(a|aa)+$', '(a*)*c', 'a*a*a*a*a*a*c', 'a*a*a*a*c']) {
      expect((await fs.call('search_content', { path: 'aaa.txt', query, regex: true })).data.total).toBe(0);
    }
    expect(Date.now() - before).toBeLessThan(20_000);
  });

  test.each(['{a,b}'.repeat(30), '**/'.repeat(40), `+(${'+('.repeat(5)}a${')'.repeat(6)}`, 'x'.repeat(5000)])(
    'the glob %s is refused as too complex',
    async (pattern) => {
      expect(await fs.refusal('search_files', { path: '.', pattern })).toContain('too complex');
    },
  );

  test('a stack of globstars ends', async () => {
    expect((await fs.call('search_files', { path: '.', pattern: '**/**/**/**/ok' })).data.paths).toContain(
      join(root, 'ok'),
    );
  });
});

describe('file:// resources', () => {
  test('are held to the same rules as the tools', async () => {
    const [template] = filesystemPlugin.resourceTemplates;
    if (!template) throw new Error('no resource template');
    const { deps } = await fs.running.instance();
    const context = new CallContext(new Call(anonymous, 'test'), fs.running, deps);
    const fetch = async (path: string) => template.read(context, { path }, `file:///${path}`);
    expect(await fetch(`${root.slice(1)}/ok`)).toEqual([
      { uri: `file://${root}/ok`, mimeType: 'text/plain', text: 'inside\n' },
    ]);
    await expect(fetch('etc/passwd')).rejects.toThrow(denied);
    await expect(fetch(`${root.slice(1)}/out/passwd`)).rejects.toThrow(denied);
    await expect(fetch(`${root.slice(1)}/resolved/.env`)).rejects.toThrow('deny pattern');
  });
});

describe('never overwriting', () => {
  test('a destination made in the meantime survives: of many moves to one name exactly one wins', async () => {
    mkdirSync(join(root, 'many'));
    for (let i = 0; i < 20; i++) writeFileSync(join(root, 'many', `${i}`), `${i}`);
    const moves = Array.from({ length: 20 }, (_, i) =>
      fs.call('move_file', { source: `many/${i}`, destination: 'many/winner' }).then(
        () => 1,
        () => 0,
      ),
    );
    const won = (await Promise.all(moves)).reduce<number>((sum, one) => sum + one, 0);
    expect(won).toBe(1);
    expect(readdirSync(join(root, 'many'))).toHaveLength(20);
  });

  test('mode create never replaces', async () => {
    writeFileSync(join(root, 'there'), 'old');
    expect(await fs.refusal('write_file', { path: 'there', content: 'new', mode: 'create' })).toContain('EEXIST');
    expect(readFileSync(join(root, 'there'), 'utf8')).toBe('old');
  });
});
