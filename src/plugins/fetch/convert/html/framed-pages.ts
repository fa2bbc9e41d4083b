import type { Element } from 'domhandler';
import { isPixel } from './embedded.ts';
import type { LightNode } from './light-node.ts';

const mostFrames = 20;

/** The pages that stand in a page's own `iframe srcdoc`; those in these again are left out. */
export class FramedPages {
  readonly #convert: ((srcdoc: string) => LightNode[]) | undefined;
  #left = mostFrames;

  /** `convert` makes the blocks of such a page; without it there are none. */
  constructor(convert?: (srcdoc: string) => LightNode[]) {
    this.#convert = convert;
  }

  /** undefined where the frame holds no page of its own, or no more of them are read. */
  blocksOf(iframe: Element): LightNode[] | undefined {
    const { srcdoc } = iframe.attribs;
    if (srcdoc === undefined) return undefined;
    if (!this.#convert || isPixel(iframe) || this.#left-- <= 0) return [];
    return this.#convert(srcdoc);
  }
}
