import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compileMatcher, type LineMatcher } from '../../../src/plugins/filesystem/search/line-matcher.ts';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';
import { RandomPatterns } from './support/random-patterns.ts';

const patterns = 1500;

interface Question {
  readonly query: string;
  readonly regex: boolean;
  readonly caseSensitive: boolean;
  readonly word: boolean;
}

/** The lines that a walk through the text finds, each with its column. */
function found(matcher: LineMatcher, text: string): string[] {
  const lines: string[] = [];
  for (let at = matcher.candidate(text, 0); at !== -1; ) {
    const start = at === 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1;
    const next = text.indexOf('\n', at);
    const end = next === -1 ? text.length : next;
    const span = matcher.inLine(text.slice(start, end));
    if (span) lines.push(`${start}:${span.start}`);
    at = end >= text.length ? -1 : matcher.candidate(text, end + 1);
  }
  return lines;
}

/** The lines that RE2 finds one by one. */
function expected(matcher: LineMatcher, lines: readonly string[]): string[] {
  let start = 0;
  return lines.flatMap((line) => {
    const span = matcher.inLine(line);
    const here = start;
    start += line.length + 1;
    return span ? [`${here}:${span.start}`] : [];
  });
}

function compiled(question: Question, linearOnly: boolean): LineMatcher | undefined {
  try {
    return compileMatcher({ ...question, linearOnly });
  } catch {
    return undefined; // not an expression of RE2's, which a random one may be
  }
}

function differences(seed: number): { differing: string[]; onV8: number; matching: number } {
  const random = new RandomPatterns(seed);
  const differing: string[] = [];
  let onV8 = 0;
  let matching = 0;
  for (let count = 0; count < patterns; count++) {
    const regex = random.pick([true, true, true, false]);
    const query = regex ? random.pattern() : random.literal();
    const question = {
      query,
      regex,
      caseSensitive: random.pick([true, false]),
      word: random.pick([true, false, false]),
    };
    const lines = Array.from({ length: 12 }, () => random.line());
    const [fast, linear] = [compiled(question, false), compiled(question, true)];
    if (!fast || !linear) continue;
    const ours = expected(linear, lines);
    if (fast.watched) onV8++;
    if (ours.length > 0) matching++;
    for (const matcher of [fast, linear]) {
      const theirs = [found(matcher, lines.join('\n')), expected(matcher, lines)];
      if (theirs.some((one) => one.join() !== ours.join()))
        differing.push(JSON.stringify({ question, watched: matcher.watched, lines, ours, theirs }));
    }
  }
  return { differing, onV8, matching };
}

/** The lines of a few where a query matches, each with its column. */
function places(query: string, more: Partial<Question>, lines: readonly string[]): string[] {
  const matcher = compileMatcher({ query, regex: true, caseSensitive: true, word: false, linearOnly: false, ...more });
  const text = lines.join('\n');
  return found(matcher, text).map((one) => {
    const [start = 0, column = 0] = one.split(':').map(Number);
    return `${text.slice(start).split('\n')[0]}:${column + 1}`;
  });
}

const anyCase = { caseSensitive: false };
const anyCaseText = { caseSensitive: false, regex: false };
const letters = ['k', '\u212a', 's', 'ſ', 'ß', 'ẞ', 'å', '\u212b'];

test.each<[string, Partial<Question>, string[], string[]]>([
  ['[😀]', {}, ['😁', '😀'], ['😀:1']],
  ['x😀?y', {}, ['xy', 'x😀y'], ['xy:1', 'x😀y:1']],
  ['^.$', {}, ['😀', '😀😀', 'é'], ['😀:1', 'é:1']],
  ['^..$', {}, ['😀', '😀😀'], ['😀😀:1']],
  ['^[^k]{2}$', {}, ['😀', 'ab'], ['ab:1']],
  ['[^a]$', {}, ['a', '😁', 'b😁'], ['😁:1', 'b😁:2']],
  ['a$', {}, ['😁a'], ['😁a:3']],
  ['\\B', {}, ['a😁a', '😁'], ['😁:1']],
  ['k', anyCase, letters, ['k:1', '\u212a:1']],
  ['k', anyCaseText, letters, ['k:1', '\u212a:1']],
  ['S', anyCaseText, letters, ['s:1', 'ſ:1']],
  ['ß', anyCaseText, letters, ['ß:1', 'ẞ:1']],
  ['å', anyCase, letters, ['å:1', '\u212b:1']],
  ['\\w', anyCase, letters, ['k:1', '\u212a:1', 's:1', 'ſ:1']],
  ['[^a-z]', anyCase, letters, ['ß:1', 'ẞ:1', 'å:1', '\u212b:1']],
  ['\\W', anyCase, letters, ['ß:1', 'ẞ:1', 'å:1', '\u212b:1']],
  ['s', { ...anyCase, word: true }, ['ſ', 'aſ', 's'], ['s:1']],
  ['\\Ab', {}, ['ab', 'b', 'bb'], ['b:1', 'bb:1']],
  ['a\\z', {}, ['ab', 'a', 'ba'], ['a:1', 'ba:2']],
  ['(?:\\Aa|b)+\\z', {}, ['abb', 'ba', 'b'], ['abb:1', 'b:1']],
  ['\\Q\\A\\E', {}, ['a', 'x\\A'], ['x\\A:2']],
  ['\\\\A', {}, ['a', 'x\\A'], ['x\\A:2']],
  ['(?-m)^b$', {}, ['a', 'b', 'c'], ['b:1']],
  ['\ud83d', { regex: false }, ['😀', 'x\ud83d'], ['x\ud83d:2']],
])('%s %j finds what RE2 finds in each line', (query, more, lines, expected) => {
  expect(places(query, more, lines)).toEqual(expected);
});

describe('V8 finds in a text what RE2 finds in its lines', () => {
  test.each([1, 2])('for random expressions (%i)', (seed) => {
    const { differing, onV8, matching } = differences(seed);
    expect(differing).toEqual([]);
    expect(onV8).toBeGreaterThan(patterns / 3);
    expect(matching).toBeGreaterThan(patterns / 3);
  });
});

const swapped = (text: string) => Buffer.from(text, 'utf16le').swap16();

describe('search_content finds the same lines in files of every encoding, with ripgrep and without', () => {
  const engines: Filesystem[] = [];
  beforeAll(async () => {
    const first = await startFilesystem({ config: { search: { ripgrep: 'auto' } } });
    const random = new RandomPatterns(7);
    const lines = Array.from({ length: 40 }, () => random.line());
    const plain = ['task', 'tas\u212a', 'ta\u017fk', 'a', 'k', 's', 'A', 'K b', 'S x', '.k', 'ss', 'kk', 'xk y'];
    for (const [index, line] of lines.entries()) writeFileSync(join(first.root, `line-${index}.txt`), `${line}\n`);
    for (const [index, line] of plain.entries()) {
      const padded = `abcdefgh\n${line}\n`; // so that it is seen to be UTF-16
      writeFileSync(join(first.root, `plain-${index}.txt`), `${line}\n`);
      writeFileSync(join(first.root, `mark-${index}.txt`), Buffer.from(`\ufeff${line}\n`, 'utf16le'));
      writeFileSync(join(first.root, `le-${index}.txt`), Buffer.from(padded, 'utf16le'));
      writeFileSync(join(first.root, `be-${index}.txt`), swapped(padded));
    }
    writeFileSync(join(first.root, 'all.txt'), `${lines.join('\r\n')}\r\n`);
    writeFileSync(join(first.root, 'latin1.txt'), Buffer.from('stra\xdfe\n\xe5 k\n\xb5s\n', 'latin1'));
    engines.push(
      first,
      await startFilesystem({ prepare: () => [first.root], config: { search: { ripgrep: 'never' } } }),
    );
  });
  afterAll(() => Promise.all(engines.map((engine) => engine.stop())));

  const same = async (args: Record<string, unknown>) => {
    const answers = await Promise.all(
      engines.map(async (engine) => (await engine.call('search_content', { path: '.', ...args })).text),
    );
    expect(answers[0], JSON.stringify(args)).toBe(answers[1]);
  };

  test.each([
    'k',
    's',
    'ss',
    'task',
    'ask',
    '[ks]',
    'ta\\wk',
    't[a]sk',
    '\\bk',
    'k\\b',
    '[^k]$',
    '\\Wk',
    '\\Ak',
    'k\\z',
  ])('%s', async (query) => {
    for (const [regex, word] of [
      [true, false],
      [false, false],
      [true, true],
      [false, true],
    ])
      await same({ query, case: 'insensitive', regex, word });
  });

  test('random expressions, most of which ripgrep is given', async () => {
    const random = new RandomPatterns(11);
    for (let count = 0; count < 60; ) {
      const query = random.pattern();
      const isValid = compiled({ query, regex: true, caseSensitive: true, word: false }, true) !== undefined;
      if (!isValid || (!/^[ -~]*$/.test(query) && random.pick([true, true, true, false]))) continue;
      await same({
        query,
        regex: true,
        case: random.pick(['sensitive', 'insensitive']),
        word: random.pick([true, false]),
      });
      count++;
    }
  });
});
