import type { AnyNode, Element, ParentNode } from 'domhandler';
import { isCounting, isNamedGutter } from './code-gutter.ts';
import { codeLanguage } from './code-language.ts';
import { codeBlocks } from './leaf-nodes.ts';
import { type CopyContext, copyInto, deepest } from './light-copy.ts';
import { LightNode } from './light-node.ts';
import { tableNode } from './light-table.ts';
import { blockNames, headingNames } from './measure.ts';
import { isElement, squeeze, textOf } from './page-tree.ts';

/** Block elements that stay whole: a reader sees each as one thing. All others are only boxes around such things. */
const whole = new Set([
  'p',
  ...headingNames,
  'ul',
  'ol',
  'blockquote',
  'hr',
  'dt',
  'dd',
  'summary',
  'figcaption',
  'menu',
  'dir',
]);

const opaque = new Set(['iframe', 'select', 'svg', 'textarea']);

/**
 * Splits the picked content into its blocks: each a light tree of its own that is converted by itself. Boxes are
 * opened, and text between blocks becomes a paragraph. Small trees keep the work linear in the length of the page.
 */
export function lightBlocks(roots: readonly ParentNode[], context: CopyContext): LightNode[] {
  const splitter = new BlockSplitter(context);
  for (const root of roots) splitter.open(root, 0);
  return splitter.blocks;
}

class BlockSplitter {
  readonly blocks: LightNode[] = [];
  readonly #context: CopyContext;
  #run: LightNode | undefined;

  constructor(context: CopyContext) {
    this.#context = context;
  }

  /** Takes a box apart, or takes a root that is itself a whole block. */
  open(box: ParentNode, depth: number): void {
    this.#run = undefined;
    if (
      depth === 0 &&
      isElement(box) &&
      (whole.has(box.name) ||
        box.name === 'pre' ||
        box.name === 'table' ||
        opaque.has(box.name) ||
        box.name === 'input')
    ) {
      this.#visit(box, depth);
    } else {
      for (const child of box.children) this.#visit(child, depth + 1);
    }
    this.#run = undefined;
  }

  #visit(node: AnyNode, depth: number): void {
    if (!isElement(node)) {
      if (node.type === 'text' && (this.#run || node.data.trim() !== '')) this.#inline(node, depth);
      return;
    }
    if (this.#context.isDropped(node) || isBesideCode(node)) return;
    if (depth > deepest) this.#inline(node, depth);
    else if (node.name === 'pre') for (const block of codeBlocks(node, this.#context)) this.#block(block);
    else if (node.name === 'table') this.#table(node, depth);
    else if (opaque.has(node.name)) this.#opaque(node, depth);
    else if (this.#isBox(node)) this.open(node, depth);
    else if (whole.has(node.name)) {
      this.#run = undefined;
      this.#inline(node, depth);
      this.#run = undefined;
    } else this.#inline(node, depth);
  }

  /** What is shown as one thing whatever is in it; a page in the page is blocks of its own. */
  #opaque(element: Element, depth: number): void {
    const blocks = element.name === 'iframe' ? this.#context.framed.blocksOf(element) : undefined;
    if (!blocks) {
      this.#inline(element, depth);
      return;
    }
    this.blocks.push(...blocks);
    this.#run = undefined;
  }

  #isBox(element: Element): boolean {
    const measured = this.#context.measures.get(element);
    const hasBlock = measured?.hasBlock ?? false;
    if (element.name === 'dd' || element.name === 'summary' || element.name === 'figcaption') return hasBlock;
    if (whole.has(element.name)) return element.name === 'p' && hasBlock;
    if (blockNames.has(element.name)) return true;
    // An inline element around blocks is a box too, but a link around a card keeps its target.
    return (
      hasBlock &&
      !(
        element.name === 'a' &&
        element.attribs.href !== undefined &&
        !measured?.hasLink &&
        !measured?.hasTable &&
        measured !== undefined &&
        measured.text < 1000
      )
    );
  }

  #table(table: Element, depth: number): void {
    const light = tableNode(table, this.#context, depth);
    if (light) this.#block(light);
    else this.open(table, depth + 1);
  }

  #block(node: LightNode): void {
    const root = new LightNode('X-ROOT', {});
    root.append(node);
    this.blocks.push(root);
    this.#run = undefined;
  }

  #inline(node: AnyNode, depth: number): void {
    if (!this.#run) {
      this.#run = new LightNode('X-ROOT', {});
      this.blocks.push(this.#run);
    }
    copyInto(this.#run, node, this.#context, depth);
  }
}

/** The line numbers of a `pre`, in a box of their own before or after it, or the name of its language. */
function isBesideCode(element: Element): boolean {
  const isCode = (node: AnyNode | null): node is Element => isElement(node) && node.name === 'pre';
  const { prev, next, name } = element;
  const after = next?.type === 'text' && next.data.trim() === '' ? next.next : next;
  if (isCode(after) && blockNames.has(name) && isLanguageName(element, after)) return true;
  return (isCode(prev) || isCode(next)) && name !== 'pre' && isNamedGutter(element) && isCounting(element);
}

function isLanguageName(element: Element, pre: Element): boolean {
  const text = squeeze(textOf(element, ({ name }) => name === 'button', 100)).toLowerCase();
  return text !== '' && text.length < 20 && text === codeLanguage(pre);
}
