import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
const text = (name: string) => readFileSync(at(name), 'utf8');
const apply = (patch: string, more = {}) => fs.call('apply_patch', { patch, ...more });

beforeAll(async () => {
  fs = await startFilesystem();
  mkdirSync(at('src'));
});
afterAll(() => fs.stop());

const lines = (count: number, end = '\n') => Array.from({ length: count }, (_, i) => `line ${i + 1}${end}`).join('');
const modify = (file: string, at = 10) =>
  `--- a/${file}\n+++ b/${file}\n@@ -${at - 1},3 +${at - 1},4 @@\n line 9\n-line 10\n+LINE 10\n+line 10.5\n line 11\n`;
const create = '--- /dev/null\n+++ b/src/new/made.txt\n@@ -0,0 +1,2 @@\n+made\n+here\n\\ No newline at end of file\n';
const remove = '--- a/src/old.txt\n+++ /dev/null\n@@ -1,1 +0,0 @@\n-old\n';

describe('apply_patch', () => {
  test.each([
    ['a fence', '```diff\n--- a/w\n+++ b/w\n@@ -1 +1 @@\n-a\n+b\n```\n', 'give the unified diff alone'],
    [
      'another format',
      '*** Begin Patch\n*** Update File: w\n@@\n-a\n+b\n*** End Patch\n',
      'no unified diff: give "--- a/path"',
    ],
    ['a line without its mark', '--- a/w\n+++ b/w\n@@ -1,2 +1,2 @@\n-a\n+b\nz\n', 'begins with a space, - or +'],
    ['too few lines', '--- a/w\n+++ b/w\n@@ -1,3 +1,3 @@\n-a\n+b\n', 'its header counts them'],
    ['no final newline', '--- a/w\n+++ b/w\n@@ -1,2 +1,2 @@\n-a\n+b\n z\n', 'the file has no newline there'],
    ['other text', '--- a/w\n+++ b/w\n@@ -1,2 +1,2 @@\n-a\n+b\n y\n', 'does not match the file; read it again'],
  ])('says what is wrong with %s', async (_, patch, why) => {
    writeFileSync(at('w'), 'a\nz');
    expect(await fs.refusal('apply_patch', { patch })).toContain(why);
    expect(text('w')).toBe('a\nz');
  });

  test('says that the file has the newline that a patch says is missing', async () => {
    writeFileSync(at('w'), 'a\nz\n');
    const patch = '--- a/w\n+++ b/w\n@@ -1,2 +1,2 @@\n-a\n+b\n z\n\\ No newline at end of file\n';
    expect(await fs.refusal('apply_patch', { patch })).toContain('the file has a newline there');
  });

  test.each([
    '@@ --1 +1 @@',
    '@@ @@',
    '@@',
    '@@ -x +y @@',
    '@@ -1 @@',
    '@@ -1 +1',
    '@@ -1, +1 @@',
    '@@ -1.5 +1 @@',
    '@@ -1,-1 +1,1 @@',
    '@@ -1e0 +1 @@',
    '@@ -+1 +1 @@',
    '@@ -1 -1 @@',
    '@@-1 +1@@',
    '@@@ -1 -1 +1 @@@',
    '@@ -99999999999999999999 +1 @@',
    '@@ def main():',
  ])('refuses the hunk header %s before anything is written', async (header) => {
    for (const line of [header, `${header} function`, `${header}\r`]) {
      writeFileSync(at('h'), 'a\nb\n');
      const said = await fs.refusal('apply_patch', { patch: `--- a/h\n+++ b/h\n${line}\n-a\n+A\n` });
      expect(said).toContain('line 3 is "@@');
      expect(said).toContain('@@ -12,3 +12,4 @@');
      expect(text('h')).toBe('a\nb\n');
    }
  });

  test('modifies, creates and deletes in one change, which can be taken back', async () => {
    writeFileSync(at('src/a.txt'), lines(20, '\r\n'));
    writeFileSync(at('src/old.txt'), 'old\n');
    const dry = await apply(modify('src/a.txt') + create + remove, { dryRun: true });
    expect(dry.data.applied).toBe(false);
    expect(text('src/a.txt')).toBe(lines(20, '\r\n'));
    const { data } = await apply(modify('src/a.txt') + create + remove);
    expect(data.files.map(({ kind }: { kind: string }) => kind)).toEqual(['modify', 'create', 'delete']);
    expect(text('src/a.txt')).toBe(lines(20, '\r\n').replace('line 10\r\n', 'LINE 10\r\nline 10.5\r\n'));
    expect(text('src/new/made.txt')).toBe('made\nhere');
    expect(existsSync(at('src/old.txt'))).toBe(false);
    await fs.call('undo_change', { change_id: data.change_id });
    expect(text('src/a.txt')).toBe(lines(20, '\r\n'));
    expect(text('src/old.txt')).toBe('old\n');
    expect(existsSync(at('src/new/made.txt'))).toBe(false);
  });

  test('finds a hunk whose lines have moved', async () => {
    writeFileSync(at('moved.txt'), `${'x\n'.repeat(50)}${lines(20)}`);
    const { text: said, data } = await apply(modify('moved.txt'));
    expect(said).toContain('hunk 1 at line 59, 50 below where the patch says');
    expect(data.files[0].moved).toEqual([{ hunk: 1, line: 59, offset: 50 }]);
    expect(text('moved.txt')).toContain('line 9\nLINE 10\nline 10.5\nline 11\n');
  });

  test.each([
    ['equally near', `${'x\n'.repeat(3)}a\nb\n${'x\n'.repeat(4)}a\nb\n`, 7, 'lines 4, 10'],
    ['one of them nearer', `a\nb\n${'x\n'.repeat(9)}a\nb\n`, 3, 'lines 1, 12'],
  ])('a hunk that fits at two places, %s, is not guessed', async (_, content, line, words) => {
    writeFileSync(at('twice'), content);
    const patch = (start: number) => `--- a/twice\n+++ b/twice\n@@ -${start},2 +${start},2 @@\n a\n-b\n+c\n`;
    expect(await fs.refusal('apply_patch', { patch: patch(line) })).toContain(words);
    expect(text('twice')).toBe(content);
    const start = content.split('\n').lastIndexOf('a') + 1;
    await apply(patch(start));
    expect(text('twice')).toBe(content.replace(/b\n$/, 'c\n'));
  });

  test('lines without context go in after the line that the patch names', async () => {
    writeFileSync(at('bare'), 'a\nb\nc\n');
    await apply('--- a/bare\n+++ b/bare\n@@ -2,0 +3 @@\n+new\n');
    expect(text('bare')).toBe('a\nb\nnew\nc\n');
    const past = '--- a/bare\n+++ b/bare\n@@ -9,0 +10 @@\n+new\n';
    expect(await fs.refusal('apply_patch', { patch: past })).toContain('does not match');
  });

  test('keeps the encoding and a missing final newline', async () => {
    writeFileSync(at('latin.txt'), Buffer.from('grün\nalt', 'latin1'));
    await apply(
      '--- latin.txt\n+++ latin.txt\n@@ -1,2 +1,2 @@\n grün\n-alt\n\\ No newline at end of file\n+néu\n\\ No newline at end of file\n',
      { encoding: 'windows-1252' },
    );
    expect(readFileSync(at('latin.txt'))).toEqual(Buffer.from('grün\nnéu', 'latin1'));
  });

  test('if one file does not fit, none is changed', async () => {
    writeFileSync(at('fits.txt'), lines(20));
    writeFileSync(at('other.txt'), 'something else\n');
    const message = await fs.refusal('apply_patch', { patch: create + modify('fits.txt') + modify('other.txt') });
    expect(message).toContain('hunk 1 of other.txt');
    expect(text('fits.txt')).toBe(lines(20));
    expect(existsSync(at('src/new'))).toBe(false);
  });

  test('if one file cannot be written half way, those before it are put back', async () => {
    writeFileSync(at('first.txt'), lines(20));
    // The parent of the second file is a file by the time it is made: the plan is fine, carrying it out is not.
    const patch = `${modify('first.txt')}--- /dev/null\n+++ b/clash\n@@ -0,0 +1 @@\n+x\n--- /dev/null\n+++ b/clash/inner\n@@ -0,0 +1 @@\n+x\n`;
    await fs.refusal('apply_patch', { patch });
    expect(text('first.txt')).toBe(lines(20));
    expect(existsSync(at('clash'))).toBe(false);
    expect(readdirSync(fs.root).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  test.each([
    ['outside the root', modify('../x'), 'outside allowed directories'],
    ['a secret', '--- /dev/null\n+++ b/.env\n@@ -0,0 +1 @@\n+x\n', 'deny pattern'],
    ['a git hook', '--- /dev/null\n+++ b/.git/hooks/pre-commit\n@@ -0,0 +1 @@\n+x\n', 'deny pattern'],
    ['a rename', 'diff --git a/x b/y\nrename from x\nrename to y\n', 'move_file'],
    ['no patch at all', 'hello', 'no hunks'],
    ['a file that is there already', '--- /dev/null\n+++ b/fits.txt\n@@ -0,0 +1 @@\n+x\n', 'EEXIST'],
  ])('refuses %s', async (_, patch, words) => {
    expect(await fs.refusal('apply_patch', { patch })).toContain(words);
  });
});

test.each([
  ['a\nb', '@@ -2,0 +3 @@\n+new\n'],
  ['a\nb\nc\n', '@@ -2 +2 @@\n-b\n+x\n\\ No newline at end of file\n'],
])('a patch of %j that would put two lines together is refused: %j', async (content, hunks) => {
  writeFileSync(at('joined'), content);
  expect(await fs.refusal('apply_patch', { patch: `--- joined\n+++ joined\n${hunks}` })).toContain('line end');
  expect(text('joined')).toBe(content);
});

describe('carriage returns of a patch', () => {
  const header = (name: string) =>
    `diff --git a/${name} b/${name}\nnew file mode 100644\n--- /dev/null\n+++ b/${name}\n`;

  test('are the new file’s where the headers have none, as git writes it', async () => {
    await apply(`${header('c.bat')}@@ -0,0 +1,3 @@\n+@echo off\r\n+exit\r\n+mixed\n`);
    expect(text('c.bat')).toBe('@echo off\r\nexit\r\nmixed\n');
    await apply(`${header('d.bat')}@@ -0,0 +1 @@\n+no end\r\n\\ No newline at end of file\n`);
    expect(text('d.bat')).toBe('no end\r');
  });

  test('are the patch’s own where its headers have them too', async () => {
    const patch = `${header('e.txt')}@@ -0,0 +1,2 @@\n+one\n+two\n`.replaceAll('\n', '\r\n');
    await apply(patch);
    expect(text('e.txt')).toBe('one\ntwo\n');
  });

  test('end the lines of a file that had no line end', async () => {
    writeFileSync(at('one-line'), 'one');
    await apply('--- a/one-line\n+++ b/one-line\n@@ -1 +1,2 @@\n-one\n\\ No newline at end of file\n+one\r\n+two\r\n');
    expect(text('one-line')).toBe('one\r\ntwo\r\n');
  });

  test('change no line ends that a file has, which is said where nothing else would change', async () => {
    writeFileSync(at('ends'), 'a\r\nb\r\n');
    const patch = '--- a/ends\n+++ b/ends\n@@ -1,2 +1,2 @@\n-a\r\n-b\r\n+a\n+b\n';
    expect(await fs.refusal('apply_patch', { patch })).toContain('only line ends');
    expect(await fs.refusal('apply_patch', { patch, dryRun: true })).toContain('write_file and eol');
    expect(text('ends')).toBe('a\r\nb\r\n');
  });
});

describe('a patch that names one file twice', () => {
  const part = (name: string) => `--- ${name}\n+++ ${name}\n@@ -1 +1 @@\n-a\n+b\n`;
  const made = (name: string) => `--- /dev/null\n+++ ${name}\n@@ -0,0 +1 @@\n+n\n`;

  test.each([
    ['./same', part],
    ['src/../same', part],
    ['same-link', part],
    ['same-too', part],
    ['./same-new', made],
  ])('also as %s, is refused before anything is done', async (other, one) => {
    writeFileSync(at('same'), 'a\n');
    for (const name of ['same-link', 'same-too']) rmSync(at(name), { force: true });
    symlinkSync('same', at('same-link'));
    linkSync(at('same'), at('same-too'));
    const before = (await fs.call('list_changes', {})).data.changes.length;
    const patch = one(one === made ? 'same-new' : 'same') + one(other);
    const refusal = await fs.refusal('apply_patch', { patch });
    expect(refusal).toContain(`names one file twice, as ${one === made ? 'same-new' : 'same'} and as ${other}`);
    expect(await fs.refusal('apply_patch', { patch, dryRun: true })).toBe(refusal);
    expect(text('same')).toBe('a\n');
    expect(existsSync(at('same-new'))).toBe(false);
    expect((await fs.call('list_changes', {})).data.changes).toHaveLength(before);
  });
});

describe('compare_files', () => {
  test('shows a diff, and names differences of encoding and line ends', async () => {
    writeFileSync(at('one'), 'a\nb\nc\n');
    writeFileSync(at('two'), Buffer.from('\ufeffa\r\nB\r\nc\r\n', 'utf16le'));
    const { data, text: said } = await fs.call('compare_files', { a: 'one', b: 'two' });
    expect(data.diff).toContain('--- one\toriginal\n+++ two\tmodified\n');
    expect(data.diff).toContain('-b\n+B\n');
    expect(said).toContain('Encodings differ: utf-8 and utf-16le with a mark.');
    expect(said).toContain('Line ends differ: lf and crlf.');
    expect((await fs.call('compare_files', { a: 'one', b: 'one' })).text).toBe('The files are identical');
  });

  test.each([
    ['a symbolic link', 'new file mode 120000', 'symbolic link'],
    ['a submodule', 'new file mode 160000', 'submodule'],
    ['an unknown kind', 'new file mode 100999', 'unknown mode'],
  ])('%s is not made', async (_, line, words) => {
    const patch = `diff --git a/odd b/odd\n${line}\n--- /dev/null\n+++ b/odd\n@@ -0,0 +1 @@\n+target\n`;
    expect(await fs.refusal('apply_patch', { patch })).toContain(words);
    expect(existsSync(at('odd'))).toBe(false);
  });

  test('a change of mode alone is refused and not passed over in silence', async () => {
    writeFileSync(at('moded'), 'x\n');
    const patch = 'diff --git a/moded b/moded\nold mode 100644\nnew mode 100755\n';
    expect(await fs.refusal('apply_patch', { patch })).toContain('changes the mode');
  });

  test('new files may be empty, or programs; empty ones may be deleted', async () => {
    await apply('diff --git a/empty b/empty\nnew file mode 100644\nindex 0000000..e69de29\n');
    expect(text('empty')).toBe('');
    await apply('diff --git a/empty b/empty\ndeleted file mode 100644\nindex e69de29..0000000\n');
    expect(existsSync(at('empty'))).toBe(false);
    await apply('diff --git a/run b/run\nnew file mode 100755\n--- /dev/null\n+++ b/run\n@@ -0,0 +1 @@\n+echo\n');
    expect(statSync(at('run')).mode & 0o111).not.toBe(0);
  });

  test('a patch made to search for ever is given up', async () => {
    writeFileSync(at('slow'), 'x\n'.repeat(300_000));
    const patch = `--- a/slow\n+++ b/slow\n@@ -200000,100001 +1,100002 @@\n${' x\n'.repeat(100_000)}-q\n+w\n+z\n`;
    const before = Date.now();
    expect(await fs.refusal('apply_patch', { patch })).toContain('too far');
    expect(Date.now() - before).toBeLessThan(20_000);
  });
});

test('a patch that replaces more in all than is kept for undo is refused before anything is changed', async () => {
  const small = await startFilesystem({ config: { trash: { maxBytes: 100_000 } } });
  const old = `old\n${'filler\n'.repeat(6000)}`;
  for (const name of ['a', 'b', 'c']) writeFileSync(join(small.root, name), old);
  const part = (name: string) => `--- a/${name}\n+++ b/${name}\n@@ -1 +1 @@\n-old\n+new\n`;
  const patch = ['a', 'b', 'c'].map(part).join('');
  expect(await small.refusal('apply_patch', { patch })).toContain('trash.maxBytes');
  for (const name of ['a', 'b', 'c']) expect(readFileSync(join(small.root, name), 'utf8')).toBe(old);
  expect((await small.call('apply_patch', { patch, dryRun: true })).data.applied).toBe(false);
  const { data } = await small.call('apply_patch', { patch: part('a') + part('b') });
  await small.call('undo_change', { change_id: data.change_id });
  for (const name of ['a', 'b', 'c']) expect(readFileSync(join(small.root, name), 'utf8')).toBe(old);
  await small.stop();
});

test('a file that is edited while a patch deletes it is not lost with the edit', async () => {
  for (let i = 0; i < 40; i++) {
    writeFileSync(at('both'), 'old\n');
    for (const one of ['first', 'second', 'third']) writeFileSync(at(one), 'old\n');
    const before = ['first', 'second', 'third'].map((one) => `--- a/${one}\n+++ b/${one}\n@@ -1 +1 @@\n-old\n+new\n`);
    const [edited, deleted] = await Promise.allSettled([
      fs.call('edit_file', { path: 'both', edits: [{ oldText: 'old', newText: 'new' }] }),
      apply(`${before.join('')}--- a/both\n+++ /dev/null\n@@ -1 +0,0 @@\n-old\n`),
    ]);
    expect([edited.status, deleted.status]).not.toEqual(['fulfilled', 'fulfilled']);
    if (edited.status === 'fulfilled') expect([text('both'), text('first')]).toEqual(['new\n', 'old\n']);
  }
});
