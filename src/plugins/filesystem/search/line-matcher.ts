import { RE2JS } from 're2js';
import { GatewayError } from '../../../core/errors.ts';
import type { ContentJob } from './job.ts';
import { anchorsOfLines, isPlainPattern, requiredLiteral } from './plain-pattern.ts';
import { forV8, needsUnicode } from './v8-dialect.ts';

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

/** What of a job says which lines match. */
type Question = Pick<ContentJob, 'query' | 'regex' | 'caseSensitive' | 'word' | 'linearOnly'>;

const longestPattern = 2000;

/** Throws `invalid_input` with the engine's reason for a pattern that is not one. */
export function compileMatcher(job: Question): LineMatcher {
  if (job.query.length > longestPattern) {
    throw new GatewayError('invalid_input', `The query has more than ${longestPattern} characters.`);
  }
  requireOneLine(job);
  // Half a surrogate pair is none of the whole ones, but a part of their text.
  const isText = !job.regex && job.caseSensitive && !job.word && !/\p{Surrogate}/u.test(job.query);
  return isText ? literalMatcher(job.query) : expressionMatcher(job);
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

/** Where an expression matches a text first, at or after `from`. */
type Find = (text: string, from: number) => Span | undefined;

function expressionMatcher(job: Question): LineMatcher {
  const body = job.regex ? job.query : job.query.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
  const whole = (one: string) => (job.word ? `\\b(?:${one})\\b` : one);
  const linear = compileLinear(whole(body), job.caseSensitive);
  const ofLines = anchorsOfLines(body);
  const fast = job.linearOnly || !isPlainPattern(ofLines) ? undefined : compileFast(ofLines, job.caseSensitive, whole);
  const slow = ofLines === body ? linear : compileLinear(whole(ofLines), job.caseSensitive);
  const find = () => (fast ? findFast(fast) : findLinear(slow));
  const [inText, inLine] = [find(), find()];
  const needle = job.regex && job.caseSensitive ? requiredLiteral(ofLines) : undefined;
  return {
    needles: needle === undefined ? undefined : [Buffer.from(needle)],
    watched: fast !== undefined,
    candidate: (text, from) => (changesLines.test(body) ? from : (inText(text, from)?.start ?? -1)),
    inLine: (line) => inLine(line, 0),
  };
}

/** What may take the flag from `^` and `$` that lets them mean lines: every line is to be looked at by itself. */
const changesLines = /\(\?[A-Za-z]*-[A-Za-z]*m/;

function findLinear(expression: RE2JS): Find {
  return (text, from) => {
    const matcher = expression.matcher(text);
    return matcher.find(from) ? { start: matcher.start(), end: matcher.end() } : undefined;
  };
}

/** With V8, which is asked about many places of one text after another. */
function findFast({ plain, unicode }: FastExpressions): Find {
  let known: string | undefined;
  let expression = plain;
  return (text, from) => {
    if (unicode && text !== known) {
      expression = /[\ud800-\udfff]/.test(text) ? unicode : plain;
      known = text;
    }
    expression.lastIndex = from;
    const found = expression.exec(text);
    return found ? { start: found.index, end: found.index + found[0].length } : undefined;
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

interface FastExpressions {
  readonly plain: RegExp;
  /** The same for texts with surrogates, where that is another; it takes up to five times as long. */
  readonly unicode: RegExp | undefined;
}

/** Undefined where V8 does not take a pattern that RE2 takes: the linear engine does it alone. */
function compileFast(
  pattern: string,
  caseSensitive: boolean,
  whole: (one: string) => string,
): FastExpressions | undefined {
  const compile = (unicode: boolean) => {
    const written = forV8(pattern, caseSensitive, unicode);
    return written === undefined ? undefined : new RegExp(whole(written), unicode ? 'gmu' : 'gm');
  };
  try {
    const plain = compile(false);
    const unicode = needsUnicode(pattern) ? compile(true) : undefined;
    return plain && { plain, unicode };
  } catch {
    return undefined; // such as an anchor that is repeated
  }
}
