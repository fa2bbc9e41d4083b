import { GatewayError } from '../../../core/errors.ts';
import type { Found, JobResults } from './job.ts';

interface Search {
  readonly text: string;
  readonly query: string;
  readonly regex: boolean;
  readonly context: number;
  readonly limit: number;
}

const mostCounted = 10_000;

/**
 * Every place where a page says something, with the headings above it. Case is ignored, and any white space in a plain
 * query matches any in the text. Throws `invalid_input` on a bad expression; one that never ends is the deadline's part.
 */
export function findText({ text, query, regex, context, limit }: Search): JobResults['find'] {
  const pattern = expression(query, regex);
  const outline = headings(text);
  const matches: Found[] = [];
  let total = 0;
  for (const { 0: match, index } of text.matchAll(pattern)) {
    if (match === '') continue;
    if (++total > mostCounted) break;
    if (matches.length >= limit) continue;
    matches.push({
      start: index,
      match: match.slice(0, 1000),
      snippet: text.slice(Math.max(0, index - context), index + Math.min(match.length, 1000) + context),
      headings: pathTo(outline, index),
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
