import {
  chmodSync,
  chownSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { crasherIn } from './support/crash.ts';
import { startFilesystem } from './support/filesystem.ts';
import { mountMemory } from './support/memory-disk.ts';

// A crash between the copy of a tree to another disk and the removal of the original, and what somebody changes in the
// original before the next start.

const folder = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-changed-')));
const memory = mountMemory('changes after a crash between two disks were not tried');
const crash = crasherIn(folder);
const [root, other, data] = [join(folder, 'root'), join(memory?.path ?? folder, 'other'), join(folder, 'data')];
const at = (name: string) => join(root, name);

afterAll(() => {
  memory?.remove();
  rmSync(folder, { recursive: true, force: true });
});

/** What is moved or deleted stands in `base`. */
function makeWorld(base: string): void {
  for (const one of [root, other, data]) rmSync(one, { recursive: true, force: true });
  for (const one of [root, other, join(base, 'dir/inner')]) mkdirSync(one, { recursive: true });
  for (const name of ['f', 'dir/a', 'dir/inner/b', 'dir/named']) writeFileSync(join(base, name), name);
  linkSync(join(base, 'dir/named'), join(base, 'dir/named-too'));
  symlinkSync('nowhere', join(base, 'dir/link'));
}

type Ways = [what: string, name: string, how: (path: string) => void][];

const later = new Date(1_700_000_000_000);
const changes: Ways = [
  ['a link that leads elsewhere', 'link', leadElsewhere],
  ['other permissions of a file', 'a', (path) => chmodSync(path, 0o600)],
  ['other permissions of a directory', 'inner', (path) => chmodSync(path, 0o700)],
  ['other content of the same size and time', 'a', sameSizeAndTime],
  ['other permissions of a file with two names', 'named', (path) => chmodSync(path, 0o600)],
  ...(process.getuid?.() === 0 ? ownerChanges() : []),
];

function leadElsewhere(path: string): void {
  unlinkSync(path);
  symlinkSync('elsewhere', path);
}

function sameSizeAndTime(path: string): void {
  const { atime, mtime } = lstatSync(path);
  writeFileSync(path, readFileSync(path, 'utf8').toUpperCase());
  utimesSync(path, atime, mtime);
}

function ownerChanges(): Ways {
  return [
    ['another owner of a file', 'a', (path) => chownSync(path, 1234, 0)],
    ['another group of a directory', 'inner', (path) => chownSync(path, 0, 2345)],
  ];
}

function openStep(): Record<string, unknown> | undefined {
  const folder = join(data, 'trash/changes');
  const [name] = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return name === undefined ? undefined : JSON.parse(readFileSync(join(folder, name), 'utf8')).steps.at(-1);
}

const asideIn = (base: string) => join(base, readdirSync(base).find((name) => name.endsWith('.tmp')) ?? '');

/** Where each call was, to be found at once the next time. */
const known = new Map<string, number>();

/** Crashes when the copy is whole and has its name, and the first entry of the original is about to be removed. */
async function crashBeforeRemoval(base: string, tool: string, args: Record<string, unknown>): Promise<void> {
  const key = JSON.stringify([tool, args]);
  for (let n = known.get(key) ?? 1; ; n++) {
    makeWorld(base);
    const ended = await crash({ data, roots: [root, other] }, n, [[tool, args]]);
    expect(ended, 'ended before the original was removed').toBe(false);
    const { asOf, to, backup } = openStep() ?? {};
    known.set(key, n);
    if (asOf !== undefined && existsSync(String(to ?? join(data, 'trash/items', String(backup))))) return;
  }
}

const move = { source: 'dir', destination: join(other, 'dir') };
const restart = () =>
  startFilesystem({ prepare: () => [root, other], config: { trash: { folder: join(data, 'trash') } } });

test.runIf(memory).each(changes)('%s keeps the original of a move', { timeout: 120_000 }, async (_, name, how) => {
  await crashBeforeRemoval(root, 'move_file', move);
  const aside = asideIn(root);
  how(join(aside, name));
  const before = stateOf(join(aside, name));
  const fs = await restart();
  try {
    expect(readdirSync(root).sort()).toEqual(['dir', 'f']);
    expect(stateOf(at(`dir/${name}`))).toEqual(before);
    const { text, data } = await fs.call('list_changes', {});
    expect(data.changes).toMatchObject([{ tool: 'move_file', note: expect.stringContaining('at its old place too') }]);
    expect(text).toContain(data.changes[0].note);
    expect(fs.logged.filter(({ level }) => level === 'warn')).toMatchObject([{ fields: { tool: 'move_file' } }]);
    expect(await fs.refusal('undo_change', { change_id: data.changes[0].change_id })).toContain('exists again');
  } finally {
    await fs.stop();
  }
});

test.runIf(memory)('nothing changed, so the original of a move goes', { timeout: 120_000 }, async () => {
  await crashBeforeRemoval(root, 'move_file', move);
  const fs = await restart();
  try {
    expect(readdirSync(root).sort()).toEqual(['f']);
    const { changes } = (await fs.call('list_changes', {})).data;
    expect(changes).toMatchObject([{ tool: 'move_file', recoverable: true }]);
    expect(changes[0].note).toBeUndefined();
    await fs.call('undo_change', { change_id: changes[0].change_id });
    expect(readlinkSync(at('dir/link'))).toBe('nowhere');
    expect(lstatSync(at('dir/named')).nlink).toBe(2);
  } finally {
    await fs.stop();
  }
});

test.runIf(memory)(
  'a directory whose other names and entries are gone already goes',
  { timeout: 120_000 },
  async () => {
    await crashBeforeRemoval(root, 'move_file', move);
    const aside = asideIn(root);
    for (const name of ['named', 'inner/b', 'link']) unlinkSync(join(aside, name));
    await (await restart()).stop();
    expect(readdirSync(root).sort()).toEqual(['f']);
  },
);

test.runIf(memory).each([
  ['f', (path: string) => chmodSync(path, 0o600)],
  ['f', (path: string) => utimesSync(path, later, later)],
])('%s, a file that was changed, stays where it was moved from', { timeout: 120_000 }, async (name, how) => {
  const args = { source: name, destination: join(other, name) };
  await crashBeforeRemoval(root, 'move_file', args);
  how(at(name));
  const before = stateOf(at(name));
  const fs = await restart();
  try {
    expect(stateOf(at(name))).toEqual(before);
    expect((await fs.call('list_changes', {})).text).toContain('at its old place too');
  } finally {
    await fs.stop();
  }
});

test.runIf(memory).each(changes)(
  '%s keeps the original of a delete, the trash being on another disk',
  { timeout: 120_000 },
  async (_, name, how) => {
    await crashBeforeRemoval(other, 'delete_path', { path: join(other, 'dir'), recursive: true });
    const aside = asideIn(other);
    how(join(aside, name));
    const before = stateOf(join(aside, name));
    const fs = await restart();
    try {
      expect(readdirSync(other).sort()).toEqual(['dir', 'f']);
      expect(stateOf(join(other, 'dir', name))).toEqual(before);
      const { changes } = (await fs.call('list_changes', {})).data;
      expect(changes).toMatchObject([{ tool: 'delete_path', note: expect.stringContaining('at its old place too') }]);
    } finally {
      await fs.stop();
    }
  },
);

function stateOf(path: string) {
  const { mode, uid, gid, ino, mtimeMs, size } = lstatSync(path);
  const what = lstatSync(path).isFile() ? readFileSync(path, 'utf8') : undefined;
  return { mode, uid, gid, ino, mtimeMs, size, what };
}
