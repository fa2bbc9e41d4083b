import type { Element, ParentNode } from 'domhandler';
import { isCounting, isNamedGutter } from './code-gutter.ts';
import { isElement, nextNode } from './page-tree.ts';

const mostRows = 200_000;
const forCode = /(^|\s)(lntable|rouge-(line-)?table|highlighttable|hljs-ln|code-?table|js-file-line-container)(\s|$)/i;
const codeNames = /(^|\s)(code|blob-code|rouge-code)(\s|$)/i;

/**
 * The cells that hold the code, top down, of a table that shows code beside its line numbers; undefined for every other
 * table. `isInCode` where it stands in a `pre`, so that it can be nothing else.
 */
export function codeCells(table: Element, isInCode: boolean): Element[] | undefined {
  const isMarked = isInCode || forCode.test(table.attribs.class ?? '');
  const cells: Element[] = [];
  for (const row of rowsOf(table)) {
    const own = row.children.filter(
      (cell): cell is Element => isElement(cell) && (cell.name === 'td' || cell.name === 'th'),
    );
    const last = own.at(-1);
    const gutters = own.slice(0, -1);
    if (!last || (gutters.length === 0 && !isInCode) || !gutters.every(isCounting)) return undefined;
    if (!isMarked && !(gutters.some(hasNamedGutter) && isCode(last))) return undefined;
    cells.push(last);
    if (cells.length > mostRows) return undefined;
  }
  return cells.length === 0 ? undefined : cells;
}

function rowsOf(table: Element): Element[] {
  return table.children.filter(isElement).flatMap((child) => {
    if (child.name === 'tr') return [child];
    return child.name === 'tbody' ? child.children.filter((row) => isElement(row) && row.name === 'tr') : [];
  }) as Element[];
}

function hasNamedGutter(cell: Element): boolean {
  if (isNamedGutter(cell)) return true;
  const first = nextElement(cell);
  return first !== undefined && isNamedGutter(first);
}

function isCode(cell: Element): boolean {
  if (codeNames.test(cell.attribs.class ?? '')) return true;
  const first = nextElement(cell);
  return first !== undefined && (first.name === 'pre' || first.name === 'code');
}

/** The first element below. */
function nextElement(cell: ParentNode): Element | undefined {
  for (let node = cell.children[0] ?? null; node; node = nextNode(node, cell)) if (isElement(node)) return node;
  return undefined;
}

/** The table that is all there is in a `pre`, or in the `code` in it. */
export function onlyTable(pre: ParentNode): Element | undefined {
  const first = pre.children.find((child) => child.type !== 'text' || child.data.trim() !== '');
  if (!isElement(first)) return undefined;
  if (first.name === 'table') return first;
  return first.name === 'code' ? onlyTable(first) : undefined;
}
