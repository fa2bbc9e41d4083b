import { GatewayError } from '../../../core/errors.ts';
import type { Found, JobResults, TextForm } from './job.ts';
import { type SeenHeading, seenHtml } from './seen-html.ts';
import type { SeenText } from './seen-pieces.ts';
import { plainText, seenText } from './seen-text.ts';
import { firstOf } from './whole-characters.ts';

interface Search {
  readonly text: string;
  readonly form: TextForm;
  readonly query: string;
  readonly regex: boolean;
  readonly context: number;
  readonly limit: number;
}

const mostCounted = 10_000;
const longestMatch = 1000;

/**
 * Every place where a page says something to a reader, with the headings above it: emphasis, tags and the targets of links
 * are not searched. Case is ignored, and any white space in a plain query matches any in the text. Throws `invalid_input` on a bad expression; one that never ends is the deadline's part.
 */
export function findText({ text, form, query, regex, context, limit }: Search): JobResults['find'] {
  const pattern = expression(query, regex);
  const { seen, headings: outline } = form === 'html' ? seenHtml(text) : seenIn(text, form);
  const matches: Found[] = [];
  let total = 0;
  for (const { 0: match, index } of seen.text.matchAll(pattern)) {
    if (match === '') continue;
    if (++total > mostCounted) break;
    if (matches.length >= limit) continue;
    const start = seen.offsetAt(index);
    const end = seen.endAt(index + Math.min(match.length, longestMatch) - 1);
    matches.push({
      start,
      match: firstOf(match, longestMatch),
      snippet: between(text, start - context, Math.min(end, start + 2 * longestMatch) + context),
      headings: pathTo(outline, start),
    });
  }
  return { matches, total };
}

function seenIn(
  text: string,
  form: 'markdown' | 'plain',
): { readonly seen: SeenText; readonly headings: readonly SeenHeading[] } {
  return { seen: form === 'markdown' ? seenText(text) : plainText(text), headings: headings(text) };
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

/** A part of the text that begins and ends with a whole character. */
function between(text: string, from: number, to: number): string {
  const isInside = (at: number) => /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(at - 1, at + 1));
  const start = Math.max(0, from);
  return text.slice(start > 0 && isInside(start) ? start - 1 : start, isInside(to) ? to + 1 : to);
}

/** Markdown headings outside fences, underlined ones too, in order. */
function headings(text: string): SeenHeading[] {
  const found: SeenHeading[] = [];
  let fence: string | undefined;
  let before = { start: 0, text: '' };
  for (const { 0: line, index: start } of text.matchAll(/^.*$/gm)) {
    const [, marks, info = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    const [, hashes, title = ''] = /^(#{1,6}) (.+)$/.exec(line) ?? [];
    const [, underline] = /^ {0,3}(=+|-+)[ \t\r]*$/.exec(line) ?? [];
    if (fence !== undefined) {
      if (marks?.startsWith(fence) && info.trim() === '') fence = undefined;
    } else if (marks !== undefined && !(marks.startsWith('`') && info.includes('`'))) fence = marks;
    else if (hashes !== undefined) found.push({ start, level: hashes.length, text: firstOf(title, 200) });
    else if (underline !== undefined && /^ {0,3}[^\s>|#*+-]/.test(before.text)) {
      const level = underline.startsWith('=') ? 1 : 2;
      found.push({ start: before.start, level, text: firstOf(before.text.trim(), 200) });
    }
    before = { start, text: fence === undefined && hashes === undefined && marks === undefined ? line : '' };
  }
  return found;
}

function pathTo(outline: readonly SeenHeading[], index: number): string[] {
  const path: SeenHeading[] = [];
  for (const heading of outline) {
    if (heading.start > index) break;
    while ((path.at(-1)?.level ?? 0) >= heading.level) path.pop();
    path.push(heading);
  }
  return path.map(({ text }) => text);
}
