import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { type PageOptions, wholePage } from '../convert/job.ts';
import type { FetchDeps } from '../deps.ts';
import { Headers, MaxLength, Url } from '../page/page-input.ts';
import { PagePart } from '../page/page-output.ts';
import { pageText } from '../page/page-text.ts';
import { readPage } from '../page/read-page.ts';

/** The names another common fetch server uses, each the same reading as `fetch` with its options fixed. */
export const aliases = [
  alias('fetch_html', 'HTML of a page', 'Fetches a page and returns its HTML.', { ...wholePage, format: 'html' }),
  alias('fetch_markdown', 'Page as Markdown', 'Fetches a page and returns all of it as Markdown.', {
    ...wholePage,
    format: 'markdown',
  }),
  alias('fetch_txt', 'Page as text', 'Fetches a page and returns its text without markup.', {
    ...wholePage,
    format: 'text',
  }),
  alias('fetch_json', 'JSON', 'Fetches a JSON document.', { ...wholePage, format: 'json' }),
  alias('fetch_readable', 'Main content', 'Fetches a page and returns its main content as Markdown.', {
    ...wholePage,
    extract: 'main',
    format: 'markdown',
  }),
];

function alias(name: string, title: string, description: string, options: PageOptions) {
  return defineTool({
    name,
    title,
    description,
    input: v.strictObject({
      url: Url,
      headers: Headers,
      max_length: MaxLength,
      start_index: v.optional(
        v.pipe(v.number(), v.integer(), v.minValue(0), v.description('Character to begin at.')),
        0,
      ),
    }),
    output: PagePart,
    annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
    timeoutMs: 60_000,
    toText: pageText,
    handler: (context: ToolContext<FetchDeps>, input) =>
      readPage(context.deps, { ...input, raw: false, options }, context),
  });
}
