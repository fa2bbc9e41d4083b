import type { Element, ParentNode } from 'domhandler';
import { GatewayError } from '../../../core/errors.ts';
import { absoluteUrl, baseOf } from './absolute-url.ts';
import { htmlText, longestSummary, plainText, titleText } from './feed-text.ts';
import { target } from './html/markdown-rules.ts';
import { isElement, squeeze, textOf } from './html/page-tree.ts';
import type { Feed, FeedEntry } from './job.ts';
import { readJsonFeed } from './json-feed.ts';
import { childField, childrenNamed, childText, elementsNamed, parseXml } from './xml-tree.ts';

const mostEntries = 1000;

/**
 * An RSS 0.9x, 1.0 or 2.0, Atom or JSON Feed; of its entries those published or changed at or after `since` (milliseconds since the
 * epoch), where that is given. Throws `upstream` where the text is none of them.
 */
export function readFeed(text: string, url: string, since?: number): Feed {
  const base = baseOf(undefined, url);
  if (/^\s*\{/.test(text)) return readJsonFeed(text, base, since);
  const root = parseXml(text);
  const [outer] = elementsNamed(root, 'rss', 'rdf', 'feed');
  if (!outer)
    throw new GatewayError(
      'upstream',
      'This is not an RSS, Atom or JSON feed. fetch_metadata lists the feeds of a page.',
    );
  const isAtom = childrenNamed(outer, 'channel').length === 0;
  const channel = childrenNamed(outer, 'channel')[0] ?? outer;
  const entries: FeedEntry[] = [];
  let total = 0;
  let undated = 0;
  for (const element of elementsNamed(outer, 'item', 'entry')) {
    const changed = isoDate(childText(element, 'updated', 'modified')) ?? publishedAt(element);
    if (!isSince(changed, since)) {
      if (!isDate(changed)) undated++;
      continue;
    }
    if (++total <= mostEntries) entries.push(readEntry(element, base, isAtom));
  }
  return {
    type: isAtom ? 'atom' : 'rss',
    title: words(channel, isAtom, titleText, undefined, 'title'),
    description: words(channel, isAtom, htmlText, longestSummary, 'description', 'subtitle', 'tagline'),
    url: linkOf(channel, base),
    entries,
    total,
    undated,
  };
}

function readEntry(element: Element, base: URL | undefined, isAtom: boolean): FeedEntry {
  const author = childrenNamed(element, 'author')[0];
  return {
    title: words(element, isAtom, titleText, undefined, 'title'),
    url: linkOf(element, base) ?? enclosureOf(element, base),
    published: publishedAt(element),
    author:
      plainText(author ? childText(author, 'name') : null) ??
      words(element, isAtom, titleText, undefined, 'creator', 'author'),
    summary: words(element, isAtom, htmlText, longestSummary, 'summary', 'description', 'encoded', 'content'),
  };
}

/** The text of a field: Atom says what each holds, of RSS one must know. */
function words(
  parent: ParentNode,
  isAtom: boolean,
  read: (text: string, limit?: number) => string | null,
  limit: number | undefined,
  ...names: readonly string[]
): string | null {
  const field = childField(parent, ...names);
  if (!field) return null;
  const { text, element, isMarkup } = field;
  if (isMarkup) return plainText(text, limit);
  return isAtom && !/html/i.test(element.attribs.type ?? 'text') ? plainText(text, limit) : read(text, limit);
}

/** The recording that an item of a podcast is about, where it has no page. */
function enclosureOf(element: Element, base: URL | undefined): string | null {
  const [enclosure] = childrenNamed(element, 'enclosure');
  return absoluteUrl(enclosure?.attribs.url ?? '', baseAt(element, base)) ?? null;
}

function publishedAt(element: Element): string | null {
  return isoDate(childText(element, 'pubdate', 'published', 'date', 'issued', 'updated', 'modified'));
}

/** Whether the time is one that can be compared. */
export function isDate(published: string | null): boolean {
  return !Number.isNaN(Date.parse(published ?? ''));
}

/** Whether the time is not before the other; one that is unknown is. */
export function isSince(published: string | null, since: number | undefined): boolean {
  return since === undefined || Date.parse(published ?? '') >= since;
}

function linkOf(element: ParentNode, base: URL | undefined): string | null {
  const links = childrenNamed(element, 'link');
  const chosen = links.find(({ attribs }) => (attribs.rel ?? 'alternate') === 'alternate') ?? links[0];
  const href = chosen?.attribs.href ?? (chosen ? squeeze(textOf(chosen, () => false)) : '');
  const guid = childrenNamed(element, 'guid').find(({ attribs }) => attribs.isPermaLink !== 'false');
  return absoluteUrl(href === '' && guid ? squeeze(textOf(guid)) : href, baseAt(chosen ?? element, base)) ?? null;
}

/** What `xml:base` makes of the base, from the outermost element in; each is relative to the one around it. */
function baseAt(node: ParentNode, base: URL | undefined): URL | undefined {
  const own: string[] = [];
  for (let at: ParentNode | null = node; at && own.length < 20; at = at.parent) {
    const named = isElement(at) ? at.attribs['xml:base'] : undefined;
    if (named !== undefined) own.push(named);
  }
  return own.reduceRight((around, named) => {
    const url = absoluteUrl(named, around);
    return url === undefined ? around : new URL(url);
  }, base);
}

/** A date in any form that feeds use, as ISO 8601; as it stands where it is none. */
export function isoDate(text: string | null): string | null {
  if (text === null) return null;
  const time = Date.parse(text);
  return Number.isNaN(time) ? text.slice(0, 100) : new Date(time).toISOString();
}

export function feedMarkdown(feed: Feed): string {
  const head = [`# ${feed.title ?? 'Feed'}`, feed.description, feed.url].filter((line) => line !== null);
  const entries = feed.entries.map(({ title, url, published, author, summary }) => {
    const name = (title ?? url ?? 'Untitled').replace(/[[\]]/g, '\\$&');
    const facts = [published, author].filter((fact) => fact !== null).join(' · ');
    return [`## ${url === null ? name : `[${name}](${target(url)})`}`, facts, summary].filter(Boolean).join('\n\n');
  });
  return [...head, ...entries].join('\n\n');
}
