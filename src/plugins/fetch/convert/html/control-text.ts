import type { Element } from 'domhandler';
import { isElement, nextNode, parsePage, squeeze, textOf } from './page-tree.ts';
import { visibleText } from './visible-text.ts';

/** Types of inputs that show their value; hidden ones and passwords never do. */
const shown = /^(text|search|email|url|tel|number|date|datetime-local|month|week|time|submit|button|reset)?$/i;
const known = /^(hidden|password|checkbox|radio|file|image|range|color)$/i;
const mostOptions = 20;
const longestOptions = 300;
const longest = 100_000;

/** What an input shows: its value; `''` where it shows none. Browsers take a type they do not know for text. */
export function inputText({ attribs }: Element): string {
  const type = (attribs.type ?? '').trim();
  if (type.toLowerCase() === 'image') return visibleText(squeeze(attribs.alt ?? ''));
  return known.test(type) && !shown.test(type) ? '' : visibleText(squeeze(attribs.value ?? ''));
}

export function textareaText(element: Element): string {
  const raw = textOf(element, () => false, longest);
  // Character references mean there what they mean elsewhere, tags do not; the parser leaves both.
  const text = raw.includes('&') ? textOf(parsePage(raw.replaceAll('<', '&lt;'), '').root, () => false) : raw;
  return visibleText(squeeze(text));
}

/** The options one may choose from; of a long list the one that is chosen. */
export function selectText(select: Element, isHidden: (element: Element) => boolean): string {
  const options: string[] = [];
  let length = 0;
  let chosen: string | undefined;
  let isOver = false;
  for (let node = select.children[0] ?? null; node; node = nextNode(node, select, isOver)) {
    isOver = isElement(node) && (node.name === 'option' || (node.name !== 'optgroup' && isHidden(node)));
    if (!isElement(node) || node.name !== 'option' || isHidden(node)) continue;
    const text = visibleText(squeeze(node.attribs.label || textOf(node, () => false, 1000)));
    if (text === '') continue;
    if ('selected' in node.attribs) chosen ??= text;
    options.push(text);
    length += text.length + 3;
  }
  if (options.length <= mostOptions && length <= longestOptions) return options.join(' / ');
  return `${chosen ?? options[0] ?? ''} (one of ${options.length} options)`;
}
