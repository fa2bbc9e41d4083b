import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
beforeEach(async () => {
  fs = await startFilesystem({ config: { trash: { maxBytes: 60_000 }, limits: { searchSeconds: 4 } } });
});
afterEach(() => fs.stop());

/** Whether a shell command worked; where it did not, what the test would have shown is said to be unknown. */
function can(command: string): boolean {
  try {
    execFileSync('sh', ['-ec', command], { stdio: 'pipe', cwd: fs.outside });
    return true;
  } catch (error) {
    console.warn(`NOT RUN: ${command}: ${error instanceof Error ? error.message : error}`);
    return false;
  }
}

test('a file that the system keeps in its place is moved nowhere, and leaves nothing at the new name', async () => {
  writeFileSync(at('kept'), 'x');
  if (!can('chattr +i data/kept')) return;
  try {
    expect(await fs.refusal('move_file', { source: 'kept', destination: 'moved' })).toContain('EPERM');
    expect(readdirSync(fs.root)).toEqual(['kept']);
  } finally {
    can('chattr -i data/kept');
  }
});

test('a delete for good that something stops says what is gone and what is in the way, and is on record', async () => {
  mkdirSync(at('tree'));
  for (let i = 0; i < 20; i++) writeFileSync(at(`tree/${i}`), 'x');
  if (!can('chattr +i data/tree/9')) return;
  try {
    const said = await fs.refusal('delete_path', { path: 'tree', recursive: true, permanent: true });
    const left = readdirSync(at('tree'));
    expect(left).toContain('9');
    expect(said).toContain(`${20 - left.length} entries in it are gone for good, then it was stopped by 9 (EPERM)`);
    const { changes } = (await fs.call('list_changes', {})).data as { changes: { recoverable: boolean }[] };
    expect(changes.map(({ recoverable }) => recoverable)).toEqual([false]);
  } finally {
    can('chattr -i data/tree/9');
  }
});

test('what the system keeps in the trash stops no later change', async () => {
  mkdirSync(at('tree/inner'), { recursive: true });
  writeFileSync(at('tree/inner/f'), 'x'.repeat(50_000));
  if (!can('chattr +i data/tree/inner')) return;
  try {
    await fs.call('delete_path', { path: 'tree', recursive: true });
    writeFileSync(at('other'), 'y'.repeat(50_000));
    const { data } = await fs.call('delete_path', { path: 'other' });
    expect((await fs.call('list_changes', {})).data).toMatchObject({ kept: 1, dropped: 1 });
    await fs.call('undo_change', { change_id: data.change_id });
    expect(existsSync(at('other'))).toBe(true);
  } finally {
    can('chattr -R -i gateway-data/trash/items');
  }
});

test('a tree deeper than any path can say goes into the trash and out of it', async () => {
  const name = 'd'.repeat(200);
  // A process can go where no path leads, one directory at a time.
  const dig = `for (let i = 0; i < 30; i++) { fs.mkdirSync('${name}'); process.chdir('${name}'); } fs.writeFileSync('f', 'needle')`;
  execFileSync(process.execPath, ['-e', dig], { cwd: fs.root });
  const found = await fs.call('search_content', { path: '.', query: 'needle', output: 'files' });
  expect(found.data.files).toHaveLength(1);
  const tooLarge = await fs.refusal('delete_path', { path: name, recursive: true });
  expect(tooLarge).toContain('trash.maxBytes');
  const wide = await startFilesystem({ prepare: () => [fs.root], config: { trash: { maxBytes: 200_000 } } });
  await wide.call('delete_path', { path: name, recursive: true });
  for (const other of ['a', 'b']) {
    writeFileSync(at(other), 'y'.repeat(90_000));
    await wide.call('delete_path', { path: other });
  }
  const items = join(wide.outside, 'gateway-data', 'trash', 'items');
  await vi.waitUntil(() => readdirSync(items).length === 2);
  await wide.stop();
});

test('directories of a lower layer, which overlayfs does not rename, are moved and deleted all the same', async () => {
  const overlay = 'mount -t overlay overlay -o lowerdir=lower,upperdir=upper,workdir=work merged';
  if (!can(`mkdir -p lower/d/e upper work merged; echo x > lower/d/e/f; ${overlay}`)) return;
  try {
    const over = await startFilesystem({ prepare: () => [join(fs.outside, 'merged')] });
    const merged = (name: string) => join(fs.outside, 'merged', name);
    await over.call('move_file', { source: 'd', destination: 'moved' });
    expect(readFileSync(merged('moved/e/f'), 'utf8')).toBe('x\n');
    expect(existsSync(merged('d'))).toBe(false);
    await over.running.stop();
    can(`umount merged; rm -rf upper work; mkdir upper work; ${overlay}`);
    const again = await startFilesystem({ prepare: () => [join(fs.outside, 'merged')] });
    const { data } = await again.call('delete_path', { path: 'd', recursive: true });
    expect(readdirSync(join(fs.outside, 'merged'))).toEqual([]);
    await again.call('undo_change', { change_id: data.change_id });
    expect(readFileSync(merged('d/e/f'), 'utf8')).toBe('x\n');
    await again.stop();
    await over.stop();
  } finally {
    can('umount merged');
  }
});

test('an ignore file that never ends being opened does not hold up a search', { timeout: 30_000 }, async () => {
  mkdirSync(at('sub'));
  writeFileSync(at('sub/found'), 'needle');
  if (!can('mkfifo data/sub/.gitignore')) return;
  const { data } = await fs.call('search_content', { path: '.', query: 'needle' });
  expect(data).toMatchObject({ total: 1, truncated: false });
});
