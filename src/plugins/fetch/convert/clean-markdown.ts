import { absoluteUrl, baseOf } from './absolute-url.ts';
import { blackOnWhite } from './css/painted.ts';
import { SheetRules } from './css/sheet-rules.ts';
import { containerPrefix, MarkdownBlocks } from './markdown-blocks.ts';
import { definitionTarget, linkTarget, type MarkdownTarget } from './markdown-target.ts';
import { endOf, isHiddenTag } from './strip-tags.ts';

const token = new RegExp(
  [
    `^${containerPrefix}(?<fence>\`{3,}|~{3,})(?<info>[^\\n]*)`,
    String.raw`^${containerPrefix}\[(?!\^)(?<label>(?:[^[\]\\]|\\[\s\S]){1,999})\]:`,
    String.raw`(?<ticks>${'`'}+)|(?<escape>\\[!-/:-@[-${'`'}{-~])|(?<link>\]\()|(?<angle><)`,
  ].join('|'),
  'gim',
);
const autolink = /<(?:[a-z][a-z0-9+.-]{1,31}:[^\s<>]{0,4096}|[^\s<>@/]{1,100}@[^\s<>]{1,300})>/iy;
const tag = /<(?<slash>\/?)(?<name>[a-z][^\s/<>]*)(?<attributes>(?:(?=[\s/])(?:"[^"]*"|'[^']*'|[^'"<>])*)?)>/iy;
const unseenMarkup = [
  ['<!--', '-->'],
  ['<?', '?>'],
  ['<![CDATA[', ']]>'],
  ['<!', '>'],
] as const;
/** What ends a paragraph, and with it the code that was begun there, beside an empty line. */
const interrupt = /\n[ \t>]*(?:\r?\n|<[!?/a-z]|#{1,6}[ \t\n]|`{3}|~{3}|[-+*][ \t]|1[.)][ \t]|[-*_=]{3})/i;
const silent =
  /^(script|style|template|noscript|title|datalist|svg|head|select|textarea|noembed|noframes|dialog|option)$/i;
const swallowing = /^(script|style|template|noscript)$/i;
const fallback = /^(iframe|video|audio|canvas|object)$/i;
const empty = /^(area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i;
const htmlBlock =
  /^(address|article|aside|blockquote|body|center|details|dialog|dd|div|dl|dt|figure|footer|form|h[1-6]|header|hr|html|iframe|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot|th|thead|tr|ul)$/i;
const attribute = /\s*([^\s"'<>/=]+)(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'<>]+))?/g;
/** Attributes that a reader has something of; all others say what nobody sees. */
const telling =
  /^(href|src|alt|align|valign|colspan|rowspan|width|height|start|open|lang|dir|type|checked|disabled|controls)$/i;

const longestCode = 5000;
/** How far the end of a tag is looked for; in all, where it was looked for in vain. */
const longestTag = 100_000;
const mostVain = 3_000_000;

/** Markdown as a reader sees it once it is set: without comments, titles and hidden elements, its links absolute. Code is left alone. */
export function cleanMarkdown(markdown: string, url: string): string {
  return new MarkdownCleaner(markdown, baseOf(undefined, url)).clean();
}

class MarkdownCleaner {
  readonly #source: string;
  readonly #base: URL | undefined;
  readonly #blocks: MarkdownBlocks;
  readonly #rules = new SheetRules(true);
  readonly #kept: string[] = [];
  readonly #unended = new Set<string>();
  readonly #lastClosing = new Map<string, number>();
  #vain = 0;
  #from = 0;
  /** Where the HTML block ends in which Markdown's marks mean nothing. */
  #htmlEnd = 0;
  /** Whether a `pre` is open, in which no Markdown is read, empty lines or not. */
  #isInPre = false;

  constructor(source: string, base: URL | undefined) {
    this.#source = source;
    this.#base = base;
    this.#blocks = new MarkdownBlocks(source);
  }

  clean(): string {
    token.lastIndex = 0;
    for (let found = token.exec(this.#source); found; found = token.exec(this.#source)) {
      const last = token.lastIndex;
      const next = this.#read(found.index, last, found.groups ?? {});
      token.lastIndex = Math.max(next, found.index + 1);
    }
    this.#keep(this.#source.length, this.#source.length);
    return this.#kept.join('');
  }

  /** Keeps what was read so far up to `end`, then goes on from `next`. */
  #keep(end: number, next: number, between = ''): number {
    this.#kept.push(this.#source.slice(this.#from, end), between);
    this.#from = next;
    return next;
  }

  /** Where reading goes on after the mark between `at` and `end`. */
  #read(at: number, end: number, groups: Readonly<Record<string, string | undefined>>): number {
    const { fence, info = '', label, ticks, link, angle } = groups;
    const codeEnd = at < this.#htmlEnd || this.#isInPre ? undefined : this.#blocks.indentedCodeEnd(at);
    if (codeEnd !== undefined) return codeEnd;
    if (angle !== undefined) return this.#angle(at);
    if (at < this.#htmlEnd) return fence === undefined && label === undefined ? end : this.#lineStart(at, end);
    if (link !== undefined) return this.#target(linkTarget(this.#source, end), ')') ?? end;
    if (ticks !== undefined) return this.#code(at, ticks);
    if (label !== undefined) return this.#definition(at, end, label);
    if (fence === undefined) return end; // an escaped mark
    const marks = end - info.length - fence.length;
    const isSpan = fence.startsWith('`') && info.includes('`');
    const over = isSpan ? undefined : this.#blocks.fenceEnd(marks, fence);
    return over ?? (isSpan ? this.#code(marks, fence) : end - info.length);
  }

  /** Of a line in HTML, only what stands before its first mark is done with. */
  #lineStart(at: number, end: number): number {
    const first = this.#source.slice(at, end).indexOf('<');
    return first === -1 ? end : at + first;
  }

  #target(target: MarkdownTarget | undefined, closing: string): number | undefined {
    if (!target) return undefined;
    const url = absoluteUrl(target.url, this.#base) ?? target.url;
    return this.#keep(target.start, target.close, (target.isAngled ? `<${url}>` : url) + closing);
  }

  #definition(at: number, end: number, label: string): number {
    const target = definitionTarget(this.#source, end);
    if (!/^(\/\/|comment)/i.test(label)) return this.#target(target, '') ?? end - label.length - 2;
    const line = this.#source.indexOf('\n', end);
    return this.#keep(at, target?.close ?? (line === -1 ? this.#source.length : line));
  }

  #code(at: number, ticks: string): number {
    const from = at + ticks.length;
    const rest = this.#source.slice(from, from + longestCode);
    const over = rest.search(interrupt);
    const paragraph = over === -1 ? rest : rest.slice(0, over);
    for (let close = paragraph.indexOf(ticks); close !== -1; ) {
      let stop = close + ticks.length;
      while (paragraph[stop] === '`') stop++;
      if (stop - close === ticks.length) {
        // In a table the cells come first, and code goes over no cell's end: what would be hidden there goes.
        return paragraph.slice(0, close).includes('|') ? this.#cells(from, from + close, from + stop) : from + stop;
      }
      close = paragraph.indexOf(ticks, stop);
    }
    return from;
  }

  #cells(from: number, end: number, next: number): number {
    this.#keep(from, end, this.#source.slice(from, end).replace(/<!--[\s\S]*?-->/g, ''));
    return next;
  }

  #angle(at: number): number {
    autolink.lastIndex = at;
    const auto = at < this.#htmlEnd ? null : autolink.exec(this.#source);
    if (auto) return this.#autolink(at, auto[0]);
    for (const [open, close] of unseenMarkup) {
      if (!this.#source.startsWith(open, at)) continue;
      if (open === '<!' && !/[a-z]/i.test(this.#source.charAt(at + 2))) return at + 1;
      const end = this.#endOfUnseen(at, open, close);
      return end === undefined ? at + 1 : this.#keep(at, end);
    }
    const found = this.#tagAt(at);
    return found ? this.#tag(at, found) : at + 1;
  }

  /** As it is, but for a user name and password in it. */
  #autolink(at: number, link: string): number {
    const end = at + link.length;
    const url = /^<[a-z]+:\/\/[^/?#]*@/i.test(link) ? absoluteUrl(link.slice(1, -1), undefined) : undefined;
    return url === undefined ? end : this.#keep(at, end, `<${url}>`);
  }

  #endOfUnseen(at: number, open: string, close: string): number | undefined {
    const short = open === '<!--' ? /<!---?>/y : undefined;
    if (short) short.lastIndex = at;
    const shortest = short?.exec(this.#source);
    if (shortest) return at + shortest[0].length;
    const end = this.#unended.has(close) ? -1 : this.#source.indexOf(close, at + open.length);
    if (end !== -1) return end + close.length;
    this.#unended.add(close);
    return open === '<!--' || this.#isLineStart(at) ? this.#source.length : undefined;
  }

  #isLineStart(at: number): boolean {
    const before = this.#source.slice(Math.max(0, at - 100), at);
    return before.slice(before.lastIndexOf('\n') + 1).trim() === '';
  }

  #tagAt(at: number): RegExpExecArray | undefined {
    const longest = this.#vain > mostVain ? 1000 : longestTag;
    tag.lastIndex = 0;
    const rest = this.#source.slice(at, at + longest);
    const found = /^<\/?[a-z]/i.test(rest) ? tag.exec(rest) : null;
    if (!found && /^<\/?[a-z]/i.test(rest)) this.#vain += rest.length;
    return found ?? undefined;
  }

  #tag(at: number, { 0: whole, groups }: RegExpExecArray): number {
    const { slash, name = '', attributes = '' } = groups ?? {};
    const end = at + whole.length;
    if (htmlBlock.test(name) && at >= this.#htmlEnd && this.#isLineStart(at)) {
      const blank = /\n[ \t\r]*\n/g;
      blank.lastIndex = at;
      this.#htmlEnd = blank.exec(this.#source)?.index ?? this.#source.length;
    }
    if (/^pre$/i.test(name)) this.#isInPre = slash === '';
    if (slash !== '') return end;
    const color = /^font$/i.test(name) ? /color\s*=\s*["']?([^"'\s>]+)/i.exec(attributes)?.[1] : undefined;
    const styled = color === undefined ? attributes : `${attributes} style="color:${color}"`;
    const isOpenDialog = /^dialog$/i.test(name) && /\sopen\b/i.test(attributes);
    const isSilent = silent.test(name) && !isOpenDialog;
    if (isSilent || isHiddenTag(name.toLowerCase(), styled, this.#rules, blackOnWhite)) {
      const isAlone = empty.test(name) || (isSilent && !swallowing.test(name) && !this.#isEnded(name, end));
      return this.#keep(at, isAlone ? end : this.#afterElement(name, end));
    }
    this.#keep(at, end, `<${name}${this.#attributes(attributes)}>`);
    return fallback.test(name) && this.#isEnded(name, end)
      ? this.#keep(end, endOf(this.#source, name.toLowerCase(), end))
      : end;
  }

  /** Whether such an element is closed anywhere after: words such as "the <title> tag" are no reason to drop a page's rest. */
  #isEnded(name: string, from: number): boolean {
    const closing = `</${name.toLowerCase()}`;
    const last = this.#lastClosing.get(closing) ?? this.#lower().lastIndexOf(closing);
    this.#lastClosing.set(closing, last);
    return last >= from;
  }

  #lower(): string {
    return this.#source.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()); // keeps every offset as it is
  }

  #attributes(attributes: string): string {
    const isKept = [...attributes.matchAll(attribute)].every(([, key = '']) => telling.test(key));
    const told = isKept
      ? attributes
      : attributes.replace(attribute, (whole, key: string) => (telling.test(key) ? whole : ''));
    return told.replace(
      /(\s(?:href|src)\s*=\s*(?:["']|(?=[^\s"'])))([^"'\s>]*)/gi,
      (_, before: string, target: string) => before + (absoluteUrl(target, this.#base) ?? target),
    );
  }

  #afterElement(name: string, from: number): number {
    const end = endOf(this.#source, name.toLowerCase(), from);
    const close = this.#source.startsWith('</', end) ? this.#source.indexOf('>', end) : -1;
    return close === -1 ? end : close + 1;
  }
}
