import { firstOf } from '../whole-characters.ts';
import type { PageTree } from './page-tree.ts';
import { firstNamed, squeeze, textOf } from './page-tree.ts';
import { visibleText } from './visible-text.ts';

/** The page's title, at most 500 characters; null where it has none. */
export function pageTitle(tree: PageTree): string | null {
  const element = firstNamed(tree.root, 'title');
  const text = element ? firstOf(visibleText(squeeze(textOf(element, () => false, 2000))), 500) : '';
  return text === '' ? null : text;
}
