import type { Element, ParentNode } from 'domhandler';
import { codeLanguage } from './code-language.ts';
import { codeCells } from './code-table.ts';
import { cellsText } from './code-text.ts';
import type { CopyContext } from './light-copy.ts';
import { copyChildren } from './light-copy.ts';
import { type LightCell, LightNode, type LightTable, TableNode } from './light-node.ts';
import type { Measure } from './measure.ts';
import { isElement } from './page-tree.ts';
import { visibleText } from './visible-text.ts';

/** What the table is to a reader: a table, or numbered code; undefined where it only arranges a page. */
export function tableNode(table: Element, context: CopyContext, depth: number): LightNode | undefined {
  const code = codeCells(table, false);
  if (code) return listing(table, code, context);
  const light = lightTable(table, context, depth);
  return light && new TableNode(light);
}

function listing(table: Element, cells: readonly Element[], { isHidden }: CopyContext): LightNode {
  const inner = cells[0]?.children.filter(isElement)[0];
  const language = (inner && codeLanguage(inner)) || codeLanguage(table);
  return new LightNode('PRE', { code: cellsText(cells, isHidden), language });
}

function lightTable(table: Element, context: CopyContext, depth: number): LightTable | undefined {
  const rows = rowsOf(table, context);
  const cells = rows.map((row) => cellsOf(row, context));
  if (isLayout(table, rows, cells, context.measures)) return undefined;
  const caption = table.children.filter(isElement).find(({ name }) => name === 'caption');
  return {
    caption: caption && !context.isDropped(caption) ? copyRoot(caption, context, depth) : undefined,
    rows: cells.map((row) => row.map((cell) => lightCell(cell, context, depth))),
  };
}

/** Rows in order, whether or not they stand in a head, bodies and a foot. */
function rowsOf(table: Element, context: CopyContext): Element[] {
  return table.children.filter(isElement).flatMap((child) => {
    if (context.isDropped(child)) return [];
    if (child.name === 'tr') return [child];
    if (!/^t(head|body|foot)$/.test(child.name)) return [];
    return child.children.filter(
      (row): row is Element => isElement(row) && row.name === 'tr' && !context.isDropped(row),
    );
  });
}

function cellsOf(row: Element, context: CopyContext): Element[] {
  return row.children.filter(
    (cell): cell is Element =>
      isElement(cell) && (cell.name === 'td' || cell.name === 'th') && !context.isDropped(cell),
  );
}

function isLayout(
  table: Element,
  rows: readonly Element[],
  cells: readonly (readonly Element[])[],
  measures: ReadonlyMap<ParentNode, Measure>,
): boolean {
  const role = table.attribs.role;
  if (role === 'presentation' || role === 'none' || rows.length === 0) return true;
  const widest = Math.max(...cells.slice(0, 1000).map((row) => row.length));
  if (widest < 2) return true;
  const all = cells.slice(0, 200).flat();
  if (all.some((cell) => measures.get(cell)?.hasTable)) return true;
  if (all.some(({ name }) => name === 'th')) return false;
  if (/gutter|lineno|rouge|highlighttable/.test(`${table.attribs.class ?? ''} ${all[0]?.attribs.class ?? ''}`))
    return true;
  return rows.length <= 3 && all.some((cell) => isPageLike(measures.get(cell)));
}

/** A cell that is a page of its own: with headings, or with much text in blocks. */
function isPageLike(measured: Measure | undefined): boolean {
  return measured !== undefined && (measured.hasHeading || (measured.hasBlock && measured.text > 1000));
}

function lightCell(cell: Element, context: CopyContext, depth: number): LightCell {
  const { attribs, name, children } = cell;
  const only = children[0];
  const plain =
    children.length === 0 ? '' : children.length === 1 && only?.type === 'text' ? visibleText(only.data) : undefined;
  return {
    root: plain === undefined ? copyRoot(cell, context, depth) : empty,
    plain,
    isHeader: name === 'th',
    colSpan: span(attribs.colspan),
    rowSpan: span(attribs.rowspan),
    align: attribs.align ?? /text-align:\s*(left|right|center)/.exec(attribs.style ?? '')?.[1] ?? '',
  };
}

const empty = new LightNode('X-ROOT', {});

function copyRoot(element: Element, context: CopyContext, depth: number): LightNode {
  const root = new LightNode('X-ROOT', {});
  copyChildren(root, element, context, depth);
  return root;
}

/** Spans beyond what a table can need are a page trying to fill memory. */
function span(value: string | undefined): number {
  const number = Number.parseInt(value ?? '1', 10);
  return number >= 1 && number <= 100 ? number : 1;
}
