import { writeLineStarts } from './escape-markdown.ts';
import { MarkedText } from './marked-text.ts';

export type Emphasis = 'strong' | 'em' | 'del';

/** Noncharacters (`visibleText` takes them out of pages) that stand for marks until what is beside them is known. */
const openers: Readonly<Record<Emphasis, string>> = { strong: '\ufdd0', em: '\ufdd1', del: '\ufdd2' };
const closers: Readonly<Record<Emphasis, string>> = { strong: '\ufdd3', em: '\ufdd4', del: '\ufdd5' };
/** Stands before the bracket of a link, which a `!` before it would make an image. */
export const linkStart = '\ufdd6';
/** Stand around a code span: another directly behind it would be read as part of its marks. */
export const codeStart = '\ufdd7';
const codeEnd = '\ufdd8';
const kinds = ['strong', 'em', 'del'] as const;

/** Marks text; white space at its edges stays outside, and marks do not reach over blank lines. */
export function emphasized(kind: Emphasis, content: string): string {
  const text = content.trim();
  if (text === '' || text.includes('\n\n')) return content;
  const start = content.length - content.trimStart().length;
  return `${content.slice(0, start)}${openers[kind]}${text}${closers[kind]}${content.slice(start + text.length)}`;
}

export function codeSpan(code: string): string {
  const longest = code.match(/`+/g)?.reduce((most, run) => Math.max(most, run.length), 0) ?? 0;
  const marks = '`'.repeat(longest + 1);
  const pad = code.startsWith('`') || code.endsWith('`') ? ' ' : '';
  return `${codeStart}${marks}${pad}${code}${pad}${marks}${codeEnd}`;
}

export function hasStrong(content: string): boolean {
  return content.includes(openers.strong);
}

/**
 * Writes what `emphasized` marked so that CommonMark reads it as emphasis where it stands (section 6.2): `_` beside
 * white space and punctuation, `*` inside words. Marks inside marks of their kind are left out, neighbours are joined.
 */
export function writeEmphasis(markdown: string): string {
  if (!/[\ufdd0-\ufdd9]/.test(markdown)) return markdown;
  return writeLineStarts(withoutMarks(/[\ufdd0-\ufdd5]/.test(markdown) ? withSpans(markdown) : markdown));
}

function withSpans(markdown: string): string {
  const text = new MarkedText();
  const open: Emphasis[] = [];
  for (const [piece] of markdown.matchAll(/[\ufdd0-\ufdd5]|[^\ufdd0-\ufdd5]+/g)) {
    const isMark = piece.length === 1;
    const begins = isMark ? kinds.find((kind) => openers[kind] === piece) : undefined;
    const ends = isMark ? kinds.find((kind) => closers[kind] === piece) : undefined;
    if (begins) {
      if (!open.includes(begins)) text.begin(begins);
      open.push(begins);
    } else if (ends === undefined) {
      text.add(piece);
    } else if (open.at(-1) === ends) {
      open.pop();
      if (!open.includes(ends)) text.end();
    }
  }
  return text.written();
}

function withoutMarks(markdown: string): string {
  const parted = markdown.includes(codeEnd + codeStart) ? withoutTouching(markdown) : markdown;
  return parted.replace(/!\ufdd6/g, '\\!').replace(/[\ufdd6-\ufdd8]/g, '');
}

/** Code spans that touch as one, or with a space between them. */
function withoutTouching(markdown: string): string {
  return markdown.replace(/(?<!`)(`+)\ufdd8\ufdd7(`+)/g, (_, before: string, after: string) =>
    before === after ? '' : `${before} ${after}`,
  );
}
