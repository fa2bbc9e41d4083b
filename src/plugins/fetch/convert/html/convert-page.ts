import type { Element, ParentNode } from 'domhandler';
import type { PageDocument, PageOptions } from '../job.ts';
import { Controls } from './controls.ts';
import { escapeLabel, escapeMarkdown, writeLineStarts } from './escape-markdown.ts';
import { FramedPages } from './framed-pages.ts';
import { ImageMaps } from './image-maps.ts';
import { lightBlocks } from './light-blocks.ts';
import type { LightNode } from './light-node.ts';
import { type PickedMain, pickMain } from './main-content.ts';
import { target } from './markdown-rules.ts';
import { mostColumns } from './markdown-table.ts';
import { type Measure, measure } from './measure.ts';
import { type Elsewhere, elsewhere, elsewhereWarnings } from './page-frames.ts';
import { pageTitle } from './page-title.ts';
import { firstNamed, isShown, type PageTree, parsePage, squeeze, textOf } from './page-tree.ts';
import { selected } from './selected.ts';
import { markdownConverter, plainConverter } from './to-markdown.ts';
import { Visibility } from './visibility.ts';
import { visibleText } from './visible-text.ts';

interface Content {
  readonly roots: readonly ParentNode[];
  readonly measures: ReadonlyMap<ParentNode, Measure>;
  /** What no reader sees. */
  readonly isHidden: (element: Element) => boolean;
  /** That, and what is left out of the content. */
  readonly isDropped: (element: Element) => boolean;
  readonly extraction: PageDocument['extraction'];
  readonly warnings: readonly string[];
}

function littleTextWarning({ root }: PageTree, isReduced: boolean): string {
  if (isReduced) return 'Almost no text is left without what remove_selector names.';
  if (root.children.length === 0) return 'The response is empty: the site sent no page.';
  return 'The page shows almost no text without running its scripts; it may be built in the browser.';
}

/** Fewer characters than this are no page to read. */
const littleText = 200;

/** Leaving out a larger share of the page's prose is told. */
const mostLeft = 1 / 3;

type Converted = Omit<PageDocument, 'kind' | 'charset'>;

/** An HTML page as Markdown or text: what a reader would see of its main content. Throws `invalid_input` on a bad selector. */
export function convertPage(html: string, url: string, options: PageOptions, isXml = false): Converted {
  const tree = parsePage(html, url, isXml);
  const content = contentOf(tree, options);
  const listed: { url: string; text: string }[] = [];
  const onLink = (target: string, text: string) => {
    if (options.links === 'list') listed.push({ url: target, text });
  };
  const cut = new Set<string>();
  const onCut = () => cut.add(`Tables show their first ${mostColumns} columns; the cells beyond them are left out.`);
  const convert =
    options.format === 'text'
      ? plainConverter(onCut)
      : markdownConverter({ onLink: options.links === 'inline' ? undefined : onLink }, onCut);
  const { images } = options;
  const framed = new FramedPages((srcdoc) => framedBlocks(srcdoc, tree, images));
  const context = { ...content, base: tree.base, images, maps: new ImageMaps(tree.root), framed };
  const blocks = lightBlocks(content.roots, context).map(convert);
  const title = pageTitle(tree);
  const text = blocks.filter((block) => block !== '').join('\n\n');
  const heading = content.extraction === 'main' ? missingHeading(tree, content, text, title, options.format) : '';
  const other = elsewhere(tree);
  return {
    text: heading + text + frameList(other, options.format) + linkList(listed),
    title,
    extraction: content.extraction,
    warnings: [...content.warnings, ...cut, ...elsewhereWarnings(other)],
  };
}

function contentOf(tree: PageTree, options: PageOptions): Content {
  const visibility = new Visibility(tree);
  const judged = contentBy(tree, options, visibility);
  const content = { ...judged, warnings: [...judged.warnings, ...visibility.warnings] };
  if (content.extraction === 'selector' || !isAlmostEmpty(tree, content)) return content;
  visibility.giveBack();
  const lenient = contentBy(tree, options, new Visibility(tree, true));
  if (visibleLength(tree, lenient) < littleText) {
    visibility.takeOut();
    return content;
  }
  return {
    ...lenient,
    warnings: [...lenient.warnings, 'The page shows its text only by script; what scripts would fade in is included.'],
  };
}

/** Whether there is hardly anything to read on a page, nor in the pages that stand in it. */
function isAlmostEmpty(tree: PageTree, content: Pick<Content, 'measures' | 'isHidden'>): boolean {
  if (visibleLength(tree, content) >= littleText) return false;
  const framed = selected(tree, 'iframe[srcdoc]').filter((frame) => isShown(frame, content.isHidden));
  const texts = framed.map(({ attribs }) => (attribs.srcdoc ?? '').slice(0, 2000).replaceAll(/<[^>]*>/g, ''));
  return visibleLength(tree, content) + texts.join('').length < littleText;
}

/** The whole of a page that stands in an attribute of the other, which gives it its base. */
function framedBlocks(srcdoc: string, outer: PageTree, images: PageOptions['images']): LightNode[] {
  const tree = parsePage(srcdoc, outer.base?.href ?? outer.url);
  const controls = new Controls(new Visibility(tree), 'full');
  const isHidden = (element: Element) => controls.isHidden(element);
  const measures = measure(tree.root, isHidden);
  const { root, base } = tree;
  const framed = new FramedPages();
  return lightBlocks([root], {
    base,
    images,
    measures,
    maps: new ImageMaps(root),
    framed,
    isHidden,
    isDropped: isHidden,
  });
}

function visibleLength(tree: PageTree, { measures }: Pick<Content, 'measures'>): number {
  return measures.get(tree.root)?.text ?? 0;
}

function contentBy(tree: PageTree, options: PageOptions, visibility: Visibility): Content {
  const removed = new Set<unknown>(options.removeSelector === undefined ? [] : selected(tree, options.removeSelector));
  const hiddenIn = (extract: PageOptions['extract']) => {
    const controls = new Controls(visibility, extract);
    return removed.size === 0
      ? (element: Element) => controls.isHidden(element)
      : (element: Element) => controls.isHidden(element) || removed.has(element);
  };
  const isHidden = hiddenIn('full');
  if (options.selector !== undefined) {
    const roots = selected(tree, options.selector).filter((element) => isShown(element, isHidden));
    const warnings =
      roots.length === 0 ? [`Nothing on the page matches the selector "${options.selector.slice(0, 200)}".`] : [];
    return {
      roots,
      measures: measure(tree.root, isHidden),
      isHidden,
      isDropped: isHidden,
      extraction: 'selector',
      warnings,
    };
  }
  if (options.extract === 'main') {
    const isHiddenInMain = hiddenIn('main');
    const picked = pickMain(tree.root, isHiddenInMain);
    if (picked) {
      return { ...picked, isHidden: isHiddenInMain, extraction: 'main', warnings: leftWarnings(picked.prose) };
    }
  }
  // Not `body`: browsers show what stands before it, after it and in a second one as parts of the first.
  const roots = [tree.root];
  const measures = measure(tree.root, isHidden);
  const whole = { roots, measures, isHidden, isDropped: (element: Element) => !measures.has(element) };
  if (options.extract === 'full') return { ...whole, extraction: 'full', warnings: [] };
  const warnings = isAlmostEmpty(tree, whole)
    ? [littleTextWarning(tree, removed.size > 0)]
    : ['No main content was found, so this is the whole visible page, with its navigation.'];
  return { ...whole, extraction: 'fallback', warnings };
}

/** Losing text is the caller's choice to make. */
function leftWarnings({ all, left }: PickedMain['prose']): string[] {
  if (left < littleText || left <= all * mostLeft) return [];
  const percent = Math.round((left / all) * 100);
  return [
    `About ${percent} % of the page's text is not here: it stands in comments, sidebars and the like. extract: "full" gives the whole page.`,
  ];
}

/** The page's own heading, where the content was picked from below it. */
function missingHeading(
  tree: PageTree,
  { isHidden }: Content,
  text: string,
  title: string | null,
  format: PageOptions['format'],
): string {
  const h1 = firstNamed(tree.root, 'h1');
  const own = h1 && isShown(h1, isHidden) ? visibleText(squeeze(textOf(h1, isHidden))).replace(/\s*[#¶§🔗]$/u, '') : '';
  const heading = own || title;
  if (!heading || heading.length > 300 || /^# /m.test(text.slice(0, 20_000))) return '';
  const letters = (markdown: string) => markdown.replace(/[\\`*_#]/g, '');
  if (letters(text.slice(0, 3000)).includes(letters(heading))) return '';
  return format === 'text' ? `${heading}\n\n` : `${writeLineStarts(`# ${escapeMarkdown(heading)}`)}\n\n`;
}

function frameList({ frames }: Elsewhere, format: PageOptions['format']): string {
  if (frames.length === 0) return '';
  const line = ({ url, label }: Elsewhere['frames'][number]) =>
    format === 'text' ? `- ${label}: ${url}` : `- [${escapeLabel(label)}](${target(url)})`;
  return `\n\n${frames.map(line).join('\n')}`;
}

function linkList(links: readonly { url: string; text: string }[]): string {
  const unique = new Map(links.map(({ url, text }) => [url, text]));
  if (unique.size === 0) return '';
  return `\n\n## Links\n\n${[...unique].map(([url, text]) => `- ${text}: ${url}`).join('\n')}`;
}
