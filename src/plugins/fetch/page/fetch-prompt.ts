import { GatewayError } from '../../../core/errors.ts';
import { definePrompt } from '../../../core/prompt.ts';
import type { ToolContext } from '../../../core/tool.ts';
import { type PageOptions, wholePage } from '../convert/job.ts';
import type { FetchDeps } from '../deps.ts';
import { pageText } from './page-text.ts';
import { readPage } from './read-page.ts';

const longest = 200_000;

/** The prompt a person picks to bring a page in themselves; robots.txt speaks to robots and is not asked. */
export const fetchPrompt = definePrompt<FetchDeps>({
  name: 'fetch',
  title: 'Fetch',
  description: 'Fetch a URL and extract its contents as markdown',
  arguments: [{ name: 'url', description: 'URL to fetch', required: true }],
  async get(context: ToolContext<FetchDeps>, { url }) {
    if (!url) throw new GatewayError('invalid_input', 'The prompt needs a url.');
    const options: PageOptions = { ...wholePage, extract: 'main' };
    const { data, content } = await readPage(
      context.deps,
      { url, max_length: longest, start_index: 0, raw: false, options },
      context,
      true,
    );
    const images = content.filter(({ type }) => type === 'image');
    return [
      { role: 'user', content: { type: 'text', text: pageText(data) } },
      ...images.map((image) => ({ role: 'user' as const, content: image })),
    ];
  },
});
