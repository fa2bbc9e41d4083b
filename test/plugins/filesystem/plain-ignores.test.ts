import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import createIgnore from 'ignore';
import { expect, test } from 'vitest';
import { PlainIgnores } from '../../../src/plugins/filesystem/search/plain-ignores.ts';
import { startFilesystem } from './support/filesystem.ts';

/** Numbers that are the same in each run. */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state * 1_103_515_245 + 12_345) & 0x7fffffff;
    return (state >>> 8) % below;
  };
}

test('rules that are looked up and rules that are tried decide together as all of them do when tried in order', () => {
  const next = numbers(7);
  const names = ['a', 'b', 'A', 'a b', 'a.b', 'é'];
  const anyName = () => names[next(names.length)] ?? 'a';
  const anyPath = () => Array.from({ length: 1 + next(3) }, anyName).join('/');
  const decorate = [
    (path: string) => path,
    (path: string) => `/${path}`,
    (path: string) => `${path}/`,
    (path: string) => `!${path}`,
    (path: string) => `!${path}/`,
    (path: string) => `${path}*`,
    (path: string) => `**/${path}`,
    (path: string) => `#${path}`,
    (path: string) => `\\${path}`,
    (path: string) => `${path} `,
    (path: string) => ` ${path}`,
    (path: string) => `${path}//b`,
    (path: string) => `./${path}`,
    () => '!*/',
    () => '',
  ];
  let ignored = 0;
  for (let round = 0; round < 3000; round++) {
    const lines = Array.from(
      { length: 1 + next(5) },
      () => decorate[next(next(2) ? 3 : decorate.length)]?.(anyPath()) ?? '',
    );
    const text = lines.join(next(2) ? '\n' : '\r\n');
    const ignorecase = next(2) === 0;
    const { plain, others } = PlainIgnores.divide(text, ignorecase);
    const rest = createIgnore({ ignorecase }).add(others);
    const all = createIgnore({ ignorecase }).add(text);
    for (let i = 0; i < 10; i++) {
      const path = anyPath();
      for (const isDirectory of [true, false]) {
        const slashed = isDirectory ? `${path}/` : path;
        const expected = all.test(slashed).ignored;
        const found = plain.ignores(path, isDirectory) || rest.test(slashed).ignored;
        expect(found, `${JSON.stringify(lines)} ${slashed} ${ignorecase}`).toBe(expected);
        if (expected) ignored++;
      }
    }
  }
  expect(ignored).toBeGreaterThan(1000);
});

test('a file that is made to be slow, or to go too deep, is divided all the same', () => {
  const deep = 'a/'.repeat(250_000);
  for (const text of [
    `!x\n${deep}b`,
    `!${deep}b\na`,
    `${'!a\n'.repeat(100_000)}${'b\n'.repeat(100_000)}`,
    `${'a'.repeat(500_000)}*`,
  ]) {
    const { plain } = PlainIgnores.divide(text, false);
    expect(plain.ignores('b', false)).toBe(false);
  }
});

test.each(['auto', 'never'])(
  '20,000 files that are ignored one by one hold up no search (ripgrep: %s)',
  async (ripgrep) => {
    const fs = await startFilesystem({ config: { search: { ripgrep }, limits: { searchSeconds: 10 } } });
    const rules: string[] = [];
    for (let d = 0; d < 20; d++) {
      mkdirSync(join(fs.root, `d${d}`));
      writeFileSync(join(fs.root, `d${d}`, 'kept'), 'needle');
      for (let i = 0; i < 1000; i++) {
        rules.push(`/d${d}/made-${i}`);
        if (i < 50) writeFileSync(join(fs.root, `d${d}`, `made-${i}`), 'needle');
      }
    }
    writeFileSync(join(fs.root, '.gitignore'), `${rules.join('\n')}\n`);
    const { data } = await fs.call('search_content', { path: '.', query: 'needle', output: 'files' });
    expect(data).toMatchObject({ files_with_matches: 20, truncated: false });
    await fs.stop();
  },
  60_000,
);
