import { RE2JS } from 're2js';
import { GatewayError } from '../../../core/errors.ts';
import { forV8 } from './dialects.ts';
import type { ContentJob } from './job.ts';
import { isPlainPattern, requiredLiteral } from './plain-pattern.ts';

interface Span {
  readonly start: number;
  readonly end: number;
}

/** Finds the lines that a query matches: plain expressions with V8, which is fast and is watched, all others with RE2, which is linear. */
export interface LineMatcher {
  /** Bytes of which a UTF-8 or single-byte file must have at least one run to match at all; undefined: not known. */
  readonly needles: readonly Buffer[] | undefined;
  /** Whether V8 matches, whose time is to be watched. */
  readonly watched: boolean;
  /** A place at or after `from` that may match; -1: none. */
  candidate(text: string, from: number): number;
  /** The first match within one line, which has no line end. */
  inLine(line: string): Span | undefined;
}

const longestPattern = 2000;

/** Throws `invalid_input` with the engine's reason for a pattern that is not one. */
export function compileMatcher(
  job: Pick<ContentJob, 'query' | 'regex' | 'caseSensitive' | 'word' | 'linearOnly'>,
): LineMatcher {
  if (job.query.length > longestPattern) {
    throw new GatewayError('invalid_input', `The query has more than ${longestPattern} characters.`);
  }
  requireOneLine(job);
  return !job.regex && job.caseSensitive && !job.word ? literalMatcher(job.query) : regexMatcher(job);
}

/** Throws for a query that has a line end in it, which no line has. */
function requireOneLine({ query, regex }: Pick<ContentJob, 'query' | 'regex'>): void {
  const written =
    regex && !query.includes('|') && /(?<!\\)(?:\\\\)*\\n(?![*?{])/.test(query.replaceAll(/\[(?:\\.|[^\]\\])*\]/g, ''));
  if (!written && !/[\r\n]/.test(query)) return;
  throw new GatewayError(
    'invalid_input',
    'The query has a line end in it, and lines are matched one by one, without their ends: it would match nothing. Search for text of one line, and set context for the lines around it.',
  );
}

function literalMatcher(query: string): LineMatcher {
  return {
    needles: needlesOf(query),
    watched: false,
    candidate: (text, from) => text.indexOf(query, from),
    inLine: (line) => {
      const start = line.indexOf(query);
      return start === -1 ? undefined : { start, end: start + query.length };
    },
  };
}

/** The query in UTF-8 and, where it fits, in the single-byte encoding that other files are read as. */
function needlesOf(query: string): Buffer[] {
  const utf8 = Buffer.from(query, 'utf8');
  const single = Buffer.from(query, 'latin1');
  return utf8.equals(single) || single.toString('latin1') !== query ? [utf8] : [utf8, single];
}

function regexMatcher(job: Pick<ContentJob, 'query' | 'regex' | 'caseSensitive' | 'word' | 'linearOnly'>): LineMatcher {
  const body = job.regex ? job.query : job.query.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const whole = (one: string) => (job.word ? `\\b(?:${one})\\b` : one);
  const linear = compileLinear(whole(body), job.caseSensitive);
  const plain = !job.linearOnly && isPlainPattern(body) ? forV8(body) : undefined;
  const fast = plain === undefined ? undefined : compileFast(whole(plain), job.caseSensitive);
  const needle = job.regex && job.caseSensitive ? requiredLiteral(body) : undefined;
  return {
    needles: needle === undefined ? undefined : [Buffer.from(needle)],
    watched: fast !== undefined,
    candidate: (text, from) => {
      if (fast) {
        fast.lastIndex = from;
        return fast.exec(text)?.index ?? -1;
      }
      const matcher = linear.matcher(text);
      return matcher.find(from) ? matcher.start() : -1;
    },
    inLine: (line) => {
      if (fast) {
        fast.lastIndex = 0;
        const found = fast.exec(line);
        return found ? { start: found.index, end: found.index + found[0].length } : undefined;
      }
      const matcher = linear.matcher(line);
      return matcher.find() ? { start: matcher.start(), end: matcher.end() } : undefined;
    },
  };
}

function compileLinear(pattern: string, caseSensitive: boolean): RE2JS {
  try {
    return RE2JS.compile(pattern, RE2JS.MULTILINE | (caseSensitive ? 0 : RE2JS.CASE_INSENSITIVE));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError(
      'invalid_input',
      `Not a valid regular expression (RE2 syntax: no lookaround, no backreferences): ${why}. For plain text leave regex out.`,
      { cause },
    );
  }
}

function compileFast(pattern: string, caseSensitive: boolean): RegExp | undefined {
  try {
    return new RegExp(pattern, caseSensitive ? 'gm' : 'gmi');
  } catch {
    return undefined; // RE2 took it, V8 does not: the linear engine does it alone
  }
}
