import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FetchDeps } from '../deps.ts';
import { oneLine } from '../page/frame.ts';
import { Headers, MaxAge, MaxLength, PageView, pageOptions, Timeout, Url } from '../page/page-input.ts';
import { PagePart, type PagePartData } from '../page/page-output.ts';
import { pageText } from '../page/page-text.ts';
import { type Reading, readPage } from '../page/read-page.ts';

const atOnce = 5;
const totalLength = 200_000;

const Result = v.object({
  url: v.string(),
  error: v.pipe(v.nullable(v.string()), v.description('Why this URL was not read; null where it was.')),
  page: v.nullable(PagePart),
});

export const fetchMany = defineTool({
  name: 'fetch_many',
  title: 'Fetch many',
  description:
    'Fetches up to 20 URLs at once and returns the beginning of each as Markdown; one that fails does not spoil the others.',
  input: v.strictObject({
    urls: v.pipe(v.array(Url), v.minLength(1), v.maxLength(20), v.description('Absolute http or https URLs.')),
    max_length: MaxLength,
    ...PageView,
    headers: Headers,
    max_age_s: MaxAge,
    timeout_s: Timeout,
  }),
  output: v.object({
    results: v.pipe(v.array(Result), v.description('In the order of urls.')),
    max_length: v.pipe(
      v.number(),
      v.description(`Characters each page was given; all together have at most ${totalLength}.`),
    ),
  }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  timeoutMs: 120_000,
  toText: ({ results }) =>
    results
      .map(({ url, error, page }) =>
        page ? pageText(page) : `Failed: ${oneLine(url)}\n<error>${oneLine(error ?? '')}</error>`,
      )
      .join('\n\n'),
  async handler(context: ToolContext<FetchDeps>, { urls, ...input }) {
    const max_length = Math.min(input.max_length, Math.floor(totalLength / urls.length));
    const results: v.InferOutput<typeof Result>[] = [];
    let next = 0;
    let done = 0;
    const worker = async () => {
      for (let index = next++; index < urls.length; index = next++) {
        const url = urls[index] ?? '';
        const reading = { ...input, url, max_length, start_index: 0, raw: false, options: pageOptions(input) };
        results[index] = { url, ...(await outcomeOf(context, reading)) };
        context.progress(++done, urls.length, url);
      }
    };
    await Promise.all(Array.from({ length: Math.min(atOnce, urls.length) }, worker));
    return { results, max_length };
  },
});

async function outcomeOf(
  context: ToolContext<FetchDeps>,
  reading: Reading,
): Promise<{ readonly page: PagePartData | null; readonly error: string | null }> {
  try {
    return { page: (await readPage(context.deps, reading, context)).data, error: null };
  } catch (error) {
    if (context.signal.aborted || !(error instanceof GatewayError)) throw error;
    return { page: null, error: error.message };
  }
}
