import * as v from 'valibot';
import type { PageOptions } from '../convert/job.ts';
import { HeaderRecord } from '../header-record.ts';

export const Url = v.pipe(v.string(), v.minLength(1), v.maxLength(4096), v.description('Absolute http or https URL.'));

export const MaxAge = v.optional(
  v.pipe(
    v.number(),
    v.minValue(0),
    v.description('Seconds for which a copy in memory will do; 0 asks the site again.'),
  ),
);

export const Timeout = v.optional(
  v.pipe(
    v.number(),
    v.minValue(0.1),
    v.maxValue(300),
    v.description("Seconds to wait for the site, up to the operator's limit."),
  ),
);

export const Headers = v.optional(
  v.pipe(HeaderRecord, v.description('Request headers; only names the operator allows.')),
);

export const MaxLength = v.optional(
  v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(999_999), v.description('Most characters to return.')),
  5000,
);

/** How a page is shown: the same for every tool that reads pages, so that offsets agree between them. */
export const PageView = {
  format: v.optional(
    v.pipe(
      v.picklist(['auto', 'markdown', 'text', 'html', 'json']),
      v.description('auto: Markdown for pages, indented JSON, text of PDFs and feeds.'),
    ),
    'auto',
  ),
  extract: v.optional(
    v.pipe(
      v.picklist(['main', 'full']),
      v.description('main: the content without navigation; full: all that is visible.'),
    ),
    'main',
  ),
  selector: v.optional(v.pipe(v.string(), v.minLength(1), v.description('CSS selector of the only elements wanted.'))),
  remove_selector: v.optional(
    v.pipe(v.string(), v.minLength(1), v.description('CSS selector of elements to leave out.')),
  ),
  links: v.optional(
    v.pipe(v.picklist(['inline', 'none', 'list']), v.description('Links in the text, left out, or listed at its end.')),
    'inline',
  ),
  images: v.optional(
    v.pipe(v.picklist(['keep', 'alt', 'none']), v.description('Images as links, as their text, or left out.')),
    'keep',
  ),
};

interface View {
  readonly format: PageOptions['format'];
  readonly extract: PageOptions['extract'];
  readonly selector?: string | undefined;
  readonly remove_selector?: string | undefined;
  readonly links: PageOptions['links'];
  readonly images: PageOptions['images'];
}

export function pageOptions({ format, extract, selector, remove_selector, links, images }: View): PageOptions {
  return { format, extract, selector, removeSelector: remove_selector, links, images };
}
