import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FetchDeps } from '../deps.ts';
import { Headers, MaxAge, MaxLength, PageView, pageOptions, Timeout, Url } from '../page/page-input.ts';
import { PagePart } from '../page/page-output.ts';
import { pageText } from '../page/page-text.ts';
import { readPage } from '../page/read-page.ts';

export const fetchPage = defineTool({
  name: 'fetch',
  title: 'Fetch',
  description:
    'Fetches a URL from the internet and returns its main content as Markdown (also JSON, feeds, PDF text, images), a part at a time.',
  input: v.strictObject({
    url: Url,
    max_length: MaxLength,
    start_index: v.optional(
      v.pipe(
        v.number(),
        v.integer(),
        v.minValue(0),
        v.description('Character to begin at, to read on in a longer page.'),
      ),
      0,
    ),
    raw: v.optional(v.pipe(v.boolean(), v.description('The response as it came, without any conversion.')), false),
    ...PageView,
    headers: Headers,
    max_age_s: MaxAge,
    timeout_s: Timeout,
  }),
  output: PagePart,
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: true },
  timeoutMs: 60_000,
  toText: pageText,
  handler: (context: ToolContext<FetchDeps>, input) => {
    const { raw, format, selector, remove_selector } = input;
    if (raw && (format !== 'auto' || selector !== undefined || remove_selector !== undefined)) {
      throw new GatewayError(
        'invalid_input',
        'raw: true gives the response as it came, so format, selector and remove_selector do nothing with it. Leave out raw or these; format: "html" with a selector gives the HTML of a part.',
      );
    }
    return readPage(context.deps, { ...input, options: pageOptions(input) }, context);
  },
});
