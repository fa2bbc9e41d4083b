import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
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
