import type { Element } from 'domhandler';
import { blackOnWhite, isUnseen, type Painted, painted } from './css/painted.ts';
import { SheetRules } from './css/sheet-rules.ts';
import { scanInline } from './css/sheet-scanner.ts';
import { hidesBox, hidesText, unknownFacts } from './css/signs.ts';
import { concealsByAttribute } from './html/hidden-attributes.ts';

const blockTag = /^(p|div|br|li|tr|h[1-6]|table|section|article|ul|ol|pre|blockquote|dd|dt)$/;
const silentTag = /^(script|style|template|noscript|svg|head|select|textarea|dialog|noembed|noframes|iframe|title)$/;
const voidTag = /^(area|base|br|col|embed|hr|img|input|link|meta|param|source|track|wbr)$/;

/** A tag with its attributes, which may hold `>` in quotes. What does not match to its end is no tag to a browser either. */
const tagPattern = /<(\/?)([a-z][^\s/>]*)(?=[\s/>])((?:"[^"]*"|'[^']*'|[^'">])*)>/iy;
const attributePattern = /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?/g;

/**
 * The text between the tags, less what the page hides as far as each tag tells, in one pass that takes no longer on a
 * bad page than on a good one. The last resort.
 */
export function stripTags(html: string): string {
  const rules = sheetsOf(html);
  const parts: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    parts.push(html.slice(at, open === -1 ? html.length : open));
    if (open === -1) break;
    at = open + 1;
    const next = html.slice(at, at + 3);
    if (/^\/?[a-z]/i.test(next)) at = afterTag(html, open, rules, parts);
    else if (/^[!?/]/.test(next)) at = after(html, next === '!--' ? '-->' : '>', at);
    else parts.push('<');
  }
  const text = parts.join('').replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name: string) => entities[name] ?? ' ');
  return text
    .replace(/[ \t\r]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
}

/** Where reading goes on after the tag that begins at `open`, and after all in it where it is hidden. */
function afterTag(html: string, open: number, rules: SheetRules, parts: string[]): number {
  tagPattern.lastIndex = open;
  const found = tagPattern.exec(html);
  if (!found) return html.length; // a tag that never ends swallows the rest, as it does in browsers
  const [whole, slash, tagName = '', attributes = ''] = found;
  const name = tagName.toLowerCase();
  if (blockTag.test(name)) parts.push('\n');
  if (slash !== '' || voidTag.test(name)) return open + whole.length;
  const isDropped = silentTag.test(name) || isHiddenTag(name, attributes, rules);
  return isDropped ? endOf(html, name, open + whole.length) : open + whole.length;
}

function after(html: string, mark: string, from: number): number {
  const end = html.indexOf(mark, from);
  return end === -1 ? html.length : end + mark.length;
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };

/** Whether a tag says of its element that no reader sees it. `ground` is what it stands on, where that is known. */
export function isHiddenTag(
  name: string,
  attributes: string,
  rules: SheetRules,
  ground: Painted = { ...blackOnWhite, ground: undefined },
): boolean {
  if (name === 'html' || name === 'body') return false;
  const attribs: Record<string, string> = {};
  for (const [, key = '', double, single, bare] of attributes.matchAll(attributePattern)) {
    const own = key.toLowerCase();
    if (!(own in attribs)) attribs[own] = double ?? single ?? bare ?? '';
  }
  if (concealsByAttribute(attribs, rules)) return true;
  const inline = attribs.style === undefined ? undefined : scanInline(attribs.style);
  const element = { type: 'tag', name, attribs, children: [], parent: null, prev: null, next: null };
  const { gives, factSets, factGives, paints } = rules.signsOf(element as unknown as Element, inline, false);
  const isOwnGround = paints?.some((paint) => isUnseen(painted(paint, ground)));
  return hidesBox(gives, (unknownFacts & ~factSets) | factGives) || hidesText(gives) || isOwnGround === true;
}

/** Where the element that was just opened ends: at its closing tag, or at the end of the page. */
export function endOf(html: string, name: string, from: number): number {
  const pattern = new RegExp(`<(/?)${name.replace(/[^a-z0-9-]/g, '.')}(?![a-z0-9-])`, 'gi');
  pattern.lastIndex = from;
  const isRaw = silentTag.test(name);
  let depth = 1;
  for (let found = pattern.exec(html); found; found = pattern.exec(html)) {
    if (found[1] === '/') depth--;
    else if (name === 'p' || name === 'li') return found.index;
    else if (!isRaw) depth++;
    if (depth === 0) return found.index;
  }
  return html.length;
}

function sheetsOf(html: string): SheetRules {
  const rules = new SheetRules(true);
  const start = /<(style|noscript|template|noembed)(?![\w-])/gi;
  const ends: Record<string, RegExp> = {};
  for (let found = start.exec(html); found; found = start.exec(html)) {
    const from = after(html, '>', start.lastIndex);
    const name = (found[1] ?? '').toLowerCase();
    ends[name] ??= new RegExp(`</${name}`, 'gi');
    const end = ends[name];
    end.lastIndex = from;
    start.lastIndex = end.exec(html)?.index ?? html.length;
    if (name === 'style') rules.add(html.slice(from, start.lastIndex));
  }
  return rules;
}
