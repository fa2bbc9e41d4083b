import type { AnyNode, Element, ParentNode } from 'domhandler';
import { inputText } from './control-text.ts';
import { isElement, nextNode, textOf } from './page-tree.ts';
import type { Visibility } from './visibility.ts';

/** What controls are around: their text goes on with that beside them. */
const inline = new Set(['a', 'abbr', 'b', 'em', 'font', 'i', 'kbd', 'label', 'mark', 'small', 'span', 'strong', 'u']);
/** Shown in the whole page, where the page itself does not hide them; not part of a text. */
const inFull = new Set(['select', 'option', 'textarea', 'svg']);

/**
 * Decides which controls a reader is shown. The whole page has them all. Of the main content those buttons are part that
 * stand in a text, fill a cell or open what is below them; rows of buttons and what forms hold are not.
 */
export class Controls {
  readonly #visibility: Visibility;
  readonly #isFull: boolean;
  readonly #hasText = new Map<ParentNode, boolean>();
  readonly #isFilled = new Map<ParentNode, boolean>();

  constructor(visibility: Visibility, extract: 'main' | 'full') {
    this.#visibility = visibility;
    this.#isFull = extract === 'full';
  }

  /** As `Visibility` has it, with controls in their places. */
  isHidden(element: Element): boolean {
    const { name } = element;
    if (name === 'button') return this.#visibility.isConcealed(element) || !this.#isShownButton(element);
    if (name === 'object') return this.#visibility.isConcealed(element) || !(this.#isFull || isUnfilled(element));
    if (isElement(element.parent) && element.parent.name === 'object' && !isUnfilled(element.parent)) return true;
    if (this.#isFull && inFull.has(name)) return this.#visibility.isConcealed(element);
    if (this.#isFull && name === 'input' && inputText(element) !== '') return this.#visibility.isConcealed(element);
    return this.#visibility.isHidden(element);
  }

  #isShownButton(button: Element): boolean {
    if (isInCode(button)) return false;
    if (this.#isFull || !this.#visibility.isHidden(button)) return true;
    if (opensText(button)) return true;
    let block: ParentNode | null = button.parent;
    while (isElement(block) && inline.has(block.name)) block = block.parent;
    if (!isElement(block) || /^h[1-6]$/.test(block.name)) return false;
    if (/^(td|th)$/.test(block.name) && this.#isFilledByOne(block)) return true;
    return this.#hasTextBeside(block);
  }

  /** Whether letters stand in the block outside its buttons and links, in no block of their own. */
  #hasTextBeside(block: Element): boolean {
    const known = this.#hasText.get(block);
    if (known !== undefined) return known;
    const has = block.children.some((child) => /[\p{L}\p{N}]/u.test(this.#textIn(child)));
    this.#hasText.set(block, has);
    return has;
  }

  #textIn(node: AnyNode): string {
    if (node.type === 'text') return node.data;
    if (!isElement(node) || node.name === 'a' || !inline.has(node.name) || this.#visibility.isHidden(node)) return '';
    return textOf(node, (inner) => inner.name === 'a' || this.#visibility.isHidden(inner), 200);
  }

  #isFilledByOne(cell: Element): boolean {
    const known = this.#isFilled.get(cell);
    if (known !== undefined) return known;
    let count = 0;
    for (let node = cell.children[0] ?? null; node && count < 2; node = nextNode(node, cell)) {
      if (isElement(node) && node.name === 'button') count++;
    }
    this.#isFilled.set(cell, count === 1);
    return count === 1;
  }
}

/** Whether browsers show what is inside an `object`: they do where it names nothing to be shown in place of it. */
function isUnfilled({ attribs }: Element): boolean {
  return (attribs.data ?? '').trim() === '' && attribs.classid === undefined;
}

/** The question of an accordion, which its button opens; a menu says that it is one. */
function opensText({ attribs }: Element): boolean {
  return (
    ('aria-expanded' in attribs || 'aria-controls' in attribs) &&
    !('aria-haspopup' in attribs) &&
    attribs.role !== 'tab'
  );
}

/** "Copy" and the like stand on code without being part of it. */
function isInCode({ parent }: Element): boolean {
  for (let at = parent, up = 0; isElement(at) && up < 10; at = at.parent, up++) {
    if (at.name === 'pre' || at.name === 'code') return true;
  }
  return false;
}
