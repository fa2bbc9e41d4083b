import { chmodSync, mkdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';
import { expectNow, type Snapshot, snapshotOf } from './support/snapshot.ts';

// Random changes of a small tree, then a random walk back and forth: whatever was undone and redone before, each state is
// the one that it was, to the byte, the mode and (of files) the microsecond.

type Call = readonly [tool: string, args: Record<string, unknown>];

const old = new Date('2001-02-03T04:05:06Z');
const files = ['a', 'b', 'd/a', 'd/b', 'e/c', 'n/o/p', 'n/q'];
const directories = ['d', 'e', 'd/e', 'n', 'n/o', 'm'];

/** The same numbers from 0 to 1 for the same seed (mulberry32). */
function numbersFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function makeTree(root: string): void {
  for (const name of ['d/e', 'e']) mkdirSync(join(root, name), { recursive: true });
  for (const [n, name] of ['a', 'b', 'd/a', 'e/c'].entries()) {
    writeFileSync(join(root, name), `${name}\n`);
    chmodSync(join(root, name), [0o600, 0o644, 0o755, 0o640][n] ?? 0o600);
    utimesSync(join(root, name), old, new Date(old.getTime() + n * 1000));
  }
  chmodSync(join(root, 'e'), 0o2750);
}

/** A patch that changes what is there as it is, and makes what is not. */
function patchOf(root: string, names: readonly string[], n: number): string {
  const now = snapshotOf(root);
  return [...new Set(names)]
    .map((name, i) => {
      if (!now[name]) return `--- /dev/null\n+++ b/${name}\n@@ -0,0 +1 @@\n+made ${n}\n`;
      const text = readFileSync(join(root, name), 'utf8').trimEnd();
      return i === 0
        ? `--- a/${name}\n+++ /dev/null\n@@ -1 +0,0 @@\n-${text}\n`
        : `--- a/${name}\n+++ b/${name}\n@@ -1 +1 @@\n-${text}\n+patched ${n}\n`;
    })
    .join('');
}

function randomCall(root: string, random: () => number, n: number): Call {
  const pick = <T>(list: readonly [T, ...T[]] | readonly T[]): T => {
    const one = list[Math.floor(random() * list.length)];
    if (one === undefined) throw new Error('nothing to pick from');
    return one;
  };
  const [file, other, third, directory, target] = [
    pick(files),
    pick(files),
    pick(files),
    pick(directories),
    pick(directories),
  ];
  const calls: Call[] = [
    ['write_file', { path: file, content: `written ${n}\n`, create_parents: true }],
    ['move_file', { source: file, destination: other, overwrite: true }],
    ['move_file', { source: file, destination: other, overwrite: true }],
    ['move_file', { source: directory, destination: target }],
    ['copy_file', { source: file, destination: other, overwrite: true }],
    ['copy_file', { source: directory, destination: target, recursive: true }],
    ['delete_path', { path: file }],
    ['delete_path', { path: directory, recursive: true }],
    ['create_directory', { path: `${directory}/made/${n}` }],
    ['archive_create', { source: directory, destination: `${n}.zip` }],
    ['apply_patch', { patch: patchOf(root, [file, other, third], n) }],
  ];
  return pick(calls);
}

interface Made {
  readonly call: Call;
  readonly before: Snapshot;
  readonly after: Snapshot;
  /** What is to be undone next: the change, or its newest undo. */
  id: string;
}

/** Makes changes; those that cannot be made where they are asked for leave all as it was. */
async function makeChanges(fs: Filesystem, random: () => number, count: number): Promise<Made[]> {
  const made: Made[] = [];
  for (let n = 0; made.length < count; n++) {
    const before = snapshotOf(fs.root);
    const call = randomCall(fs.root, random, n);
    const answer = await fs.call(...call).catch((error: unknown) => {
      if (error instanceof Error && error.name === 'GatewayError') return undefined;
      throw error;
    });
    if (!answer) expectNow(fs.root, before, `refused ${JSON.stringify(call)}`);
    else if (answer.data.change_id) made.push({ call, before, after: snapshotOf(fs.root), id: answer.data.change_id });
  }
  return made;
}

test.each([1, 2, 3, 4, 5, 6, 7, 8])(
  'a walk of undo and redo goes through the states that were (seed %i)',
  { timeout: 120_000 },
  async (seed) => {
    const fs = await startFilesystem();
    const random = numbersFrom(seed);
    makeTree(fs.root);
    const made = await makeChanges(fs, random, 20);
    let standing = made.length;
    for (let step = 0; step < 90; step++) {
      const back = standing === made.length || (standing > 0 && random() < 0.5);
      const change = made[back ? standing - 1 : standing];
      if (!change) throw new Error('walked off the end');
      const when = `seed ${seed}, step ${step}, ${back ? 'undo' : 'redo'} of ${JSON.stringify(change.call)}`;
      const { data } = await fs.call('undo_change', { change_id: change.id }).catch((cause: unknown) => {
        throw new Error(when, { cause });
      });
      expect(data.change_id, when).toBeDefined();
      change.id = data.change_id;
      standing += back ? -1 : 1;
      expectNow(fs.root, back ? change.before : change.after, when);
    }
    await fs.stop();
  },
);
