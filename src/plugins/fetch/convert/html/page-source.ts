import { GatewayError } from '../../../../core/errors.ts';
import type { PageDocument, PageOptions } from '../job.ts';
import { parsePage } from './page-tree.ts';
import { prune } from './prune.ts';
import { selected } from './selected.ts';
import { Visibility } from './visibility.ts';

/** What no reader sees, and no structure of the page either. */
const textless = new Set(['script', 'style', 'template', 'noscript', 'noframes']);

/** Letters stand for themselves: as references they take many times the room. */
const written = { xml: { xmlMode: false, decodeEntities: true, encodeEntities: 'utf8' } } as const;

/** The page's own HTML without what it hides, or with a selector that of the elements it matches. */
export function pageSource(
  html: string,
  url: string,
  { selector, removeSelector }: PageOptions,
  isXml = false,
): Pick<PageDocument, 'text' | 'warnings'> {
  const tree = parsePage(html, url, isXml);
  const { $ } = tree;
  const visibility = new Visibility(tree);
  prune(tree.root, (element) => textless.has(element.name) || visibility.isConcealed(element));
  const kept = selector === undefined ? undefined : selected(tree, selector);
  if (removeSelector !== undefined) for (const element of selected(tree, removeSelector)) $(element).remove();
  try {
    const text = kept ? kept.map((element) => $.html(element, written)).join('\n\n') : $.html(written);
    return { text, warnings: visibility.warnings };
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new GatewayError(
      'unsupported',
      'The page is nested too deeply to be written out as HTML. Ask for format "markdown".',
      { cause },
    );
  }
}
