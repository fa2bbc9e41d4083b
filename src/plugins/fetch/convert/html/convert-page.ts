import type { Element, ParentNode } from 'domhandler';
import type { PageDocument, PageOptions } from '../job.ts';
import { lightBlocks } from './light-blocks.ts';
import { pickMain } from './main-content.ts';
import { type Measure, measure } from './measure.ts';
import { pageTitle } from './page-title.ts';
import { firstNamed, type PageTree, parsePage, squeeze, textOf } from './page-tree.ts';
import { selected } from './selected.ts';
import { markdownConverter, plainConverter } from './to-markdown.ts';
import { Visibility } from './visibility.ts';

interface Content {
  readonly roots: readonly ParentNode[];
  readonly measures: ReadonlyMap<ParentNode, Measure>;
  readonly isDropped: (element: Element) => boolean;
  readonly extraction: PageDocument['extraction'];
  readonly warnings: readonly string[];
}

type Converted = Omit<PageDocument, 'kind' | 'charset'>;

/** An HTML page as Markdown or text: what a reader would see of its main content. Throws `invalid_input` on a bad selector. */
export function convertPage(html: string, url: string, options: PageOptions): Converted {
  const tree = parsePage(html, url);
  const content = contentOf(tree, options);
  const listed: { url: string; text: string }[] = [];
  const onLink = (target: string, text: string) => {
    if (options.links === 'list') listed.push({ url: target, text });
  };
  const convert =
    options.format === 'text'
      ? plainConverter()
      : markdownConverter({ onLink: options.links === 'inline' ? undefined : onLink });
  const context = { ...content, base: tree.base, images: options.images };
  const blocks = lightBlocks(content.roots, context).map(convert);
  const title = pageTitle(tree);
  const text = blocks.filter((block) => block !== '').join('\n\n');
  const heading = content.extraction === 'main' ? missingHeading(tree, text, title, options.format) : '';
  return { text: heading + text + linkList(listed), title, extraction: content.extraction, warnings: content.warnings };
}

function contentOf(tree: PageTree, options: PageOptions): Content {
  const visibility = new Visibility(tree);
  const removed = new Set<unknown>(options.removeSelector === undefined ? [] : selected(tree, options.removeSelector));
  const isHidden = (element: Element) => visibility.isHidden(element) || removed.has(element);
  if (options.selector !== undefined) {
    const roots = selected(tree, options.selector);
    const warnings =
      roots.length === 0 ? [`Nothing on the page matches the selector "${options.selector.slice(0, 200)}".`] : [];
    return { roots, measures: measure(tree.root, isHidden), isDropped: isHidden, extraction: 'selector', warnings };
  }
  if (options.extract === 'main') {
    const picked = pickMain(tree.root, isHidden);
    if (picked) return { ...picked, extraction: 'main', warnings: [] };
  }
  const whole = {
    roots: [firstNamed(tree.root, 'body') ?? tree.root],
    measures: measure(tree.root, isHidden),
    isDropped: isHidden,
  };
  if (options.extract === 'full') return { ...whole, extraction: 'full', warnings: [] };
  const visible = whole.measures.get(tree.root)?.text ?? 0;
  const warnings =
    visible < 200
      ? ['The page shows almost no text without running its scripts; it may be built in the browser.']
      : ['No main content was found, so this is the whole visible page, with its navigation.'];
  return { ...whole, extraction: 'fallback', warnings };
}

/** The page's own heading, where the content was picked from below it. */
function missingHeading(tree: PageTree, text: string, title: string | null, format: PageOptions['format']): string {
  const h1 = firstNamed(tree.root, 'h1');
  const heading =
    (h1 ? squeeze(textOf(h1, ({ name }) => name === 'button' || name === 'script' || name === 'style')) : '')
      .replace(/[#¶§🔗]$/u, '')
      .trim() || title;
  if (!heading || heading.length > 300 || /^# /m.test(text.slice(0, 20_000))) return '';
  if (
    text
      .slice(0, 3000)
      .replace(/[\\`*_#]/g, '')
      .includes(heading.replace(/[\\`*_#]/g, ''))
  )
    return '';
  return `${format === 'text' ? '' : '# '}${heading}\n\n`;
}

function linkList(links: readonly { url: string; text: string }[]): string {
  const unique = new Map(links.map(({ url, text }) => [url, text]));
  if (unique.size === 0) return '';
  return `\n\n## Links\n\n${[...unique].map(([url, text]) => `- ${text}: ${url}`).join('\n')}`;
}
