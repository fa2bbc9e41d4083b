import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { mediaType } from '../convert/sniff.ts';
import type { FetchDeps } from '../deps.ts';
import { originOf } from '../page/origin.ts';
import { MaxAge, Timeout, Url } from '../page/page-input.ts';
import { Origin } from '../page/page-output.ts';
import { takeSource } from '../page/whole-page.ts';

const text = v.nullable(v.string());

export const fetchFeed = defineTool({
  name: 'fetch_feed',
  title: 'Read a feed',
  description: 'Reads an RSS, Atom or JSON feed, or the feed a page names, and returns its entries.',
  input: v.strictObject({
    url: Url,
    limit: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500), v.description('Most entries returned.')),
      20,
    ),
    since: v.optional(
      v.pipe(v.string(), v.maxLength(40), v.description('Only entries published at or after this ISO 8601 time.')),
    ),
    max_age_s: MaxAge,
    timeout_s: Timeout,
  }),
  output: v.object({
    ...Origin,
    type: v.picklist(['rss', 'atom', 'json']),
    title: text,
    description: text,
    home: v.pipe(text, v.description('The page the feed belongs to.')),
    total: v.pipe(v.number(), v.description('Entries that match, returned or not.')),
    truncated: v.boolean(),
    entries: v.array(v.object({ title: text, url: text, published: text, author: text, summary: text })),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  timeoutMs: 60_000,
  async handler(context: ToolContext<FetchDeps>, input) {
    const { deps } = context;
    const since = sinceTime(input.since);
    const { taken, source, warnings } = await takeFeed(context, input);
    const feed = await deps.work({ task: 'feed', source, since }, context);
    const entries = feed.entries.slice(0, input.limit).map((entry) => ({ ...entry }));
    const { type, title, description, url: home, total, undated } = feed;
    const notes = undated > 0 ? [undatedNote(undated)] : [];
    return {
      ...originOf(input.url, taken, [...warnings, ...notes]),
      type,
      title,
      description,
      home,
      total,
      truncated: total > entries.length,
      entries,
    };
  },
});

/** The feed at the URL, or the first feed that the page at the URL names. */
async function takeFeed(
  context: ToolContext<FetchDeps>,
  input: { readonly url: string; readonly max_age_s?: number | undefined; readonly timeout_s?: number | undefined },
) {
  const { deps } = context;
  const first = await takeSource(deps, input, context);
  if (!mediaType(first.source.contentType).includes('html')) return first;
  const { feeds } = await deps.work({ task: 'metadata', source: first.source }, context);
  const named = feeds[0];
  if (!named) return first;
  return takeSource(deps, { ...input, url: named.url }, context);
}

function undatedNote(count: number): string {
  const entries =
    count === 1 ? '1 entry without a date that can be read is' : `${count} entries without a date that can be read are`;
  return `${entries} left out; ask without since to see all.`;
}

function sinceTime(since: string | undefined): number | undefined {
  if (since === undefined) return undefined;
  const time = Date.parse(since);
  if (Number.isNaN(time))
    throw new GatewayError(
      'invalid_input',
      'since must be an ISO 8601 time such as 2026-01-31 or 2026-01-31T12:00:00Z.',
    );
  return time;
}
