import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FetchDeps } from '../deps.ts';
import { originOf } from '../page/origin.ts';
import { MaxAge, Timeout, Url } from '../page/page-input.ts';
import { Origin } from '../page/page-output.ts';
import { requireHtml, takeSource } from '../page/whole-page.ts';

export const fetchLinks = defineTool({
  name: 'fetch_links',
  title: 'Links of a page',
  description: 'Lists the visible links of a page as absolute URLs with their text, each once.',
  input: v.strictObject({
    url: Url,
    filter: v.optional(
      v.pipe(
        v.string(),
        v.maxLength(500),
        v.description('Only links with this in their URL or text; case does not matter.'),
      ),
    ),
    same_host: v.optional(v.pipe(v.boolean(), v.description('Only links that stay on the host of the page.')), false),
    limit: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5000), v.description('Most links listed.')),
      100,
    ),
    max_age_s: MaxAge,
    timeout_s: Timeout,
  }),
  output: v.object({
    ...Origin,
    total: v.pipe(v.number(), v.description('Links that match, listed or not.')),
    truncated: v.pipe(v.boolean(), v.description('Whether there are more; narrow the filter or raise limit.')),
    links: v.array(v.object({ url: v.string(), text: v.string(), rel: v.nullable(v.string()), internal: v.boolean() })),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  timeoutMs: 60_000,
  async handler(context: ToolContext<FetchDeps>, input) {
    const { deps } = context;
    const { taken, source, warnings } = await takeSource(deps, input, context);
    requireHtml(taken);
    const { links: all, warnings: notes } = await deps.work({ task: 'links', source }, context);
    const wanted = input.filter?.toLowerCase();
    const matching = all.filter(({ url, text, internal }) => {
      if (input.same_host && !internal) return false;
      return wanted === undefined || url.toLowerCase().includes(wanted) || text.toLowerCase().includes(wanted);
    });
    const links = matching.slice(0, input.limit).map((link) => ({ ...link }));
    return {
      ...originOf(input.url, taken, [...warnings, ...notes]),
      total: matching.length,
      truncated: matching.length > links.length,
      links,
    };
  },
});
