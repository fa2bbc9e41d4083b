import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FetchDeps } from '../deps.ts';
import { Url } from '../page/page-input.ts';
import { readLlms, readSitemaps } from '../site/read-site.ts';

const longestLlms = 20_000;
const text = v.nullable(v.string());

export const fetchSite = defineTool({
  name: 'fetch_site',
  title: 'Look at a site',
  description:
    'Returns what a site offers to machines: whether robots.txt lets this server in, the URLs of its sitemaps, and its llms.txt.',
  input: v.strictObject({
    url: v.pipe(Url, v.description('Any URL of the site; robots.txt is asked about this one.')),
    include: v.optional(
      v.pipe(v.array(v.picklist(['robots', 'sitemap', 'llms'])), v.minLength(1), v.description('What to look at.')),
      ['robots', 'sitemap', 'llms'],
    ),
    limit: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5000), v.description('Most sitemap URLs listed.')),
      200,
    ),
  }),
  output: v.object({
    origin: v.string(),
    robots: v.nullable(
      v.object({ allowed: v.boolean(), user_agent: v.string(), reason: text, sitemaps: v.array(v.string()) }),
    ),
    sitemap: v.nullable(
      v.object({
        sitemaps: v.pipe(v.array(v.string()), v.description('Sitemaps that were read.')),
        total: v.pipe(v.number(), v.description('URLs in them, listed or not.')),
        truncated: v.boolean(),
        urls: v.array(v.object({ url: v.string(), modified: text })),
      }),
    ),
    llms: v.nullable(v.object({ url: v.string(), text: v.string(), total_length: v.number(), truncated: v.boolean() })),
    warnings: v.array(v.string()),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  timeoutMs: 120_000,
  async handler(context: ToolContext<FetchDeps>, { url, include, limit }) {
    const { deps, progress } = context;
    const page = deps.checkUrl(url);
    const { origin } = page;
    const warnings: string[] = [];
    const verdict = await deps.robots(origin, context);
    const named = 'rules' in verdict ? verdict.rules.sitemaps : [];
    progress(1, 3, 'robots.txt');
    const usual = `${origin}/sitemap.xml`;
    const starts = named.length > 0 ? named : [usual];
    const map = include.includes('sitemap') ? await readSitemaps(context, starts, usual, limit) : null;
    progress(2, 3, 'sitemaps');
    const llms = include.includes('llms') ? await readLlms(context, origin, longestLlms, warnings) : null;
    progress(3, 3, 'llms.txt');
    const robots = {
      allowed: 'rules' in verdict && verdict.rules.allows(page, deps.product),
      user_agent: deps.product,
      reason: 'reason' in verdict ? verdict.reason : null,
      sitemaps: [...named],
    };
    return {
      origin,
      robots: include.includes('robots') ? robots : null,
      sitemap: map && {
        sitemaps: map.sitemaps,
        total: map.total,
        truncated: map.total > map.urls.length,
        urls: map.urls,
      },
      llms,
      warnings: [...warnings, ...(map?.problems ?? [])],
    };
  },
});
