import type { Element } from 'domhandler';
import { absoluteUrl } from '../absolute-url.ts';
import { firstOf } from '../whole-characters.ts';
import { isElement, nextNode, type PageTree, squeeze, textOf } from './page-tree.ts';
import { visibleText } from './visible-text.ts';

const mostFrames = 100;

/** What a page shows that is not in its own text: the pages of a frameset, and whether there are shadow roots with text. */
export interface Elsewhere {
  readonly frames: readonly { readonly url: string; readonly label: string }[];
  readonly hasShadowText: boolean;
}

export function elsewhere({ root, base }: PageTree): Elsewhere {
  const frames = new Map<string, string>();
  let isFrameset = false;
  let hasShadowText = false;
  for (let node = root.children[0] ?? null; node; node = nextNode(node, root)) {
    if (!isElement(node)) continue;
    if (node.name === 'frameset') isFrameset = true;
    else if (node.name === 'frame' && isFrameset && frames.size < mostFrames) {
      const url = absoluteUrl(node.attribs.src ?? '', base);
      if (url !== undefined && /^https?:/.test(url)) frames.set(url, frameLabel(node));
    } else if (node.name === 'template' && /^(open|closed)$/i.test(node.attribs.shadowrootmode ?? '')) {
      hasShadowText ||= textOf(node, undefined, 1000).trim() !== '';
    }
  }
  return { frames: [...frames].map(([url, label]) => ({ url, label })), hasShadowText };
}

/** A frame by the name its page gives it. */
export function frameLabel({ attribs }: Element): string {
  return firstOf(visibleText(squeeze(attribs.title ?? attribs.name ?? '')), 200) || 'frame';
}

export function elsewhereWarnings({ frames, hasShadowText }: Elsewhere): string[] {
  return [
    ...(frames.length > 0 ? ['The page is made of frames, which are pages of their own: fetch the one you want.'] : []),
    ...(hasShadowText
      ? ['Parts of the page stand in shadow roots (template shadowrootmode), which are not read.']
      : []),
  ];
}
