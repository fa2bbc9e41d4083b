import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callsAsOther } from './support/as-other-user.ts';

// What a user who is not root is told where the system says no: which of two paths it is about.

const nobody = 65_534;
const modes: readonly (readonly [path: string, mode: number])[] = [
  ['unreadable', 0o000],
  ['unlisted/file', 0o644],
  ['unlisted', 0o000],
  ['blind/file', 0o644],
  ['blind', 0o444],
  ['tree/closed/file', 0o644],
  ['tree/closed', 0o000],
  ['fixed/file', 0o644],
  ['fixed/folder/file', 0o644],
  ['fixed', 0o555],
  ['open/file', 0o644],
];
let top: string;
const root = (name = '') => join(top, 'data', name);

function give(path: string): void {
  if (process.getuid?.() === 0) chownSync(path, nobody, nobody);
}

beforeEach(() => {
  top = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-denied-')));
  chmodSync(top, 0o755);
  mkdirSync(join(top, 'gateway-data'));
  mkdirSync(root());
  for (const [path] of modes) {
    mkdirSync(dirname(root(path)), { recursive: true });
    if (!existsSync(root(path))) writeFileSync(root(path), 'content\n');
  }
  const made = readdirSync(root(), { recursive: true, encoding: 'utf8' }).map(root);
  for (const path of [join(top, 'gateway-data'), root(), ...made]) give(path);
  for (const [path, mode] of modes) chmodSync(root(path), mode);
});
afterEach(() => {
  for (const [path] of modes.toReversed()) if (existsSync(root(path))) chmodSync(root(path), 0o755);
  for (const name of readdirSync(root('open'))) chmodSync(root(`open/${name}`), 0o755);
  rmSync(top, { recursive: true });
});

const denied = (path: string) =>
  `EACCES: the permissions of ${path}, or of a directory it is in, do not let the gateway's user do this.`;

async function said(tool: string, args: object): Promise<string> {
  const [answer = ''] = await callsAsOther(top, {}, [[tool, args]]);
  return answer.replaceAll(`${root()}/`, '');
}

describe.runIf(process.getuid !== undefined)('where the system denies it', () => {
  test.each([
    ['copy_file', 'unreadable', 'unreadable'],
    ['copy_file', 'unlisted', 'unlisted'],
    ['copy_file', 'unlisted/file', 'unlisted/file'],
    ['copy_file', 'blind', 'blind'],
    ['copy_file', 'tree', 'tree/closed'],
    ['move_file', 'unlisted', 'unlisted'],
    ['move_file', 'unlisted/file', 'unlisted/file'],
    ['move_file', 'blind', 'blind/file'],
    ['move_file', 'tree', 'tree/closed'],
  ])('%s of %s names %s, and not the destination', async (tool, source, named) => {
    for (const destination of ['open/new', 'new']) {
      const answer = await said(tool, { source, destination, ...(tool === 'copy_file' ? { recursive: true } : {}) });
      expect(answer).toBe(`GatewayError: ${denied(named)}`);
    }
  });

  test.each([
    ['copy_file', 'open/file', 'fixed/new'],
    ['copy_file', 'open', 'fixed/new'],
    ['copy_file', 'open/file', 'unlisted/new'],
    ['copy_file', 'fixed/file', 'fixed/new'],
    ['move_file', 'open/file', 'fixed/new'],
    ['move_file', 'open', 'fixed/new'],
    ['move_file', 'open/file', 'unlisted/new'],
    ['move_file', 'fixed/file', 'fixed/new'],
  ])('%s of %s to %s names the destination', async (tool, source, destination) => {
    const answer = await said(tool, { source, destination, ...(tool === 'copy_file' ? { recursive: true } : {}) });
    expect(answer).toBe(`GatewayError: ${denied(destination)}`);
  });

  test.each(['fixed/file', 'fixed/folder'])(
    'a move of %s says that its directory may not be written',
    async (source) => {
      const answer = await said('move_file', { source, destination: 'open/new' });
      expect(answer).toContain(`EACCES: the gateway's user has no permission to move ${source}`);
      expect(answer).toContain('the directory that it is in, fixed, may not be written');
      expect(readdirSync(root('fixed')).toSorted()).toEqual(['file', 'folder']);
    },
  );

  test('a directory that may not be written is renamed, but not put into another, which the error says', async () => {
    const answer = await said('move_file', { source: 'fixed', destination: 'open/new' });
    expect(answer).toContain(
      "EACCES: the gateway's user has no permission to move fixed: a directory that may not itself",
    );
    expect(readdirSync(root()).toSorted()).toEqual(['blind', 'fixed', 'open', 'tree', 'unlisted', 'unreadable']);
    expect(await said('move_file', { source: 'fixed', destination: 'renamed' })).toContain('Successfully moved');
    chmodSync(root('renamed'), 0o755);
  });
});
