import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Mounts, OpenRoot, Protection, readWhole, Sandbox } from './support/built.ts';

// What systems without /proc use, run here on Linux: the same walk over checked paths instead of descriptors.

let folder: string;
let sandbox: Sandbox;
const read = (path: string) =>
  sandbox.use(path, { access: 'read' }, (place) =>
    place.withFile(async (file) => (await readWhole(file, 1000, 'a test')).toString()),
  );

beforeAll(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-checked-')));
  mkdirSync(join(folder, 'root/a/b'), { recursive: true });
  mkdirSync(join(folder, 'out'));
  writeFileSync(join(folder, 'root/a/b/file'), 'inside');
  writeFileSync(join(folder, 'out/file'), 'OUTSIDE');
  symlinkSync('../out', join(folder, 'root/out'));
  symlinkSync('a/b', join(folder, 'root/in'));
  symlinkSync('/nowhere/at/all', join(folder, 'root/dangling'));
  const nothing = () => undefined;
  const log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };
  const root = new OpenRoot({
    path: join(folder, 'root'),
    rights: 'rw',
    allowSystemRoot: false,
    byDescriptor: false,
    log,
    deviceOf: nothing,
  });
  const none = new Protection([]);
  const policy = {
    secrets: none,
    code: none,
    closed: [],
    crossDevices: false,
    gitDirectories: true,
    insideTrees: true,
    refuseHardLinks: false,
    mounts: new Mounts(),
  };
  sandbox = new Sandbox([root], policy);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('links inside are followed, links outside and dangling ones are refused', async () => {
  expect(await read('a/b/file')).toBe('inside');
  expect(await read('in/file')).toBe('inside');
  for (const path of ['out/file', 'dangling', '../out/file'])
    await expect(read(path)).rejects.toThrow('outside allowed');
});

test('a directory that was replaced while it was in use is not used on', async () => {
  const swapped = sandbox.use('a/b/file', { access: 'read' }, (place) => {
    renameSync(join(folder, 'root/a/b'), join(folder, 'root/a/was-b'));
    symlinkSync(join(folder, 'out'), join(folder, 'root/a/b'));
    return place.withFile((file) => readFileSync(file.fd, 'utf8'));
  });
  await expect(swapped).rejects.toThrow(/ENOTDIR|outside allowed/);
});

test('a root that was removed is used again when it is made anew, and not where a link leads there', async () => {
  renameSync(join(folder, 'root'), join(folder, 'was-root'));
  await expect(read('a/b/file')).rejects.toThrow('no longer exists');
  symlinkSync(join(folder, 'out'), join(folder, 'root'));
  await expect(read('file')).rejects.toThrow('no longer exists');
  rmSync(join(folder, 'root'));
  mkdirSync(join(folder, 'root'));
  writeFileSync(join(folder, 'root/file'), 'anew');
  expect(await read('file')).toBe('anew');
});
