import type { Element } from 'domhandler';
import { isElement, squeeze, textOf } from './page-tree.ts';

const deepest = 100;
/** Elements by what they are made into; `$1` and so on stand for the children in their order. */
const forms: Readonly<Record<string, string>> = {
  msup: '$1^$2',
  msub: '$1_$2',
  msubsup: '$1_$2^$3',
  mover: '\\overset$2$1',
  munder: '\\underset$2$1',
  munderover: '$1_$2^$3',
  mfrac: '\\frac$1$2',
  mroot: '\\sqrt[$2]$1',
};
const accents: Readonly<Record<string, string>> = {
  '¯': '\\overline',
  '‾': '\\overline',
  '^': '\\hat',
  '→': '\\vec',
  '~': '\\tilde',
  '˙': '\\dot',
};

/** Presentation MathML as TeX, so that what is raised, lowered or divided stays so. */
export function texOf(element: Element, isHidden: (element: Element) => boolean, depth = 0): string {
  if (depth > deepest) return squeeze(textOf(element, isHidden));
  const children = element.children.filter((child): child is Element => isElement(child) && !isHidden(child));
  const parts = children
    .filter(({ name }) => !/^annotation|^none$|^mprescripts$/.test(name))
    .map((child) => texOf(child, isHidden, depth + 1));
  const braced = (index: number) => `{${parts[index] ?? ''}}`;
  const base = (index: number) => ((parts[index] ?? '').length === 1 ? (parts[index] ?? '') : braced(index));
  const accent = element.name === 'mover' ? accents[parts[1] ?? ''] : undefined;
  if (accent !== undefined) return accent + braced(0);
  const form = forms[element.name];
  if (form !== undefined) {
    return form.replace(/\$(\d)/g, (_, place: string, at: number) =>
      at === 0 ? base(Number(place) - 1) : braced(Number(place) - 1),
    );
  }
  if (element.name === 'msqrt') return `\\sqrt{${parts.join(' ')}}`;
  if (element.name === 'mtable') return `\\begin{matrix}${parts.join(' \\\\ ')}\\end{matrix}`;
  if (element.name === 'mtr') return parts.join(' & ');
  if (element.name === 'mfenced') return `(${parts.join(', ')})`;
  if (element.name === 'mspace') return ' ';
  if (children.length > 0) return parts.filter((part) => part !== '').join(' ');
  const text = squeeze(textOf(element, isHidden)).replace(/[\u2061-\u2064]/g, '');
  return element.name === 'mtext' ? `\\text{${text}}` : text;
}
