import type { AnyNode, Element, ParentNode } from 'domhandler';
import { codeLanguage } from './code-language.ts';
import { codeCells } from './code-table.ts';
import { cellsText } from './code-text.ts';
import type { CopyContext } from './light-copy.ts';
import { copyChildren, copyInto } from './light-copy.ts';
import { type LightCell, LightNode, type LightTable, TableNode } from './light-node.ts';
import type { Measure } from './measure.ts';
import { isElement } from './page-tree.ts';
import { visibleText, withoutInvisible } from './visible-text.ts';

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
  return new LightNode('PRE', { code: withoutInvisible(cellsText(cells, isHidden)), language });
}

function lightTable(table: Element, context: CopyContext, depth: number): LightTable | undefined {
  const { rows, strays } = partsOf(table, context);
  const cells = rows.map((row) => cellsOf(row, context));
  if (isLayout(table, rows, cells, context.measures)) return undefined;
  const caption = table.children.filter(isElement).find(({ name }) => name === 'caption');
  return {
    strays: strays.length > 0 ? strayRoot(strays, context, depth) : undefined,
    caption: caption && !context.isDropped(caption) ? copyRoot(caption, context, depth) : undefined,
    rows: cells.map((row) => row.map((cell) => lightCell(cell, context, depth))),
  };
}

interface Parts {
  readonly rows: Element[];
  readonly strays: AnyNode[];
}

const tableParts = new Set(['caption', 'colgroup', 'col']);
const rowGroups = new Set(['thead', 'tbody', 'tfoot']);
const deepestWrapper = 5;

/** Rows in order, whether or not they stand in a head, bodies, a foot or (wrongly) a form; and what is no part of a table. */
function partsOf(parent: Element, context: CopyContext, parts: Parts = { rows: [], strays: [] }, depth = 0): Parts {
  for (const child of parent.children) {
    if (isElement(child) ? context.isDropped(child) || tableParts.has(child.name) : isBlank(child)) continue;
    if (isElement(child) && child.name === 'tr') {
      parts.rows.push(child);
      for (const node of child.children) if (isStray(node, context)) parts.strays.push(node);
    } else if (isElement(child) && depth < deepestWrapper && (rowGroups.has(child.name) || holdsRows(child))) {
      partsOf(child, context, parts, depth + 1);
    } else parts.strays.push(child);
  }
  return parts;
}

function holdsRows({ children }: Element): boolean {
  return children.some((child) => isElement(child) && (child.name === 'tr' || rowGroups.has(child.name)));
}

function isStray(node: AnyNode, context: CopyContext): boolean {
  if (!isElement(node)) return !isBlank(node);
  return node.name !== 'td' && node.name !== 'th' && !context.isDropped(node);
}

function isBlank(node: AnyNode): boolean {
  return node.type !== 'text' || node.data.trim() === '';
}

function strayRoot(strays: readonly AnyNode[], context: CopyContext, depth: number): LightNode {
  const root = new LightNode('X-ROOT', {});
  for (const stray of strays) {
    copyInto(root, stray, context, depth + 1);
    root.append(LightNode.text(' '));
  }
  return root;
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
