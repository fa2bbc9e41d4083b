import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callsAsOther } from './support/as-other-user.ts';

// What only a user who is not root meets: directories of one's own that may not be written.

const nobody = 65_534;
let top: string;
const root = (name = '') => join(top, 'data', name);
const data = () => join(top, 'gateway-data');

function makeTree(): void {
  for (const name of ['a', 'b', 'c', 'd']) {
    mkdirSync(root(`tree/${name}`), { recursive: true });
    writeFileSync(root(`tree/${name}/file`), Buffer.alloc(1000, 'x'));
  }
}

function give(path: string): void {
  if (process.getuid?.() === 0) chownSync(path, nobody, nobody);
}

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-other-')));
  chmodSync(top, 0o755);
  makeTree();
  mkdirSync(data());
  const made = readdirSync(root(), { recursive: true, encoding: 'utf8' }).map(root);
  for (const path of [data(), root(), ...made]) give(path);
  for (const name of ['a', 'b', 'c', 'd']) chmodSync(root(`tree/${name}`), 0o555);
});
afterEach(() => {
  for (const name of readdirSync(top, { recursive: true, encoding: 'utf8' }))
    if (/[abcd]$/.test(name)) chmodSync(join(top, name), 0o755);
  rmSync(top, { recursive: true });
});

const callsOf = (config: Record<string, unknown>, calls: unknown[]) => callsAsOther(top, config, calls);

describe.runIf(process.getuid !== undefined)('directories that may not be written', () => {
  test('are removed from a copy that fails, which says why it did', async () => {
    const copy = ['copy_file', { source: 'tree', destination: 'copy', recursive: true }];
    const [said] = await callsOf({ limits: { copyBytes: 3000 } }, [copy]);
    expect(said).toContain('limits.copyBytes');
    expect(readdirSync(root())).toEqual(['tree']);
  });

  test('are dropped from the trash when it is full', async () => {
    const replaced = ['write_file', { path: 'large', content: 'x'.repeat(90_000) }];
    const answers = await callsOf({ trash: { maxBytes: 100_000 } }, [
      ['delete_path', { path: 'tree', recursive: true }],
      replaced,
      ['delete_path', { path: 'large' }],
      ['list_changes', {}],
    ]);
    expect(answers[0]).toContain('Successfully');
    expect(answers[3]).not.toContain('tree');
    expect(readdirSync(join(data(), 'trash', 'items'))).toHaveLength(1);
  });
});

describe.runIf(process.getuid?.() === 0)("another user's file in a folder that may be written", () => {
  const theirs = () => root('theirs');
  const change = { path: 'theirs', edits: [{ oldText: 'old', newText: 'new' }] };
  const patch = '--- a/theirs\n+++ b/theirs\n@@ -1 +1 @@\n-old\n+new\n';

  test('is not replaced where its permissions do not let the user write it', async () => {
    writeFileSync(theirs(), 'old\n');
    writeFileSync(root('mine'), 'mine\n');
    const answers = await callsOf({}, [
      ['write_file', { path: 'theirs', content: 'new\n' }],
      ['write_file', { path: 'theirs', content: 'new\n', mode: 'append' }],
      ['edit_file', change],
      ['apply_patch', { patch }],
      ['copy_file', { source: 'mine', destination: 'theirs', overwrite: true }],
      ['move_file', { source: 'mine', destination: 'theirs', overwrite: true }],
    ]);
    for (const answer of answers)
      expect(answer).toContain("EACCES: the gateway's user may not write theirs (mode 644)");
    expect(readFileSync(theirs(), 'utf8')).toBe('old\n');
    expect(statSync(theirs()).uid).toBe(0);
  });

  test('is replaced where they do', async () => {
    writeFileSync(theirs(), 'old\n');
    chmodSync(theirs(), 0o666);
    const [answer] = await callsOf({}, [['edit_file', change]]);
    expect(answer).toContain('+new');
    expect(readFileSync(theirs(), 'utf8')).toBe('new\n');
    expect(statSync(theirs()).mode & 0o777).toBe(0o666);
  });
});
