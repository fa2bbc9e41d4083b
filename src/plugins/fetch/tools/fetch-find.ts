import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { PageDocument, PageOptions, TextForm } from '../convert/job.ts';
import type { FetchDeps } from '../deps.ts';
import { originOf } from '../page/origin.ts';
import { MaxAge, PageView, pageOptions, Timeout, Url } from '../page/page-input.ts';
import { Origin } from '../page/page-output.ts';
import { takePage } from '../page/read-page.ts';

/** Characters above a match in which the beginning of its paragraph is looked for. */
const farthest = 2000;
const blockTag = /<(?:p|li|h[1-6]|tr|pre|dt|dd|div|section|article|blockquote|table)[\s>]/gi;

export const fetchFind = defineTool({
  name: 'fetch_find',
  title: 'Find in page',
  description:
    'Finds words or a regular expression in the text of a page, as a reader sees it, and says where to go on reading with fetch.',
  input: v.strictObject({
    url: Url,
    query: v.pipe(
      v.string(),
      v.minLength(1),
      v.maxLength(1000),
      v.description('Words to find, without Markdown marks; case does not matter.'),
    ),
    regex: v.optional(v.pipe(v.boolean(), v.description('Whether query is a JavaScript regular expression.')), false),
    context: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(2000), v.description('Characters shown on each side.')),
      100,
    ),
    limit: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(200), v.description('Most matches shown.')),
      20,
    ),
    ...PageView,
    max_age_s: MaxAge,
    timeout_s: Timeout,
  }),
  output: v.object({
    ...Origin,
    total_length: v.number(),
    total_matches: v.pipe(v.number(), v.description('All matches on the page; counting stops after 10000.')),
    truncated: v.pipe(v.boolean(), v.description('Whether there are more matches than are listed.')),
    matches: v.array(
      v.object({
        start_index: v.pipe(
          v.number(),
          v.description('Where the paragraph of the match begins, for fetch with the same options.'),
        ),
        offset: v.pipe(v.number(), v.description('Where the match itself begins.')),
        match: v.string(),
        snippet: v.pipe(v.string(), v.description('The text around it as fetch gives it, with its Markdown.')),
        headings: v.pipe(v.array(v.string()), v.description('Headings above it, outermost first.')),
      }),
    ),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  timeoutMs: 60_000,
  async handler(asker: ToolContext<FetchDeps>, input) {
    const { deps } = asker;
    const options = pageOptions(input);
    const taken = await takePage(deps, { ...input, start_index: 0, raw: false, options }, asker);
    const { document } = await deps.document(taken.snapshot, options, false, asker);
    const { text, warnings } = document;
    const { query, regex, context, limit } = input;
    const form = formOf(document, options);
    const { matches, total } = await deps.work({ task: 'find', text, form, query, regex, context, limit }, asker);
    return {
      ...originOf(input.url, taken, warnings),
      total_length: text.length,
      total_matches: total,
      truncated: total > matches.length,
      matches: matches.map(({ start, match, snippet, headings }) => ({
        start_index: paragraphStart(text, start, form),
        offset: start,
        match,
        snippet,
        headings: [...headings],
      })),
    };
  },
});

function formOf({ kind, extraction }: PageDocument, { format }: PageOptions): TextForm {
  if (kind === 'html' && extraction === 'none') return 'html';
  if (kind === 'html') return format === 'text' ? 'plain' : 'markdown';
  return kind === 'markdown' || (kind === 'feed' && format !== 'html') ? 'markdown' : 'plain';
}

/** Where reading goes on best: at the paragraph of the match, or its line where that begins far above. */
function paragraphStart(text: string, offset: number, form: TextForm): number {
  const from = Math.max(0, offset - farthest);
  const before = text.slice(from, offset);
  const block = form === 'html' ? [...before.matchAll(blockTag)].at(-1) : undefined;
  if (block) return from + block.index;
  for (const separator of ['\n\n', '\n']) {
    const at = before.lastIndexOf(separator);
    if (at !== -1) return from + at + separator.length;
  }
  return from === 0 ? 0 : offset;
}
