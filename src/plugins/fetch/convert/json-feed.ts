import { GatewayError } from '../../../core/errors.ts';
import { absoluteUrl } from './absolute-url.ts';
import { isDate, isoDate, isSince } from './feed.ts';
import { htmlText, longestSummary, plainText } from './feed-text.ts';
import type { Feed } from './job.ts';

/** A JSON Feed (jsonfeed.org), version 1 or 1.1, with its entries as `readFeed` has them. Throws `upstream` where the text is none. */
export function readJsonFeed(text: string, base: URL | undefined, since?: number): Feed {
  const feed = parsed(text);
  if (!Array.isArray(feed?.items)) {
    throw new GatewayError('upstream', 'This JSON is not a JSON Feed: it has no list of items. Read it with fetch.');
  }
  const string = (value: unknown) => (typeof value === 'string' ? value : null);
  const publishedAt = (item: Record<string, unknown>) =>
    isoDate(string(item.date_published) ?? string(item.date_modified));
  const all = feed.items.filter(isRecord);
  const items = all.filter((item) => isSince(publishedAt(item), since));
  const undated = since === undefined ? 0 : all.filter((item) => !isDate(publishedAt(item))).length;
  const link = (value: unknown) => absoluteUrl(string(value) ?? '', base) ?? null;
  return {
    type: 'json',
    title: plainText(string(feed.title)),
    description: plainText(string(feed.description), longestSummary),
    url: link(feed.home_page_url),
    total: items.length,
    undated,
    entries: items.slice(0, 1000).map((item) => {
      const author = Array.isArray(item.authors) ? item.authors.find(isRecord) : item.author;
      return {
        title: plainText(string(item.title)),
        url: link(item.url ?? item.external_url) ?? link(attachmentOf(item)),
        published: publishedAt(item),
        author: isRecord(author) ? plainText(string(author.name)) : null,
        summary:
          plainText(string(item.summary) ?? string(item.content_text), longestSummary) ??
          htmlText(string(item.content_html), longestSummary),
      };
    }),
  };
}

/** The recording that an item is about, where it has no page. */
function attachmentOf({ attachments }: Record<string, unknown>): unknown {
  return Array.isArray(attachments) ? attachments.find(isRecord)?.url : undefined;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined; // told to the caller as no feed
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
