import { mkdirSync, readdirSync, readFileSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Filesystem, type FilesystemOptions, startFilesystem } from './support/filesystem.ts';

// What the next start makes of records that a crash left open. Each is left here by writing it as the crash would have.

let first: Filesystem;
const started: Filesystem[] = [];
const at = (name: string) => join(first.root, name);

beforeEach(async () => {
  first = await startFilesystem();
});
afterEach(async () => {
  for (const one of [...started.splice(0), first]) await one.stop();
});

const trash = (...names: string[]) => join(first.outside, 'gateway-data', 'trash', ...names);
const recordPath = (id: string) => trash('changes', `${id}.json`);
// biome-ignore lint/suspicious/noExplicitAny: records are written as a crash would have left them
const recordOf = (id: string): any => JSON.parse(readFileSync(recordPath(id), 'utf8'));

async function changed(tool: string, args: Record<string, unknown>): Promise<string> {
  return (await first.call(tool, args)).data.change_id;
}

/** Says of a change's last step that it is not known to have happened. */
function leavePending(id: string, more: Record<string, unknown> = {}): void {
  const record = recordOf(id);
  Object.assign(record.steps.at(-1), { pending: true }, more);
  writeFileSync(recordPath(id), JSON.stringify(record));
}

async function restart(prepare: FilesystemOptions['prepare'] = () => [first.root]): Promise<Filesystem> {
  await first.running.stop();
  const next = await startFilesystem({ prepare, config: { trash: { folder: trash() } } });
  started.push(next);
  return next;
}

/** Descriptors of this process that hold that path, or something below it. */
function heldBelow(path: string): string[] {
  return readdirSync('/proc/self/fd').flatMap((fd) => {
    try {
      const target = readlinkSync(`/proc/self/fd/${fd}`);
      return target.startsWith(path) ? [target] : [];
    } catch {
      return []; // the one that listed the folder
    }
  });
}

test('a record that cannot be saved stays open, is told in the log, and keeps nothing else from being settled', async () => {
  const stuck = await changed('write_file', { path: 'stuck', content: 'x' });
  const fine = await changed('write_file', { path: 'fine', content: 'x' });
  for (const id of [stuck, fine]) leavePending(id);
  mkdirSync(`${recordPath(stuck)}.new`);
  const second = await restart();
  expect(recordOf(stuck).steps[0].pending).toBe(true);
  expect(recordOf(fine).steps[0].pending).toBeUndefined();
  const warned = second.logged.filter(({ level }) => level === 'warn');
  expect(warned).toMatchObject([{ fields: { change: stuck, tool: 'write_file', paths: [at('stuck')] } }]);
  expect(warned[0]?.fields.reason).toMatch(/^EISDIR: .*\(trash\.folder\)$/);
  rmSync(`${recordPath(stuck)}.new`, { recursive: true });
  await restart();
  expect(recordOf(stuck).steps[0].pending).toBeUndefined();
});

test('a record of a folder that is no root now stays open, and the log says so', async () => {
  const id = await changed('write_file', { path: 'f', content: 'x' });
  leavePending(id);
  const elsewhere = await restart((outside) => [outside]);
  expect(recordOf(id).steps[0].pending).toBe(true);
  const warned = elsewhere.logged.filter(({ level }) => level === 'warn');
  expect(warned).toMatchObject([{ fields: { change: id, reason: expect.stringContaining('outside allowed') } }]);
  await restart();
  expect(recordOf(id).steps[0].pending).toBeUndefined();
});

test.runIf(process.platform === 'linux')('a start that fails leaves nothing open', async () => {
  const before = heldBelow(first.outside);
  writeFileSync(at('file'), '');
  const failing = [
    { prepare: () => [first.root, '/proc'] },
    { prepare: () => [first.root], config: { trash: { folder: at('file') } } },
  ];
  for (const options of failing) {
    const failed = await startFilesystem(options);
    started.push(failed);
    expect((await failed.running.health()).status).toBe('degraded');
    expect(heldBelow(first.outside)).toEqual(before);
  }
});
