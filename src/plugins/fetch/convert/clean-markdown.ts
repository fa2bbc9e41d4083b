import { absoluteUrl, baseOf } from './absolute-url.ts';
import { blackOnWhite } from './css/paint.ts';
import { SheetRules } from './css/sheet-rules.ts';
import { endOf, isHiddenTag } from './strip-tags.ts';

/** What is looked at one after the other: code, which stays as it is, comments, and tags. */
const token = new RegExp(
  [
    String.raw`(?<fence>^ {0,3}(?<marks>${'`'}{3,}|~{3,})[^\n]*(?:\n(?! {0,3}\k<marks>[${'`'}~]*[ \t]*$)[^\n]*)*(?:\n[^\n]*)?)`,
    String.raw`(?<code>(?<ticks>${'`'}+)(?!${'`'})(?:(?!\n[ \t]*\n)[\s\S]){1,2000}?(?<!${'`'})\k<ticks>(?!${'`'}))`,
    String.raw`(?<comment><!--[\s\S]*?(?:-->|$(?![\s\S]))|^ {0,3}\[(?:\/\/|comment)[^\]\n]*\]:[^\n]*)`,
    String.raw`<(?<name>[a-z][^\s/<>]{0,40})(?<attributes>(?:\s(?:"[^"]{0,2000}"|'[^']{0,2000}'|[^'"<>]){0,500}|\/)?)>`,
  ].join('|'),
  'gim',
);
/** A link's title, which nobody sees without pointing at the link. */
const inlineTitle =
  /(\]\([ \t]*\n?[ \t]*[^\s<>()]{1,2000}(?:\([^\s()]{0,1000}\)[^\s<>()]{0,1000})?)\s+(?:"[^"\n]{0,1000}"|'[^'\n]{0,1000}'|\([^()\n]{0,1000}\))[ \t]*\)/g;
/** What a reference means, with its title; not a footnote, whose text is read. */
const definition =
  /(^(?: {0,3}> ?){0,5} {0,3}\[(?!\^)(?:[^\]\\\n]|\\.){1,200}\]:[ \t]*\n?[ \t]*)([^\s<>]{1,4096})(?:[ \t]*\n?[ \t]*(?:"[^"\n]{0,1000}"|'[^'\n]{0,1000}'|\([^()\n]{0,1000}\))[ \t]*$)?/gm;
const silent = /^(script|style|template|noscript)$/i;
const empty = /^(area|base|br|col|embed|hr|img|input|link|meta|source|track|wbr)$/i;

/** Markdown as a reader sees it once it is set: without comments and hidden elements, its links absolute. Code is left alone. */
export function cleanMarkdown(markdown: string, url: string): string {
  const rules = new SheetRules(true);
  const base = baseOf(undefined, url);
  const kept: string[] = [];
  let at = 0;
  token.lastIndex = 0;
  for (let found = token.exec(markdown); found; found = token.exec(markdown)) {
    const { fence, code, comment, name = '', attributes = '' } = found.groups ?? {};
    const end = found.index + found[0].length;
    kept.push(withLinks(markdown.slice(at, found.index), base));
    if (fence !== undefined || code !== undefined) kept.push(found[0]);
    else if (comment === undefined && (silent.test(name) || isHiddenTag(name, attributes, rules, blackOnWhite))) {
      token.lastIndex = empty.test(name) ? end : afterElement(markdown, name, end);
    } else if (comment === undefined) kept.push(withAddress(found[0], base));
    at = Math.max(end, token.lastIndex);
    token.lastIndex = at;
  }
  kept.push(withLinks(markdown.slice(at), base));
  return kept.join('');
}

function afterElement(markdown: string, name: string, from: number): number {
  const end = endOf(markdown, name, from);
  const close = markdown.startsWith('</', end) ? markdown.indexOf('>', end) : -1;
  return close === -1 ? end : close + 1;
}

function withLinks(text: string, base: URL | undefined): string {
  const absolute = (_: string, before: string, target: string) => before + (absoluteUrl(target, base) ?? target);
  return text
    .replace(/(\]\([ \t]*\n?[ \t]*<?)([^\s<>()]+)/g, absolute)
    .replace(inlineTitle, '$1)')
    .replace(definition, (_, before: string, target: string) => before + (absoluteUrl(target, base) ?? target));
}

function withAddress(tag: string, base: URL | undefined): string {
  return tag.replace(
    /(\s(?:href|src)\s*=\s*(?:["']|(?=[^\s"'])))([^"'\s>]*)/gi,
    (_, before: string, target: string) => before + (absoluteUrl(target, base) ?? target),
  );
}
