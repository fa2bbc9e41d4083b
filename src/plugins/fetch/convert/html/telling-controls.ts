import type { Element } from 'domhandler';
import { isElement } from './page-tree.ts';

/** The box of a task in a list. */
export function isTask({ attribs, parent }: Element): boolean {
  if (attribs.type !== 'checkbox') return false;
  for (let at = parent, up = 0; isElement(at) && up < 3; at = at.parent, up++) if (at.name === 'li') return true;
  return false;
}

/** A heading that opens and shuts its section is a button through and through; a button beside its text is a tool. */
export function isWholeHeading(button: Element): boolean {
  const { parent } = button;
  if (!isElement(parent) || !/^h[1-6]$/.test(parent.name)) return false;
  return parent.children.every((child) => child === button || (child.type === 'text' && child.data.trim() === ''));
}
