import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';
import { zip } from './support/zip.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
const temporary = '.mcp-0123456789abcdef01234567.tmp';

beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

function fill(folder: string, names: readonly string[]): void {
  mkdirSync(at(folder), { recursive: true });
  for (const name of names) writeFileSync(join(at(folder), name), name);
}

describe('names of what is packed', () => {
  test('what archive_create packs, archive_extract unpacks: names are left out that it would refuse, and named', async () => {
    fill('odd', ['a:b', 'con', 'C:', 'trailing.', 'q?*"<>|', 'b\\s', 'nl\nx', 'del\u007f', 'ls\u2028x', 'é']);
    fill('odd/d\\e', ['inside']);
    const { data, text } = await fs.call('archive_create', { source: 'odd', destination: 'odd.zip' });
    expect(data).toMatchObject({ entries: 7, skipped: 5, unpackable: 5 });
    expect(data.unpackable_names).toEqual(['b\\s', 'd\\e', 'del\u007f', 'ls\u2028x', 'nl\nx'].map((n) => `odd/${n}`));
    expect(text).toContain('5 left out since no archive may have their names');
    expect(text).toContain('odd/b\\s, odd/d\\e, odd/del\\u007f, odd/ls\\u2028x, odd/nl\\nx');
    await fs.call('archive_extract', { path: 'odd.zip', destination: 'odd-again' });
    const back = ['C:', 'a:b', 'con', 'q?*"<>|', 'trailing.', 'é'];
    expect(readdirSync(at('odd-again/odd')).sort()).toEqual(back);
    expect(readFileSync(at('odd-again/odd/a:b'), 'utf8')).toBe('a:b');
  });

  test('only the first ten of many such names are named', async () => {
    fill(
      'many',
      Array.from({ length: 14 }, (_, i) => `${String(i).padStart(2, '0')}\\`),
    );
    const { data, text } = await fs.call('archive_create', { source: 'many', destination: 'many.zip' });
    expect([data.unpackable, data.unpackable_names.length]).toEqual([14, 10]);
    expect(text).toContain('many/09\\ and 4 more');
  });

  test('what has such a name itself is not packed, and the refusal says why', async () => {
    fill('whole/x\\y', ['f']);
    fill('whole/C:', ['f']);
    fill('whole', [temporary]);
    for (const name of ['x\\y', 'C:', temporary]) {
      const refusal = await fs.refusal('archive_create', { source: `whole/${name}`, destination: 'whole.zip' });
      expect(refusal).toContain('no archive may have its name');
    }
  });

  test('paths that are longer than any that tools take are left out too', async () => {
    const part = 'n'.repeat(200);
    mkdirSync(at('long'));
    const dig = `for (let i = 0; i < 22; i++) { fs.mkdirSync('${part}'); process.chdir('${part}'); }`;
    execFileSync(process.execPath, ['-e', dig], { cwd: at('long') });
    const { data } = await fs.call('archive_create', { source: 'long', destination: 'long.zip' });
    expect(data).toMatchObject({ entries: 21, unpackable: 1 });
    await fs.call('archive_extract', { path: 'long.zip', destination: 'long-again' });
    writeFileSync(at('longer.zip'), zip([{ name: `${`${part}/`.repeat(21)}f`, data: Buffer.alloc(0) }]));
    expect(await fs.refusal('archive_extract', { path: 'longer.zip', destination: 'longer' })).toContain('unsafe path');
    execFileSync('rm', ['-rf', at('long'), at('long-again')]);
  });

  test('the absolute path of a Windows drive is refused, a colon elsewhere is not', async () => {
    const colons = (name: string) => {
      writeFileSync(at('colons.zip'), zip([{ name, data: Buffer.alloc(0) }]));
      return { path: 'colons.zip', destination: 'colons' };
    };
    expect(await fs.refusal('archive_extract', colons('c:/x'))).toContain('unsafe path: c:/x');
    expect((await fs.call('archive_extract', colons('d/12:30/c:x'))).data.files).toBe(1);
  });

  test('files that have the name of a write in flight are counted among those left out', async () => {
    fill('flight/sub', [temporary, 'kept']);
    fill('flight', [temporary]);
    const packed = await fs.call('archive_create', { source: 'flight', destination: 'flight.zip' });
    expect(packed.data).toMatchObject({ entries: 3, skipped: 2, unpackable: 0 });
    expect(packed.text).toContain('(2 links, special, protected, mounted or temporary entries left out)');
    const copied = await fs.call('copy_file', { source: 'flight', destination: 'flown', recursive: true });
    expect(copied.data).toMatchObject({ files: 1, directories: 2, skipped: 2 });
    expect(copied.text).toContain('(2 protected, special, mounted or temporary entries left out)');
  });
});
