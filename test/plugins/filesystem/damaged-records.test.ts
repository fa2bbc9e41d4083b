import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

// Records that a loss of power cut off, or that somebody wrote to.

let fs: Filesystem;
let second: Filesystem | undefined;
const at = (name: string) => join(fs.root, name);
const trash = (...names: string[]) => join(fs.outside, 'gateway-data', 'trash', ...names);
const recordPath = (id: string) => trash('changes', `${id}.json`);

beforeEach(async () => {
  fs = await startFilesystem();
});
afterEach(async () => {
  await second?.stop();
  second = undefined;
  await fs.stop();
});

async function restart(): Promise<Filesystem> {
  await fs.running.stop();
  second = await startFilesystem({ prepare: () => [fs.root], config: { trash: { folder: trash() } } });
  return second;
}

const keptTexts = () => readdirSync(trash('items')).map((name) => readFileSync(trash('items', name), 'utf8'));

function inItsPlace(path: string, make: () => void): void {
  rmSync(path);
  make();
}

interface Written {
  readonly steps: readonly object[];
}

const rewritten = (how: (record: Written) => object) => (path: string) =>
  writeFileSync(path, JSON.stringify(how(JSON.parse(readFileSync(path, 'utf8')))));

const changed = (more: object) => (record: Written) => ({ ...record, ...more });
const stepOf = (more: object) => (record: Written) => ({ ...record, steps: [{ ...record.steps[0], ...more }] });

const damages: [what: string, how: (path: string) => void, reason: string][] = [
  ['empty', (path) => writeFileSync(path, ''), 'it is no JSON, or cut off'],
  ['cut off', (path) => truncateSync(path, 150), 'it is no JSON, or cut off'],
  ['nested very deeply', (path) => writeFileSync(path, '['.repeat(1e6)), 'it is no JSON, or cut off'],
  ['huge', (path) => truncateSync(path, 3e9), 'it has 3000000000 bytes'],
  ['a directory', (path) => inItsPlace(path, () => mkdirSync(path)), 'it is no file'],
  ['a FIFO', (path) => inItsPlace(path, () => execFileSync('mkfifo', [path])), 'it is no file'],
  ['a number', (path) => writeFileSync(path, '7'), 'it has no valid content'],
  ['without steps', rewritten(changed({ steps: undefined })), 'it has no valid steps'],
  ['of another change', rewritten(changed({ id: 'x' })), 'it is the record of x'],
  ['with a time that is none', rewritten(changed({ at: 'soon' })), 'it has no valid at'],
  ['with an item that leads out', rewritten(stepOf({ backup: '../changes' })), 'it has no valid steps.0.backup'],
  ['with a relative path', rewritten(stepOf({ path: 'f' })), 'it has no valid steps.0.path'],
  ['with another type', rewritten(stepOf({ created: 'no' })), 'it has no valid steps.0.created'],
  ['with an unknown step', rewritten(stepOf({ op: 'chmod' })), 'it has no valid steps.0.op'],
];

test.each(damages)('one that is %s is listed as damaged, and an undo says what it can', async (_, how, reason) => {
  writeFileSync(at('f'), 'old');
  const { change_id } = (await fs.call('write_file', { path: 'f', content: 'new' })).data;
  const fine = (await fs.call('write_file', { path: 'g', content: 'new' })).data.change_id;
  how(recordPath(change_id));
  const expectDamaged = async (gateway: Filesystem) => {
    const { text, data } = await gateway.call('list_changes', {});
    expect(data.changes).toMatchObject([{ change_id: fine }, { change_id, recoverable: false, paths: [] }]);
    expect(Math.abs(Date.parse(data.changes[1].at) - Date.now())).toBeLessThan(60_000);
    expect(data.changes[1].note).toContain(`damaged: ${reason}`);
    expect(text).toContain(data.changes[1].note);
    const said = await gateway.refusal('undo_change', { change_id });
    expect(said).toContain(`The record of change ${change_id} is damaged: ${reason}`);
    expect(said).toContain(`changes/${change_id}.json`);
    expect(gateway.logged.filter(({ fields }) => fields.record === recordPath(change_id))).toHaveLength(1);
  };
  await expectDamaged(fs);
  const next = await restart();
  await expectDamaged(next);
  expect(keptTexts()).toEqual(['old']);
  await next.call('undo_change', { change_id: fine });
  expect(readFileSync(at('f'), 'utf8')).toBe('new');
});

test('the undo of one that is cut off names what is kept for it, as far as the rest tells', async () => {
  writeFileSync(at('f'), 'old');
  const { change_id } = (await fs.call('write_file', { path: 'f', content: 'new' })).data;
  const text = readFileSync(recordPath(change_id), 'utf8');
  truncateSync(recordPath(change_id), text.length - 5);
  const next = await restart();
  const said = await next.refusal('undo_change', { change_id });
  expect(said).toContain(`is items/${readdirSync(trash('items'))[0]}, and the record is`);
  rmSync(recordPath(change_id));
  expect((await next.call('list_changes', {})).data.changes).toEqual([]);
  expect(await next.refusal('undo_change', { change_id })).toContain('No change of that id');
});
