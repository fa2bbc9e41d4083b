import type { AnyNode, Element } from 'domhandler';
import type { CopyContext } from './light-copy.ts';
import { LightNode } from './light-node.ts';
import { texOf } from './math-tex.ts';
import { isElement, nextNode, squeeze, textOf } from './page-tree.ts';
import { visibleText } from './visible-text.ts';

/** A formula by its TeX: from `annotation`, `alttext`, or a MathJax script; else made from its elements. Undefined for another script. */
export function mathOf(element: Element, { isHidden }: Pick<CopyContext, 'isHidden'>): LightNode[] | null {
  const isScript = element.name === 'script';
  const tex = isScript
    ? textOf(element, () => false)
    : (annotationOf(element) ?? element.attribs.alttext ?? texOf(element, isHidden));
  const isBlock = isScript ? /mode=display/.test(element.attribs.type ?? '') : element.attribs.display === 'block';
  const clean = visibleText(unwrapDisplayStyle(squeeze(tex)));
  return clean === '' ? null : [LightNode.inline('MATH', { tex: clean, display: isBlock ? 'yes' : '' })];
}

function annotationOf(math: Element): string | undefined {
  for (let node: AnyNode | null = math; node; node = nextNode(node, math)) {
    if (
      isElement(node) &&
      node.name === 'annotation' &&
      /^(?:application|text)\/(?:x-)?(?:la)?tex\b|^(?:la)?tex$/i.test((node.attribs.encoding ?? '').trim())
    )
      return textOf(node);
  }
  return undefined;
}

/** MediaWiki wraps every formula in `{\displaystyle …}`. */
function unwrapDisplayStyle(tex: string): string {
  return /^\{\\(?:displaystyle|textstyle) (.*)\}$/s.exec(tex)?.[1]?.trim() ?? tex;
}
