import type { AnyNode, Element } from 'domhandler';
import { absoluteUrl } from '../absolute-url.ts';
import { codeLanguage } from './code-language.ts';
import { codeText } from './code-text.ts';
import { inputText, selectText, textareaText } from './control-text.ts';
import { imageOf, isPixel, mediaOf } from './embedded.ts';
import { areaLabel } from './image-maps.ts';
import type { CopyContext } from './light-copy.ts';
import { LightNode } from './light-node.ts';
import { mathOf } from './math.ts';
import { blockNames } from './measure.ts';
import { isElement, squeeze, textOf } from './page-tree.ts';
import { svgText } from './svg-text.ts';
import { visibleText, withoutInvisible } from './visible-text.ts';

/** Elements that become one node (or a few) without copying what is below; null: nothing; undefined: not such an element. */
export function leafOf(element: Element, context: CopyContext, inLink: boolean): LightNode[] | null | undefined {
  switch (element.name) {
    case 'pre':
      return inLink
        ? apartIn([LightNode.inline('CODE', { code: withoutInvisible(codeText(element, context.isHidden)) })])
        : codeBlocks(element, context);
    case 'code':
    case 'samp':
    case 'tt':
    case 'kbd':
      return inlineCode(element, context);
    case 'img':
    case 'picture':
      return [...(imageOf(element, context) ?? []), ...(inLink ? [] : areasOf(element, context))];
    case 'iframe': {
      const blocks = context.framed.blocksOf(element);
      return blocks ? [boxOf(blocks, inLink)] : mediaOf(element, context);
    }
    case 'object':
      return (element.attribs.data ?? '').trim() === '' ? undefined : mediaOf(element, context);
    case 'video':
    case 'audio':
      return mediaOf(element, context);
    case 'math':
    case 'script':
      return mathOf(element, context);
    case 'br':
      return [new LightNode('BR', {})];
    case 'wbr':
      return null;
    case 'input':
      return /^checkbox$/i.test(element.attribs.type ?? '')
        ? [new LightNode('INPUT', { checked: 'checked' in element.attribs ? 'yes' : '' })]
        : apart(element, inputText(element));
    case 'select':
      return apart(element, selectText(element, context.isHidden));
    case 'textarea':
      return apart(element, textareaText(element));
    case 'svg':
      return apart(element, svgText(element, context.isHidden));
    default:
      return undefined;
  }
}

/** What parts a control, which is a box of its own, from what touches it. */
export function gapsAround(element: Element): readonly [before: string, after: string] {
  const [prev, next] = [besideLine(element, 'prev'), besideLine(element, 'next')];
  const isApartBefore = prev === null || (prev.type === 'text' && /[^\p{L}\p{N}]$/u.test(prev.data));
  const isApartAfter = next === null || (next.type === 'text' && /^[^\p{L}\p{N}]/u.test(next.data));
  return [isApartBefore ? '' : ' ', isApartAfter ? '' : ' '];
}

/** What stands beside it in its line: beside it, or beside the inline elements at whose edge it stands. */
function besideLine(element: Element, side: 'prev' | 'next'): AnyNode | null {
  let at = element;
  while (!at[side] && isElement(at.parent) && !blockNames.has(at.parent.name)) at = at.parent;
  return at[side] as AnyNode | null;
}

function apart(element: Element, text: string): LightNode[] {
  return text === '' ? [] : [LightNode.text(gapsAround(element).join(text))];
}

/** What is a block elsewhere, in a line. */
function apartIn(nodes: readonly LightNode[]): LightNode[] {
  return [LightNode.text(' '), ...nodes, LightNode.text(' ')];
}

/** A page in a page, where it stands in a cell or a line. */
function boxOf(blocks: readonly LightNode[], inLink: boolean): LightNode {
  const box = new LightNode(inLink ? 'SPAN' : 'DIV', {});
  for (const block of blocks) {
    const part = box.append(new LightNode(inLink ? 'SPAN' : 'DIV', {}));
    for (const child of block.childNodes) part.append(child);
  }
  return box;
}

/** The links that the parts of an image lead to. */
function areasOf(element: Element, { base, maps }: CopyContext): LightNode[] {
  const img =
    element.name === 'picture' ? element.children.filter(isElement).find(({ name }) => name === 'img') : element;
  if (!img || isPixel(img)) return [];
  return maps.take(img).flatMap((area) => {
    const url = absoluteUrl(area.attribs.href ?? '', base);
    if (url === undefined) return [];
    const link = new LightNode('A', { href: url });
    link.append(LightNode.text(areaLabel(area) || url));
    return [LightNode.text(' '), link];
  });
}

/** A `pre` as a fenced block; several where it holds several `code` elements, as pages do that let readers switch. */
export function codeBlocks(pre: Element, { isHidden }: Pick<CopyContext, 'isHidden'>): LightNode[] {
  const codes = pre.children.filter((child): child is Element => isElement(child) && child.name === 'code');
  const parts = codes.length > 1 ? codes : [pre];
  return parts.flatMap((part) => {
    const code = withoutInvisible(codeText(part, isHidden));
    return code === '' ? [] : [new LightNode('PRE', { code, language: codeLanguage(part) })];
  });
}

/** A code span, and the white space at its edges beside it. */
function inlineCode(element: Element, context: CopyContext): LightNode[] | null {
  const code = visibleText(squeeze(codeText(element, context.isHidden, 100_000)));
  const written = textOf(element, context.isHidden, 100_000);
  if (code === '') return /\s/.test(written) ? [LightNode.text(' ')] : null;
  const node = LightNode.inline('CODE', { code });
  const own = linkedCode(element, node, context);
  return [
    ...(/^\s/.test(written) ? [LightNode.text(' ')] : []),
    own,
    ...(/\s$/.test(written) ? [LightNode.text(' ')] : []),
  ];
}

/** Code keeps the link around its whole text, which links inside a code span could not be. */
function linkedCode(element: Element, node: LightNode, context: CopyContext): LightNode {
  const links = element.children.filter((child) => child.type !== 'text' || child.data.trim() !== '');
  const only = links[0];
  if (links.length !== 1 || !isElement(only) || only.name !== 'a') return node;
  const url = absoluteUrl(only.attribs.href ?? '', context.base);
  if (url === undefined) return node;
  const link = new LightNode('A', { href: url });
  link.append(node);
  return link;
}
