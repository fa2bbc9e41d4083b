import { GatewayError } from '../../../core/errors.ts';
import type { Found, JobResults } from './job.ts';
import { plainText, seenText } from './seen-text.ts';

interface Search {
  readonly text: string;
  /** Whether `text` is Markdown, whose marks no reader sees. */
  readonly isMarkdown: boolean;
  readonly query: string;
  readonly regex: boolean;
  readonly context: number;
  readonly limit: number;
}

const mostCounted = 10_000;
const longestMatch = 1000;

/**
 * Every place where a page says something to a reader, with the headings above it: emphasis and the targets of links are
 * not searched. Case is ignored, and any white space in a plain query matches any in the text. Throws `invalid_input` on a bad expression; one that never ends is the deadline's part.
 */
export function findText({ text, isMarkdown, query, regex, context, limit }: Search): JobResults['find'] {
  const pattern = expression(query, regex);
  const seen = isMarkdown ? seenText(text) : plainText(text);
  const outline = headings(text);
  const matches: Found[] = [];
  let total = 0;
  for (const { 0: match, index } of seen.text.matchAll(pattern)) {
    if (match === '') continue;
    if (++total > mostCounted) break;
    if (matches.length >= limit) continue;
    const start = seen.offsetAt(index);
    const end = seen.offsetAt(index + Math.min(match.length, longestMatch) - 1) + 1;
    matches.push({
      start,
      match: match.slice(0, longestMatch),
      snippet: text.slice(Math.max(0, start - context), Math.min(end, start + 2 * longestMatch) + context),
      headings: pathTo(outline, start),
    });
  }
  return { matches, total };
}

function expression(query: string, regex: boolean): RegExp {
  try {
    if (regex) return new RegExp(query, 'gimu');
    const words = query
      .trim()
      .split(/\s+/)
      .map((word) => word.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&'));
    return new RegExp(words.join('\\s+'), 'gi');
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError('invalid_input', `query is not a regular expression: ${why}`, { cause });
  }
}

interface Heading {
  readonly start: number;
  readonly level: number;
  readonly text: string;
}

/** Markdown headings outside fences, in order. */
function headings(text: string): Heading[] {
  const found: Heading[] = [];
  let fence: string | undefined;
  for (const { 0: line, index, 1: marks, 2: hashes, 3: title } of text.matchAll(
    /^(?:(`{3,})[^\n]*|(#{1,6}) (.+))$/gm,
  )) {
    if (marks !== undefined) fence = fence === undefined ? marks : line === fence ? undefined : fence;
    else if (fence === undefined)
      found.push({ start: index, level: hashes?.length ?? 1, text: (title ?? '').slice(0, 200) });
  }
  return found;
}

function pathTo(outline: readonly Heading[], index: number): string[] {
  const path: Heading[] = [];
  for (const heading of outline) {
    if (heading.start > index) break;
    while ((path.at(-1)?.level ?? 0) >= heading.level) path.pop();
    path.push(heading);
  }
  return path.map(({ text }) => text);
}
