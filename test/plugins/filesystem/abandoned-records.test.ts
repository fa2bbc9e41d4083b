import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

// Changes that a crash left open and that cannot be settled, since their folder does not come back.

let first: Filesystem;
const started: Filesystem[] = [];
const trash = (...names: string[]) => join(first.outside, 'gateway-data', 'trash', ...names);
const recordPath = (id: string) => trash('changes', `${id}.json`);
const outside = (name: string) => join(first.outside, name);
let id: string;

beforeEach(async () => {
  first = await startFilesystem();
  for (const name of ['other', 'third']) mkdirSync(outside(name));
  writeFileSync(join(first.root, 'f'), 'old');
  id = (await first.call('write_file', { path: 'f', content: 'new' })).data.change_id;
  leavePending(id);
  await first.call('write_file', { path: 'g', content: 'the newest, which always stays' });
  await first.running.stop();
});
afterEach(async () => {
  vi.useRealTimers();
  for (const one of [...started.splice(0), first]) await one.stop();
});

function leavePending(id: string): void {
  const record = JSON.parse(readFileSync(recordPath(id), 'utf8'));
  record.steps.at(-1).pending = true;
  writeFileSync(recordPath(id), JSON.stringify(record));
}

async function startIn(days: number, roots: readonly string[]): Promise<Filesystem> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + days * 86_400_000 });
  const fs = await startFilesystem({ prepare: () => [...roots], config: { trash: { folder: trash() } } });
  started.push(fs);
  vi.useRealTimers();
  return fs;
}

const warned = ({ logged }: Filesystem) => logged.filter(({ level }) => level === 'warn');

test('one in no configured root is dropped when it is past its time, and the log says of what', async () => {
  const fs = await startIn(31, [outside('other')]);
  expect(existsSync(recordPath(id))).toBe(false);
  expect(readdirSync(trash('items'))).toEqual([]);
  const f = join(first.root, 'f');
  expect(warned(fs)).toMatchObject([
    { fields: { change: id, paths: [f] }, message: expect.stringContaining('dropped') },
  ]);
  expect(warned(fs)[0]?.fields.leftovers).toMatchObject([expect.stringMatching(/^\.mcp-.*\.tmp$/)]);
  expect(readFileSync(f, 'utf8')).toBe('new');
});

test('one that is not past its time waits, and is settled when its root is configured again', async () => {
  const fs = await startIn(29, [outside('other')]);
  expect(warned(fs)).toMatchObject([{ fields: { change: id }, message: expect.stringContaining('stays open') }]);
  const next = await startIn(29, [first.root]);
  expect(warned(next)).toEqual([]);
  await next.call('undo_change', { change_id: id });
  expect(readFileSync(join(first.root, 'f'), 'utf8')).toBe('old');
});

test('none is dropped while a configured root is missing: it may be the one', async () => {
  await startIn(31, [outside('other'), outside('not-there')]);
  expect(existsSync(recordPath(id))).toBe(true);
  expect(readdirSync(trash('items'))).toHaveLength(1);
});

test('one in a configured root waits for its directory however old it is, and the tools say why', async () => {
  renameSync(first.root, outside('away'));
  mkdirSync(first.root);
  const fs = await startIn(400, [first.root]);
  const reason = `${first.root} is not the directory that it was then`;
  const { text, data } = await fs.call('list_changes', {});
  const open = data.changes.find(({ change_id }: { change_id: string }) => change_id === id);
  expect(open).toMatchObject({ recoverable: false, note: expect.stringContaining(reason) });
  expect(text).toContain('left open by a crash');
  const said = await fs.refusal('undo_change', { change_id: id });
  for (const part of [reason, 'take that root out of the configuration', `changes/${id}.json`])
    expect(said).toContain(part);
  expect(readdirSync(trash('items'))).toHaveLength(1);
  rmSync(outside('away'), { recursive: true });
});

test('one of which a part is in a configured root is not dropped', async () => {
  const roots = [outside('other'), outside('third')];
  const two = await startIn(0, roots);
  writeFileSync(join(outside('other'), 'a'), 'a');
  const args = { source: join(outside('other'), 'a'), destination: join(outside('third'), 'a') };
  const moved = (await two.call('move_file', args)).data.change_id;
  await two.call('write_file', { path: 'newest', content: 'x' });
  await two.running.stop();
  leavePending(moved);
  await startIn(31, [outside('third')]);
  expect(existsSync(recordPath(moved))).toBe(true);
});
