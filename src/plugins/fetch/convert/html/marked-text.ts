import type { Emphasis } from './emphasis.ts';

interface Span {
  readonly kind: Emphasis;
  mark: string;
  isDropped: boolean;
}

/** Where a span begins or ends. */
interface Edge {
  readonly span: Span;
  readonly isOpening: boolean;
}

const marks: Readonly<Record<Emphasis, string>> = { strong: '**', em: '_', del: '~~' };
const mostPasses = 8;
const mostMoved = 50;
const longestTarget = 5000;
const opening = /[\s"'“”‘’«»‹›„‚,.;:?!…—–/%({（「『【〈《〔［，、。：；？！\ufdd9-]/u;
const closing = /[\s"'“”‘’«»‹›„‚,.;:?!…—–/%)}）」』】〉》〕］，、。：；？！\ufdd9-]/u;

/** Text with spans of emphasis, which are written in marks that take effect where they stand. */
export class MarkedText {
  readonly #pieces: (string | Edge)[] = [];
  readonly #open: Span[] = [];

  add(text: string): void {
    this.#pieces.push(text);
  }

  begin(kind: Emphasis): void {
    const last = this.#pieces.at(-1);
    if (typeof last === 'object' && !last.isOpening && last.span.kind === kind) {
      this.#pieces.pop(); // what ends and begins again at once goes on
      this.#open.push(last.span);
      return;
    }
    const span = { kind, mark: marks[kind], isDropped: false };
    this.#open.push(span);
    this.#pieces.push({ span, isOpening: true });
  }

  end(): void {
    const span = this.#open.pop();
    if (span) this.#pieces.push({ span, isOpening: false });
  }

  /** Punctuation that keeps a mark from taking effect beside a word goes outside it; where that does not help, the marks go. */
  written(): string {
    for (const span of this.#open) span.isDropped = true;
    let { texts, seams } = parted(this.#pieces);
    for (let pass = 0; pass < mostPasses; pass++) {
      const isLast = pass === mostPasses - 1;
      const isSettled = seams.map((edges, at) => settle(texts, at, edges, isLast)).every(Boolean);
      if (isSettled) break;
      const pieces = texts.flatMap((text, at): (string | Edge)[] => [text, ...(seams[at] ?? [])]);
      ({ texts, seams } = parted(pieces));
    }
    return texts.map((text, at) => text + (seams[at] ?? []).map(({ span }) => span.mark).join('')).join('');
  }
}

/** The texts, and between each two of them the edges that stand there, less those of dropped spans. */
function parted(pieces: readonly (string | Edge)[]): { texts: string[]; seams: Edge[][] } {
  const texts = [''];
  const seams: Edge[][] = [];
  for (const piece of pieces) {
    const last = texts.length - 1;
    if (typeof piece === 'string') texts[last] += piece;
    else if (piece.span.isDropped) continue;
    else if (texts[last] === '' && last > 0) seams.at(-1)?.push(piece);
    else {
      seams.push([piece]);
      texts.push('');
    }
  }
  return { texts, seams };
}

/** Whether the edges between two texts take effect as they are; else one thing is changed that may help. */
function settle(texts: string[], at: number, edges: readonly Edge[], isLast: boolean): boolean {
  const before = /.$/su.exec(texts[at]?.slice(-2) ?? '')?.[0] ?? '';
  const after = /^./su.exec(texts[at + 1]?.slice(0, 2) ?? '')?.[0] ?? '';
  const idle = edges.filter((_, index) => !takesEffect(edges, index, before, after));
  const again = edges.find(({ span, isOpening }, index) => isOpening && isEndOf(span.kind, edges[index - 1]));
  if (idle.length === 0 && !again) return true;
  const underscored = edges.filter(({ span }) => span.mark === '_');
  if (again) again.span.isDropped = true;
  else if (isLast) for (const { span } of idle) span.isDropped = true;
  else if (underscored.length > 0) for (const { span } of underscored) span.mark = '*';
  else if (!moveOut(texts, at, edges)) for (const { span } of idle) span.isDropped = true;
  return false;
}

function isEndOf(kind: Emphasis, edge: Edge | undefined): boolean {
  return edge !== undefined && !edge.isOpening && edge.span.kind === kind;
}

/** Marks of one character side by side are one run, which is held against what is around it (CommonMark 6.2). */
function takesEffect(edges: readonly Edge[], index: number, before: string, after: string): boolean {
  const edge = edges[index];
  if (!edge) return false;
  const character = edge.span.mark.charAt(0);
  const isOther = (other: Edge | undefined) => other !== undefined && !other.span.mark.startsWith(character);
  const left = edges.slice(0, index).some(isOther) ? '*' : before;
  const right = edges.slice(index + 1).some(isOther) ? '*' : after;
  const [outer, inner] = edge.isOpening ? [left, right] : [right, left];
  if (isSpace(inner)) return false;
  if (isSpace(outer) || isPunctuation(outer)) return true;
  return character !== '_' && !isPunctuation(inner) && !isSymbol(inner);
}

/** Takes punctuation at the inner side of the edges to their outer side; false where there is none, or nothing else. */
function moveOut(texts: string[], at: number, edges: readonly Edge[]): boolean {
  const before = texts[at] ?? '';
  const after = texts[at + 1] ?? '';
  let length = 0;
  if (edges.every(({ isOpening }) => isOpening)) {
    while (length < mostMoved && opening.test(after.charAt(length)) && !isImage(after, length)) length++;
    if (length === 0 || length === after.length) return false;
    texts[at] = before + after.slice(0, length);
    texts[at + 1] = after.slice(length);
  } else if (edges.every(({ isOpening }) => !isOpening)) {
    while (length < mostMoved && mayEnd(before, before.length - length - 1)) length++;
    if (length === 0 || length === before.length) return false;
    texts[at] = before.slice(0, -length);
    texts[at + 1] = before.slice(-length) + after;
  }
  return length > 0;
}

function isImage(text: string, at: number): boolean {
  return text.startsWith('![', at);
}

/** Whether the character is punctuation of the text itself, not the end of an escape or of a link. */
function mayEnd(text: string, at: number): boolean {
  if (!closing.test(text.charAt(at)) || text.charAt(at - 1) === '\\') return false;
  if (text.charAt(at) !== ')') return true;
  const near = text.slice(Math.max(0, at - longestTarget), at);
  const start = near.lastIndexOf('(');
  return start === -1 ? at <= longestTarget : near.charAt(start - 1) !== ']';
}

function isSpace(character: string): boolean {
  return character.trim() === '';
}

function isPunctuation(character: string): boolean {
  return /[\p{P}$+<=>^`|~\ufdd6-\ufdd9]/u.test(character);
}

/** Punctuation to newer revisions of CommonMark, a letter to older ones. */
function isSymbol(character: string): boolean {
  return /\p{S}/u.test(character);
}
