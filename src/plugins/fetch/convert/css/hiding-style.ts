import { calculated } from './calculated.ts';
import { parseColour } from './colour.ts';
import { unescapeCss } from './css-text.ts';
import {
  clipsAway,
  fadesAway,
  isOffPage,
  isTiny,
  isZeroSize,
  pixels,
  shiftsAway,
  shrinksAway,
} from './hiding-values.ts';
import { type Paint, paintOf } from './paint.ts';
import { fontSizeOf, isValid } from './valid-values.ts';

/** The signs of hiding that a declaration can set or take back, one bit each. */
export const sign = {
  display: 1,
  visibility: 2,
  opacity: 4,
  filter: 8,
  fontSize: 16,
  clip: 32,
  clipPath: 64,
  transform: 128,
  scale: 256,
  translate: 512,
  indent: 1024,
  left: 2048,
  top: 4096,
  right: 8192,
  bottom: 16_384,
  marginLeft: 32_768,
  marginTop: 65_536,
  width: 131_072,
  height: 262_144,
  maxWidth: 524_288,
  maxHeight: 1_048_576,
  overflow: 2_097_152,
  content: 4_194_304,
  transparent: 8_388_608,
  paintedText: 16_777_216,
  sameColour: 33_554_432,
  animated: 67_108_864,
  mask: 134_217_728,
  positioned: 268_435_456,
  zoom: 536_870_912,
  /** What nothing that is judged here takes back. */
  lasting: 1_073_741_824,
} as const;

const sizes = sign.width | sign.height | sign.maxWidth | sign.maxHeight;
const wholeBox =
  sign.display |
  sign.opacity |
  sign.filter |
  sign.mask |
  sign.clip |
  sign.clipPath |
  sign.transform |
  sign.scale |
  sign.zoom |
  sign.lasting |
  sign.translate |
  sign.indent |
  sign.left |
  sign.top |
  sign.right |
  sign.bottom |
  sign.marginLeft |
  sign.marginTop |
  sign.content;

/** Which signs can hide an element alone or with others: a rule without them hides nothing. */
export const anyHiding = wholeBox | sizes | sign.visibility | sign.fontSize | sign.transparent | sign.sameColour;

/** What a block of declarations says of hiding: the signs it speaks of, and those it gives. */
export interface HidingStyle {
  sets: number;
  gives: number;
  importantSets: number;
  importantGives: number;
  paint: Paint | undefined;
  importantPaint: Paint | undefined;
}

export function newStyle(): HidingStyle {
  return { sets: 0, gives: 0, importantSets: 0, importantGives: 0, paint: undefined, importantPaint: undefined };
}

/** Whether the box and all in it is hidden. */
export function hidesBox(signs: number, isLenient = false): boolean {
  const counted = isLenient && signs & sign.animated ? wholeBox & ~sign.opacity : wholeBox;
  return (signs & counted) !== 0 || ((signs & sizes) !== 0 && (signs & sign.overflow) !== 0);
}

/** Whether text in the box is hidden as long as nothing inside takes it back. */
export function hidesText(signs: number): boolean {
  if (signs & (sign.visibility | sign.fontSize | sign.sameColour)) return true;
  return (signs & sign.transparent) !== 0 && (signs & sign.paintedText) === 0;
}

const units = { left: sign.left, right: sign.right, top: sign.top, bottom: sign.bottom } as const;

type Read = readonly (readonly [bit: number, gives: boolean])[];
const one =
  (bit: number, test: (value: string) => boolean) =>
  (value: string): Read => [[bit, test(value)]];

/** What each property says, where its value is taken. */
const readers: Readonly<Record<string, (value: string) => Read>> = {
  display: one(sign.display, (value) => value === 'none'),
  visibility: one(sign.visibility, (value) => value === 'hidden' || value === 'collapse'),
  opacity: one(sign.opacity, (value) => /^[\d.+-]+(e-?\d+)?%?$/.test(value) && fadesAway(value)),
  filter: one(sign.filter, (value) => fadesAway(/opacity\(([^)]*)\)/.exec(value)?.[1] ?? '1')),
  // What is relative to the text around it takes nothing back: any part of nothing is nothing.
  'font-size': one(sign.fontSize, isTiny),
  font: (value) => {
    const size = fontSizeOf(value);
    return size !== undefined && (isTiny(size) || isValid('font-size', size)) ? [[sign.fontSize, isTiny(size)]] : [];
  },
  clip: one(sign.clip, (value) => clipsAway(value)),
  'clip-path': one(sign.clipPath, (value) => clipsAway(value)),
  '-webkit-clip-path': one(sign.clipPath, (value) => clipsAway(value)),
  transform: one(sign.transform, (value) => shrinksAway(value) || shiftsAway(value)),
  scale: one(sign.scale, (value) => value.split(' ').some((part) => Math.abs(Number.parseFloat(part)) < 0.05)),
  translate: one(sign.translate, (value) => value.split(' ').some(isOffPage)),
  rotate: one(sign.lasting, (value) => /^[xy] -?(90|270)deg$/.test(value)),
  'letter-spacing': one(sign.lasting, (value) => (pixels(value) ?? 0) <= -100),
  contain: one(sign.overflow, (value) => /\b(paint|strict|content)\b/.test(value)),
  zoom: one(sign.zoom, (value) => Number.parseFloat(value) < (value.endsWith('%') ? 5 : 0.05)),
  'text-indent': one(sign.indent, isOffPage),
  ...Object.fromEntries(Object.entries(units).map(([name, bit]) => [name, one(bit, isOffPage)])),
  inset: (value) => sides(value, [sign.top, sign.right, sign.bottom, sign.left]),
  margin: (value) => sides(value, [sign.marginTop, 0, 0, sign.marginLeft]),
  'margin-left': one(sign.marginLeft, isOffPage),
  'margin-top': one(sign.marginTop, isOffPage),
  'inset-inline-start': one(sign.left, isOffPage),
  'inset-inline-end': one(sign.right, isOffPage),
  'inset-block-start': one(sign.top, isOffPage),
  'inset-block-end': one(sign.bottom, isOffPage),
  'inset-inline': (value) => [[sign.left, isOffPage(value.split(' ')[0] ?? '')]],
  'inset-block': (value) => [[sign.top, isOffPage(value.split(' ')[0] ?? '')]],
  'margin-inline-start': one(sign.marginLeft, isOffPage),
  'margin-block-start': one(sign.marginTop, isOffPage),
  'inline-size': one(sign.width, isZeroSize),
  'block-size': one(sign.height, isZeroSize),
  'max-inline-size': one(sign.maxWidth, isZeroSize),
  'max-block-size': one(sign.maxHeight, isZeroSize),
  mask: one(sign.mask, masksAway),
  'mask-image': one(sign.mask, masksAway),
  '-webkit-mask': one(sign.mask, masksAway),
  '-webkit-mask-image': one(sign.mask, masksAway),
  position: one(sign.positioned, (value) => value === 'absolute' || value === 'fixed'),
  width: one(sign.width, isZeroSize),
  height: one(sign.height, isZeroSize),
  'max-width': one(sign.maxWidth, isZeroSize),
  'max-height': one(sign.maxHeight, isZeroSize),
  overflow: one(sign.overflow, (value) => /\b(hidden|clip|auto|scroll)\b/.test(value) && isValid('overflow', value)),
  // One that is visible beside one that is not is scrolled.
  'overflow-x': one(sign.overflow, (value) => /^(hidden|clip|auto|scroll)$/.test(value)),
  'overflow-y': one(sign.overflow, (value) => /^(hidden|clip|auto|scroll)$/.test(value)),
  'content-visibility': one(sign.content, (value) => value === 'hidden'),
  color: one(sign.transparent, isTransparent),
  '-webkit-text-fill-color': one(sign.transparent, isTransparent),
  'background-clip': one(sign.paintedText, showsThroughText),
  '-webkit-background-clip': one(sign.paintedText, showsThroughText),
  transition: one(sign.animated, () => true),
  animation: one(sign.animated, () => true),
  'will-change': one(sign.animated, () => true),
};

/** Takes one declaration, such as `display: none !important`, into the style. One that may be invalid takes nothing back. */
export function declare(style: HidingStyle, declaration: string): void {
  const colon = declaration.indexOf(':');
  if (colon === -1) return;
  const name = unescapeCss(declaration.slice(0, colon).trim()).toLowerCase();
  const reader = readers[name];
  if (reader === undefined && !name.startsWith('background')) return;
  const written = declaration.slice(colon + 1).trim();
  const whole = unescapeCss(written).toLowerCase().replace(/\s+/g, ' ');
  const plain = whole.replace(/ ?! ?important$/, '');
  const value = calculated(plain);
  const isImportant = plain !== whole;
  // What is escaped is part of a word, whatever it reads like: no number, no space.
  const isWritten = !written.includes('\\') || /^[a-z-]+$/.test(plain);
  const paint = isWritten ? paintOf(name, value) : undefined;
  if (paint && isImportant) style.importantPaint = { ...style.importantPaint, ...paint };
  else if (paint) style.paint = { ...style.paint, ...paint };
  if (name === 'transform' || name === 'filter') take(style, sign.animated, true, false);
  if (/\bvar\(|^(revert|unset|inherit)/.test(value) && name !== 'display') return; // says nothing that can be known here
  for (const [bit, gives] of reader?.(value) ?? []) {
    if (gives || (isWritten && takesBack(name, value, paint))) take(style, bit, gives, isImportant);
  }
}

function takesBack(name: string, value: string, paint: Paint | undefined): boolean {
  if (name === 'color' || name === '-webkit-text-fill-color') return paint !== undefined;
  return name === 'font' || isValid(name, value);
}

function take(style: HidingStyle, bit: number, gives: boolean, isImportant: boolean): void {
  if (isImportant) {
    style.importantSets |= bit;
    style.importantGives = gives ? style.importantGives | bit : style.importantGives & ~bit;
  } else {
    style.sets |= bit;
    style.gives = gives ? style.gives | bit : style.gives & ~bit;
  }
}

/** The four sides of a shorthand, in the order of CSS. */
function sides(value: string, bits: readonly [number, number, number, number]): Read {
  const parts = value.split(' ');
  const [top = '0', right = top, bottom = top, left = right] = parts;
  return [top, right, bottom, left].map((part, side) => [bits[side] ?? 0, isOffPage(part)] as const);
}

function showsThroughText(value: string): boolean {
  return isValid('background-clip', value) && value.includes('text');
}

function isTransparent(value: string): boolean {
  const colour = parseColour(value);
  return colour !== undefined && colour.alpha < 0.1;
}

/** A mask that lets nothing through: all its colours are clear. */
function masksAway(value: string): boolean {
  const [, list = ''] = /gradient\((.*)\)/.exec(value) ?? [];
  const colours = (list.match(/#[0-9a-f]+|(?:rgb|hsl)a?\([^()]*\)|[a-z]+/g) ?? []).flatMap(
    (part) => parseColour(part) ?? [],
  );
  return colours.length > 0 && colours.every(({ alpha }) => alpha < 0.1);
}
