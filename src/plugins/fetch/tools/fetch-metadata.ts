import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FetchDeps } from '../deps.ts';
import { originOf } from '../page/origin.ts';
import { MaxAge, Timeout, Url } from '../page/page-input.ts';
import { Origin } from '../page/page-output.ts';
import { requireHtml, takeSource } from '../page/whole-page.ts';

const text = v.nullable(v.string());

export const fetchMetadata = defineTool({
  name: 'fetch_metadata',
  title: 'Metadata of a page',
  description:
    'Returns what a page says about itself: title, description, dates, Open Graph, JSON-LD, feeds, icons and its outline.',
  input: v.strictObject({ url: Url, max_age_s: MaxAge, timeout_s: Timeout }),
  output: v.object({
    ...Origin,
    status: v.number(),
    title: text,
    description: text,
    canonical: text,
    lang: text,
    author: text,
    published: text,
    modified: text,
    open_graph: v.record(v.string(), v.string()),
    twitter: v.record(v.string(), v.string()),
    json_ld: v.pipe(v.array(v.unknown()), v.description('Blocks of more than 30000 characters are left out.')),
    feeds: v.array(v.object({ url: v.string(), title: text, type: v.string() })),
    icons: v.array(v.string()),
    headings: v.array(v.object({ level: v.number(), text: v.string() })),
    text_length: v.pipe(v.number(), v.description('Characters of visible text on the whole page.')),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  timeoutMs: 60_000,
  async handler(context: ToolContext<FetchDeps>, input) {
    const { deps } = context;
    const { taken, source, warnings } = await takeSource(deps, input, context);
    requireHtml(taken);
    const {
      openGraph,
      jsonLd,
      feeds,
      icons,
      headings,
      textLength,
      warnings: notes,
      ...plain
    } = await deps.work({ task: 'metadata', source }, context);
    return {
      ...originOf(input.url, taken, [...warnings, ...notes]),
      status: taken.snapshot.status,
      ...plain,
      open_graph: { ...openGraph },
      twitter: { ...plain.twitter },
      json_ld: [...jsonLd],
      feeds: feeds.map((feed) => ({ ...feed })),
      icons: [...icons],
      headings: headings.map((heading) => ({ ...heading })),
      text_length: textLength,
    };
  },
});
