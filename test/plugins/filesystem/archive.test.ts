import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';
import { type Entry, zip } from './support/zip.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);

beforeAll(async () => {
  fs = await startFilesystem({ config: { limits: { archiveEntries: 50, archiveBytes: 2_000_000 } } });
});
afterAll(() => fs.stop());

const refused = async (entries: readonly Entry[]) => {
  writeFileSync(at('bad.zip'), zip(entries));
  const message = await fs.refusal('archive_extract', { path: 'bad.zip', destination: 'unpacked' });
  expect(existsSync(at('unpacked'))).toBe(false);
  return message;
};
const x = Buffer.from('x');
const empty = Buffer.alloc(0);

describe('archives', () => {
  test('what is packed comes back, permissions and names too; links and secrets stay out', async () => {
    mkdirSync(at('pack/sub'), { recursive: true });
    writeFileSync(at('pack/run.sh'), 'echo\n'.repeat(1000), { mode: 0o755 });
    writeFileSync(at('pack/sub/ünï 😀.bin'), Buffer.from(Array.from({ length: 70_000 }, (_, i) => (i * 7919) % 256)));
    writeFileSync(at('pack/.env'), 'TOPSECRET');
    symlinkSync('/etc', at('pack/link'));
    const made = await fs.call('archive_create', { source: 'pack', destination: 'made.zip' });
    expect(made.data).toMatchObject({ entries: 4, skipped: 2 });
    const list = await fs.call('archive_list', { path: 'made.zip' });
    expect(list.data.entries.map(({ name }: { name: string }) => name)).toEqual([
      'pack/',
      'pack/run.sh',
      'pack/sub/',
      'pack/sub/ünï 😀.bin',
    ]);
    const { data } = await fs.call('archive_extract', { path: 'made.zip', destination: 'out' });
    expect(data.files).toBe(2);
    expect(statSync(at('out/pack/run.sh')).mode & 0o777).toBe(0o755);
    expect(readFileSync(at('out/pack/sub/ünï 😀.bin'))).toEqual(readFileSync(at('pack/sub/ünï 😀.bin')));
    await fs.call('undo_change', { change_id: data.change_id });
    expect(existsSync(at('out'))).toBe(false);
    await fs.call('undo_change', { change_id: made.data.change_id });
    expect(existsSync(at('made.zip'))).toBe(false);
  });

  test.each(['../evil', '/evil', 'a/../../evil', 'a\\..\\evil', 'C:/evil', 'a//b', './a', 'new\nline'])(
    'the path %j in an archive is refused before anything is unpacked',
    async (name) => {
      expect(
        await refused([
          { name: 'good', data: x },
          { name, data: x },
        ]),
      ).toMatch(/unsafe path|control/);
      expect(readdirSync(fs.outside).sort()).toEqual(['data', 'gateway-data']);
    },
  );

  test('links and protected paths in an archive are left out', async () => {
    writeFileSync(
      at('mixed.zip'),
      zip([
        { name: 'plain', data: x },
        { name: 'link', data: Buffer.from('/etc/passwd'), mode: 0o120777 },
        { name: '.git/hooks/pre-commit', data: x },
        { name: '.env', data: x },
      ]),
    );
    const { data } = await fs.call('archive_extract', { path: 'mixed.zip', destination: 'mixed' });
    expect(data).toMatchObject({ files: 1, skipped: 3 });
    expect(readdirSync(at('mixed'))).toEqual(['plain']);
  });

  test('an archive does not make a folder that git takes for a repository', async () => {
    const names = ['objects/x', 'refs/x', 'config', 'HEAD', 'hooks/post-checkout'];
    writeFileSync(at('bare.zip'), zip(names.map((name) => ({ name: `r/${name}`, data: x }))));
    const { data } = await fs.call('archive_extract', { path: 'bare.zip', destination: 'bare' });
    expect(data.skipped).toBe(1);
    expect(readdirSync(at('bare/r'))).not.toContain('HEAD');
  });

  test('bombs are refused: too many entries, too much in all, more than an entry says', async () => {
    expect(await refused(Array.from({ length: 51 }, (_, i) => ({ name: `${i}`, data: x })))).toContain('51 entries');
    expect(await refused([{ name: 'zeros', data: Buffer.alloc(3_000_000) }])).toContain('2000000 bytes');
    expect(await refused([{ name: 'liar', data: Buffer.alloc(1_900_000), claimed: 10 }])).toContain(
      'larger than it says',
    );
    expect(await refused([{ name: 'ratio', data: Buffer.alloc(10), claimed: 1_900_000 }])).toContain('impossible');
  });

  test.each([
    ['the same name twice', ['a', 'a']],
    ['a file and a directory of one name', ['a', 'a/b']],
    ['a directory and then a file of its name', ['a/b', 'a']],
  ])('%s is refused before anything is unpacked', async (_, names) => {
    expect(await refused(names.map((name) => ({ name, data: x })))).toContain('twice');
  });

  test('names in two compositions are two where the file system has them', async () => {
    mkdirSync(at('folds'));
    for (const name of ['caf\u00e9', 'cafe\u0301']) writeFileSync(at(`folds/${name}`), '');
    if (readdirSync(at('folds')).length === 1) return; // one name here: the second entry finds its place taken
    const names = ['caf\u00e9', 'cafe\u0301'];
    writeFileSync(at('twins.zip'), zip(names.map((name) => ({ name, data: Buffer.from(name) }))));
    await fs.call('archive_extract', { path: 'twins.zip', destination: 'twins' });
    expect(names.map((name) => readFileSync(join(at('twins'), name), 'utf8'))).toEqual(names);
  });

  test('devices and FIFOs are left out and counted', async () => {
    const modes = [0o010644, 0o020644, 0o060644, 0o140644];
    writeFileSync(at('special.zip'), zip(modes.map((mode, i) => ({ name: `${i}`, data: x, mode }))));
    const { data } = await fs.call('archive_extract', { path: 'special.zip', destination: 'special' });
    expect(data).toMatchObject({ files: 0, skipped: 4 });
    expect((await fs.call('archive_list', { path: 'special.zip' })).data.entries[0].kind).toBe('special');
  });

  test('directories may be named again, and paths that nest without end are refused', async () => {
    writeFileSync(
      at('again.zip'),
      zip(['d/', 'd/', 'd/f'].map((name) => ({ name, data: name.endsWith('f') ? x : empty }))),
    );
    expect((await fs.call('archive_extract', { path: 'again.zip', destination: 'again' })).data.files).toBe(1);
    expect(await refused([{ name: `${'d/'.repeat(300)}f`, data: x }])).toContain('unsafe path');
  });

  test('of two extractions to one place one fails, and does not take the other away', async () => {
    writeFileSync(at('race.zip'), zip([{ name: 'a', data: x }]));
    const extract = () =>
      fs.call('archive_extract', { path: 'race.zip', destination: 'raced' }).then(
        () => 1,
        () => 0,
      );
    const won = await Promise.all([extract(), extract(), extract()]);
    expect(won.filter((one) => one === 1)).toHaveLength(1);
    expect(readdirSync(at('raced'))).toEqual(['a']);
  });

  test('what is not a zip file, or a broken one, is refused', async () => {
    writeFileSync(at('not.zip'), 'hello');
    expect(await fs.refusal('archive_list', { path: 'not.zip' })).toContain('not a zip file');
    const whole = zip([{ name: 'a', data: Buffer.from('some content that is packed') }]);
    whole[35] = (whole[35] ?? 0) ^ 0xff;
    writeFileSync(at('broken.zip'), whole);
    expect(await fs.refusal('archive_extract', { path: 'broken.zip', destination: 'broken' })).toMatch(
      /damaged|broken|larger/,
    );
    expect(existsSync(at('broken'))).toBe(false);
  });

  test('an archive behind a program that unpacks it is read', async () => {
    const entries = [
      { name: 'a', data: x },
      { name: 'd/b', data: Buffer.from('content') },
    ];
    writeFileSync(at('self.zip'), Buffer.concat([Buffer.from('#!/bin/sh\nexit 0\n'), zip(entries)]));
    expect((await fs.call('archive_list', { path: 'self.zip' })).data.total).toBe(2);
    await fs.call('archive_extract', { path: 'self.zip', destination: 'self' });
    expect(readFileSync(at('self/d/b'), 'utf8')).toBe('content');
  });

  test('what an extraction leaves out is named, the first of many', async () => {
    const entries = Array.from({ length: 12 }, (_, i) => ({ name: `link${i}`, data: x, mode: 0o120777 }));
    writeFileSync(at('links.zip'), zip(entries));
    const { data, text } = await fs.call('archive_extract', { path: 'links.zip', destination: 'links' });
    expect([data.skipped, data.skipped_names.length]).toEqual([12, 10]);
    expect(text).toContain('left out: link0, link1, ');
    expect(text).toContain('link9 and 2 more)');
  });

  test('an existing destination is left alone, and no archive is made inside what it packs', async () => {
    writeFileSync(at('fine.zip'), zip([{ name: 'a', data: x }]));
    mkdirSync(at('exists'));
    expect(await fs.refusal('archive_extract', { path: 'fine.zip', destination: 'exists' })).toContain(
      'already exists',
    );
    expect(await fs.refusal('archive_create', { source: 'exists', destination: 'exists/x.zip' })).toContain('inside');
  });

  test('what cannot be packed is named, and not the archive', async () => {
    mkdirSync(at('odd'));
    writeFileSync(Buffer.concat([Buffer.from(at('odd/')), Buffer.from([0xff, 0xfe])]), 'x');
    const refusal = await fs.refusal('archive_create', { source: 'odd', destination: 'odd.zip' });
    expect(refusal).toContain(`${at('odd')}/`);
    expect(refusal).toContain('not UTF-8');
    expect(await fs.refusal('archive_extract', { path: 'odd', destination: 'unpacked' })).toContain(
      'EISDIR: is a directory: odd.',
    );
    expect(existsSync(at('odd.zip'))).toBe(false);
  });

  test('directories that nest without end are refused with words', async () => {
    const dig = "for (let i = 0; i < 3000; i++) { fs.mkdirSync('d'); process.chdir('d'); }";
    mkdirSync(at('deep'));
    execFileSync(process.execPath, ['-e', dig], { cwd: at('deep') });
    const wide = await startFilesystem({ prepare: () => [fs.root] });
    const refusal = await wide.refusal('archive_create', { source: 'deep', destination: 'deep.zip' });
    expect(refusal).toContain('nest deeper than 256');
    expect(existsSync(at('deep.zip'))).toBe(false);
    await wide.stop();
    execFileSync('rm', ['-rf', at('deep')]);
  });
});
