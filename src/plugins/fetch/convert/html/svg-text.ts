import type { AnyNode, Element, ParentNode } from 'domhandler';
import { isElement, nextNode, squeeze } from './page-tree.ts';
import { visibleText } from './visible-text.ts';

/** What is drawn only where another part asks for it, or never. */
const undrawn = new Set([
  ...['defs', 'symbol', 'clippath', 'mask', 'pattern', 'marker', 'lineargradient', 'radialgradient', 'filter', 'view'],
  ...['metadata', 'title', 'desc', 'script', 'style'],
]);
const longest = 100_000;

/** The text that a drawing shows: that of its `text` and `foreignObject` elements, each as words of their own. */
export function svgText(svg: Element, isHidden: (element: Element) => boolean): string {
  const box = boxOf(svg);
  let text = '';
  let isOver = false;
  for (
    let node: AnyNode | null = svg.children[0] ?? null;
    node && text.length < longest;
    node = nextNode(node, svg, isOver)
  ) {
    isOver = false;
    if (node.type === 'text' && writes(node.parent, svg)) text += node.data;
    else if (isElement(node)) {
      isOver = undrawn.has(node.name) || isHidden(node) || isUndrawn(node) || isOutside(node, box, svg);
      if (node.name !== 'tspan' && node.name !== 'textpath') text += ' ';
    }
  }
  return visibleText(squeeze(text));
}

function writes(from: ParentNode | null, svg: Element): boolean {
  for (let at = from; isElement(at) && at !== svg; at = at.parent) {
    if (at.name === 'text' || at.name === 'foreignobject') return true;
  }
  return false;
}

const drawingStyles = ['display', 'visibility', 'opacity', 'fill-opacity', 'font-size', 'fill', 'stroke'] as const;
type DrawingStyle = (typeof drawingStyles)[number];
const inStyle = Object.fromEntries(
  drawingStyles.map((name) => [name, new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;!]+)`, 'i')]),
) as Record<DrawingStyle, RegExp>;

/** Hidden by attributes that style a drawing as rules of a sheet would. */
function isUndrawn({ attribs }: Element): boolean {
  const value = (name: DrawingStyle) => {
    const inline = attribs.style === undefined ? undefined : inStyle[name].exec(attribs.style)?.[1];
    return (inline ?? attribs[name] ?? '').trim().toLowerCase();
  };
  if (value('display') === 'none' || /^(hidden|collapse)$/.test(value('visibility'))) return true;
  if ((['opacity', 'fill-opacity'] as const).some((name) => value(name) !== '' && number(value(name)) < 0.15))
    return true;
  if (value('font-size') !== '' && Number.parseFloat(value('font-size')) < 2) return true;
  const isUnfilled = /^(none|transparent|(rgb|hsl)a\(.*,\s*0(\.0*)?%?\)|#[0-9a-f]{3}0|#[0-9a-f]{6}00)$/.test(
    value('fill'),
  );
  return isUnfilled && !/^(?!none$|transparent$)./.test(value('stroke'));
}

function number(text: string): number {
  return text.endsWith('%') ? Number.parseFloat(text) / 100 : Number.parseFloat(text);
}

type Box = readonly [left: number, top: number, right: number, bottom: number];

/** What of its own coordinates a drawing shows; undefined where it does not say. */
function boxOf({ attribs }: Element): Box | undefined {
  const view = (attribs.viewbox ?? attribs.viewBox ?? '')
    .trim()
    .split(/[\s,]+/)
    .map(Number);
  const [left = 0, top = 0, width = 0, height = 0] =
    view.length === 4 ? view : [0, 0, Number.parseFloat(attribs.width ?? ''), Number.parseFloat(attribs.height ?? '')];
  return width > 0 && height > 0 ? [left, top, left + width, top + height] : undefined;
}

/** Whether the element is placed where nothing is shown; what is moved from its place by others is not judged. */
function isOutside(element: Element, box: Box | undefined, svg: Element): boolean {
  const { name, attribs } = element;
  if (!box || !/^(text|tspan|foreignobject)$/.test(name)) return false;
  for (let at: ParentNode | null = element; isElement(at) && at !== svg; at = at.parent) {
    if (at.attribs.transform !== undefined || (at !== element && at.name === 'svg')) return false;
  }
  const [left, top, right, bottom] = box;
  const [x, y] = [attribs.x, attribs.y].map((place) => Number.parseFloat(place ?? ''));
  const isPercent = /%/.test(`${attribs.x}${attribs.y}`);
  if (isPercent || x === undefined || y === undefined) return false;
  // Text goes on to the right of its place and stands above it.
  return x >= right || x < left - (right - left) || y < top || y > bottom + (bottom - top) / 2;
}
