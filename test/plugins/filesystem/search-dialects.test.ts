import { describe, expect, test } from 'vitest';
import { compileMatcher, type LineMatcher } from '../../../src/plugins/filesystem/search/line-matcher.ts';
import { RandomPatterns } from './support/random-patterns.ts';

const patterns = 4000;

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

describe('V8 finds in a text what RE2 finds in its lines', () => {
  test.each([1, 2])('for random expressions (%i)', (seed) => {
    const { differing, onV8, matching } = differences(seed);
    expect(differing).toEqual([]);
    expect(onV8).toBeGreaterThan(patterns / 3);
    expect(matching).toBeGreaterThan(patterns / 3);
  });
});
