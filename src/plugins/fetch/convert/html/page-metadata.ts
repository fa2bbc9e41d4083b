import type { Element } from 'domhandler';
import { absoluteUrl } from '../absolute-url.ts';
import type { PageMetadata } from '../job.ts';
import { firstOf } from '../whole-characters.ts';
import { measure } from './measure.ts';
import { pageTitle } from './page-title.ts';
import { isElement, isShown, nextNode, type PageTree, parsePage, squeeze, textOf } from './page-tree.ts';
import { Visibility } from './visibility.ts';
import { visibleText } from './visible-text.ts';

const longest = 2000;
const mostEach = 100;
const longestJsonLd = 30_000;

/** What a page says about itself, from its head and its headings. */
export function pageMetadata(html: string, url: string, isXml = false): PageMetadata {
  const tree = parsePage(html, url, isXml);
  const visibility = new Visibility(tree);
  const elements = gather(tree);
  const metas = metaValues(elements.meta ?? []);
  const links = linksOf(elements.link ?? [], tree.base);
  const jsonLd = readJsonLd(elements.script ?? []);
  const graph = withAddresses(prefixed(metas, 'og:'), tree.base);
  const first = (...names: string[]) =>
    names.map((name) => metas.get(name)).find((value) => value !== undefined) ?? null;
  const ld = (name: string) => jsonLd.map((item) => stringAt(item, name)).find((value) => value !== undefined) ?? null;
  return {
    title: first('og:title') ?? pageTitle(tree),
    description: first('description', 'og:description', 'twitter:description', 'dc.description'),
    canonical: links.find(({ rels }) => rels.includes('canonical'))?.url ?? null,
    lang: elements.html?.[0]?.attribs.lang ?? first('og:locale', 'content-language'),
    author: first('author', 'article:author', 'dc.creator') ?? ld('author'),
    published:
      first('article:published_time', 'date', 'dc.date', 'datepublished', 'pubdate') ??
      ld('datePublished') ??
      timeOf(elements.time ?? []),
    modified: first('article:modified_time', 'og:updated_time', 'last-modified') ?? ld('dateModified'),
    openGraph: graph,
    twitter: withAddresses(prefixed(metas, 'twitter:'), tree.base),
    jsonLd,
    feeds: links
      .filter(({ rels, type }) => rels.includes('alternate') && /(rss|atom)\+xml|feed\+json/.test(type))
      .map(({ url: feed, title, type }) => ({ url: feed, title, type })),
    icons: links
      .filter(({ rels }) => rels.some((rel) => rel === 'icon' || rel.startsWith('apple-touch-icon')))
      .map(({ url: icon }) => icon),
    headings: headingsOf(elements, visibility),
    textLength: measure(tree.root, (element) => visibility.isHidden(element)).get(tree.root)?.text ?? 0,
    warnings: visibility.warnings,
  };
}

const wanted = /^(meta|link|script|html|time|h[1-6])$/;

function gather({ root }: PageTree): Record<string, Element[]> {
  const found: Record<string, Element[]> = {};
  for (let node = root.children[0] ?? null; node; node = nextNode(node, root)) {
    if (!isElement(node) || !wanted.test(node.name)) continue;
    const name = /^h[1-6]$/.test(node.name) ? 'heading' : node.name;
    const list = found[name] ?? [];
    found[name] = list;
    if (list.length < 1000) list.push(node);
  }
  return found;
}

function metaValues(metas: readonly Element[]): Map<string, string> {
  const values = new Map<string, string>();
  for (const { attribs } of metas) {
    const name = (attribs.property ?? attribs.name ?? attribs.itemprop ?? attribs['http-equiv'])?.toLowerCase();
    const content = firstOf(visibleText(squeeze(attribs.content ?? '')), longest);
    if (name !== undefined && content !== '' && !values.has(name)) values.set(name, content);
  }
  return values;
}

function prefixed(metas: ReadonlyMap<string, string>, prefix: string): Record<string, string> {
  const own = [...metas].filter(([name]) => name.startsWith(prefix)).slice(0, mostEach);
  return Object.fromEntries(own.map(([name, value]) => [name.slice(prefix.length), value]));
}

/** What names a picture or page, as an absolute URL. */
function withAddresses(values: Readonly<Record<string, string>>, base: URL | undefined): Record<string, string> {
  const isAddress = /^(url|(image|video|audio)(:(url|secure_url|src))?)$/;
  return Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      isAddress.test(name) ? (absoluteUrl(value, base) ?? value) : value,
    ]),
  );
}

function linksOf(links: readonly Element[], base: URL | undefined) {
  return links.slice(0, mostEach).flatMap(({ attribs }) => {
    const url = absoluteUrl(attribs.href ?? '', base);
    if (url === undefined) return [];
    const rels = (attribs.rel ?? '').toLowerCase().split(/\s+/);
    return [{ url, rels, type: (attribs.type ?? '').toLowerCase(), title: attribs.title ?? null }];
  });
}

function readJsonLd(scripts: readonly Element[]): unknown[] {
  const blocks = scripts.filter(({ attribs }) => attribs.type?.toLowerCase() === 'application/ld+json').slice(0, 10);
  return blocks.flatMap((script) => {
    try {
      const text = textOf(script, () => false, longestJsonLd + 1);
      const value: unknown = text.length > longestJsonLd ? undefined : JSON.parse(text);
      return value === undefined ? [] : Array.isArray(value) ? value.slice(0, mostEach) : [value];
    } catch {
      return []; // broken blocks are common on the web, and say nothing
    }
  });
}

/** A string (or the name of the thing) at a key of a JSON-LD node, or of a node in its `@graph`. */
function stringAt(node: unknown, key: string): string | undefined {
  if (typeof node !== 'object' || node === null) return undefined;
  const record = node as Record<string, unknown>;
  const value = Array.isArray(record[key]) ? record[key][0] : record[key];
  if (typeof value === 'string') return firstOf(value, longest);
  if (typeof value === 'object' && value !== null && 'name' in value) return firstOf(String(value.name), longest);
  const graph = record['@graph'];
  if (!Array.isArray(graph)) return undefined;
  return graph
    .slice(0, mostEach)
    .map((item) => (isGraph(item) ? undefined : stringAt(item, key)))
    .find((found) => found !== undefined);
}

/** A graph inside a graph: not something JSON-LD has on pages, and no reason to walk on. */
function isGraph(node: unknown): boolean {
  return typeof node === 'object' && node !== null && '@graph' in node;
}

function timeOf(times: readonly Element[]): string | null {
  return (
    times
      .map(({ attribs }) => attribs.datetime)
      .find((time) => time !== undefined && time !== '')
      ?.slice(0, 100) ?? null
  );
}

function headingsOf(elements: Record<string, Element[]>, visibility: Visibility): PageMetadata['headings'] {
  const isDropped = (element: Element) => visibility.isHidden(element);
  return (elements.heading ?? [])
    .filter((heading) => isShown(heading, isDropped))
    .map((heading) => ({
      level: Number(heading.name[1]),
      text: firstOf(visibleText(squeeze(textOf(heading, isDropped))).replace(/\s*[#¶§]$/u, ''), 300),
    }))
    .filter(({ text }) => text !== '')
    .slice(0, 500);
}
