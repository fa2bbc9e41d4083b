import { clipsAway } from './clip-shapes.ts';
import { parseColour } from './colour.ts';
import { filterOf } from './filter.ts';
import { fadesAway, faint, isOffPage, isTiny, isZeroSize, pixels } from './hiding-values.ts';
import { fact, sign } from './signs.ts';
import { transformed } from './transform.ts';
import { fontSizeOf, isValid, lineHeightOf } from './valid-values.ts';

/** What a value says: of which sign or fact, and whether it gives it. */
export type Said = readonly [bit: number, gives: boolean, isFact?: boolean];
type Read = readonly Said[];
type Test = (value: string) => boolean;

const one =
  (bit: number, test: Test) =>
  (value: string): Read => [[bit, test(value)]];
const ofFact =
  (bit: number, test: Test) =>
  (value: string): Read => [[bit, test(value), true]];

const isWord =
  (...words: readonly string[]): Test =>
  (value) =>
    words.includes(value);
const always: Test = () => true;
/** Takes the room away or gives it; what cannot be told gives none. */
const isNoRoom: Test = (value) => !((pixels(value) ?? Number.parseFloat(value)) > 0);
const isFarTogether: Test = (value) =>
  value === '' ? false : (pixels(value) ?? 0) <= -30 || /^-(0?\.[4-9]|[1-9])\d*(\.\d+)?(em|ch|ex)$/.test(value);
const isClipping = isWord('hidden', 'clip', 'auto', 'scroll');

/** What each property says, where its value is taken. */
export const readers: Readonly<Record<string, (value: string) => Read>> = {
  display: (value) => [
    // Columns are never drawn; they only give their cells a width.
    [sign.display, /^(none|table-column(-group)?)$/.test(value)],
    [fact.boxed, !/^(inline|contents|initial|unset|ruby|inline flow)$/.test(value), true],
    [fact.lays, /\b(flex|grid|box)\b/.test(value), true],
  ],
  float: ofFact(fact.float, isWord('left', 'right', 'inline-start', 'inline-end')),
  position: (value) => {
    const isOut = value === 'absolute' || value === 'fixed';
    return [
      [fact.outOfFlow, isOut, true],
      [fact.clippable, isOut, true],
      [fact.placed, isOut || value === 'relative' || value.endsWith('sticky'), true],
    ];
  },
  visibility: one(sign.visibility, isWord('hidden', 'collapse')),
  opacity: one(sign.opacity, (value) => /^[\d.+-]+(e-?\d+)?%?$/.test(value) && fadesAway(value)),
  filter: one(sign.filter, (value) => (filterOf(value)?.alpha ?? 1) < faint),
  // What is relative to the text around it takes nothing back: any part of nothing is nothing.
  'font-size': one(sign.fontSize, isTiny),
  font: (value) => {
    if (value === '')
      return [
        [sign.fontSize, false],
        [sign.sizeAdjust, false],
        [fact.lineHeight, false, true],
      ];
    const size = fontSizeOf(value);
    const lines: Said = [fact.lineHeight, isZeroLine(lineHeightOf(value) ?? 'normal'), true];
    if (size === undefined || !(isTiny(size) || isValid('font-size', size))) return lines[1] ? [lines] : [];
    return [[sign.fontSize, isTiny(size)], [sign.sizeAdjust, false], lines];
  },
  'font-size-adjust': one(sign.sizeAdjust, (value) => /^((ex|cap|ch|ic)-(height|width) )?[+-]?0*\.?0+$/.test(value)),
  'line-height': ofFact(fact.lineHeight, isZeroLine),
  'letter-spacing': one(sign.letterSpacing, isFarTogether),
  '-webkit-text-security': one(sign.security, isWord('disc', 'circle', 'square')),
  'white-space': ofFact(fact.unwrapped, isWord('nowrap', 'pre')),
  'text-wrap': ofFact(fact.unwrapped, isWord('nowrap')),
  'text-wrap-mode': ofFact(fact.unwrapped, isWord('nowrap')),
  'text-indent': (value) => [
    [sign.indent, isOffPage(value)],
    [fact.wholeIndent, /%/.test(value) && Number.parseFloat(value) >= 100, true],
  ],
  clip: one(sign.clip, clipsAway),
  'clip-path': one(sign.clipPath, clipsAway),
  '-webkit-clip-path': one(sign.clipPath, clipsAway),
  transform: (value) => {
    const { isFlat, isTurned, x, y } = transformed(value);
    return [
      [sign.transform, isFlat || isOffPage(`${x}px`) || isOffPage(`${y}px`)],
      [fact.turned, isTurned, true],
    ];
  },
  scale: one(sign.scale, (value) =>
    value.split(' ', 2).some((part) => Math.abs(Number.parseFloat(part)) < (part.endsWith('%') ? 5 : 0.05)),
  ),
  translate: one(sign.translate, (value) => value.split(' ').some(isOffPage)),
  rotate: (value) => {
    const [, axis, turn] = /^([xyz]|[\d.-]+ [\d.-]+ [\d.-]+) (\S+)$/.exec(value) ?? [];
    const vector = { x: '1,0,0', y: '0,1,0', z: '0,0,1' }[axis ?? ''] ?? axis?.replaceAll(' ', ',') ?? '0,0,1';
    const { isFlat, isTurned } = transformed(`rotate3d(${vector},${turn ?? '0deg'})`);
    return [
      [sign.rotate, isFlat],
      [fact.rotated, isTurned, true],
    ];
  },
  'backface-visibility': ofFact(fact.backface, isWord('hidden')),
  '-webkit-backface-visibility': ofFact(fact.backface, isWord('hidden')),
  'transform-style': ofFact(fact.space, isWord('preserve-3d')),
  '-webkit-transform-style': ofFact(fact.space, isWord('preserve-3d')),
  contain: ofFact(fact.overflow, (value) => /\b(paint|strict|content)\b/.test(value)),
  zoom: one(sign.zoom, (value) => Number.parseFloat(value) < (value.endsWith('%') ? 5 : 0.05)),
  ...ofSides(),
  ...ofSizes(),
  ...ofMasks(),
  overflow: ofFact(fact.overflow, (value) => /\b(hidden|clip|auto|scroll)\b/.test(value) && isValid('overflow', value)),
  // One that is visible beside one that is not is scrolled.
  'overflow-x': ofFact(fact.overflow, isClipping),
  'overflow-y': ofFact(fact.overflow, isClipping),
  'content-visibility': one(sign.content, isWord('hidden')),
  transition: ofFact(fact.animated, always),
  animation: ofFact(fact.animated, always),
  'will-change': ofFact(fact.animated, always),
};

function isZeroLine(value: string): boolean {
  return (
    /^[+-]?(0|0?\.0+|0\.0*)(px|r?em|%|ex|ch)?$/.test(value) || (pixels(value) ?? 9) < (/[a-z]$/.test(value) ? 1 : 0.05)
  );
}

function ofSides(): Record<string, (value: string) => Read> {
  const { left, right, top, bottom, marginLeft, marginTop } = sign;
  const margin = (value: string) => fourSides(value, [marginTop, 0, 0, marginLeft]);
  const bare = { left, right, top, bottom, 'margin-left': marginLeft, 'margin-top': marginTop };
  const logical = {
    ...{ 'inset-inline-start': left, 'inset-inline-end': right, 'inset-block-start': top, 'inset-block-end': bottom },
    ...{ 'margin-inline-start': marginLeft, 'margin-block-start': marginTop },
  };
  const first = (bit: number) => (value: string) => [[bit, isOffPage(value.split(' ')[0] ?? '')]] as const;
  return {
    ...Object.fromEntries(Object.entries({ ...bare, ...logical }).map(([name, bit]) => [name, one(bit, isOffPage)])),
    margin,
    inset: (value) => fourSides(value, [top, right, bottom, left]),
    'inset-inline': first(left),
    'inset-block': first(top),
    'margin-inline': first(marginLeft),
    'margin-block': first(marginTop),
  };
}

/** The four sides of a shorthand, in the order of CSS. */
function fourSides(value: string, bits: readonly [number, number, number, number]): Read {
  const parts = value.split(' ');
  const [top = '0', right = top, bottom = top, left = right] = parts;
  return [top, right, bottom, left].map((part, side) => [bits[side] ?? 0, isOffPage(part)] as const);
}

function ofSizes(): Record<string, (value: string) => Read> {
  const height = (bit: number) => (value: string) =>
    [
      [bit, isZeroSize(value)],
      [fact.roomless, isNoRoom(value), true],
    ] as const;
  const padding = (below: string, above: string): Read => [
    [fact.unpaddedBelow, isNoRoom(below), true],
    [fact.unpaddedAbove, isNoRoom(above), true],
  ];
  const below = ofFact(fact.unpaddedBelow, isNoRoom);
  const above = ofFact(fact.unpaddedAbove, isNoRoom);
  const leastHeight = ofFact(fact.noLeastHeight, isNoRoom);
  const leastWidth = ofFact(fact.noLeastWidth, isNoRoom);
  return {
    ...{ width: one(sign.width, isZeroSize), 'inline-size': one(sign.width, isZeroSize) },
    ...{ height: height(sign.height), 'block-size': height(sign.height) },
    ...{ 'max-width': one(sign.maxWidth, isZeroSize), 'max-inline-size': one(sign.maxWidth, isZeroSize) },
    ...{ 'max-height': one(sign.maxHeight, isZeroSize), 'max-block-size': one(sign.maxHeight, isZeroSize) },
    ...{ 'min-height': leastHeight, 'min-block-size': leastHeight },
    ...{ 'min-width': leastWidth, 'min-inline-size': leastWidth },
    ...{ 'padding-bottom': below, 'padding-block-end': below, 'padding-top': above, 'padding-block-start': above },
    padding: (value) => {
      const [top = '0', , bottom = top] = value.split(' ');
      return padding(bottom, top);
    },
    'padding-block': (value) => {
      const [start = '0', end = start] = value.split(' ');
      return padding(end, start);
    },
  };
}

function ofMasks(): Record<string, (value: string) => Read> {
  const mask = (value: string): Read => [
    ...masks(value),
    [fact.noMask, /\/ ?0(px|%)?( 0(px|%)?)?( |$)/.test(value), true],
  ];
  const size = ofFact(fact.noMask, (value) => /^0(px|%)?( |$)|^\S+ 0(px|%)?$/.test(value));
  const names = { mask, 'mask-image': masks, 'mask-size': size };
  return { ...names, ...Object.fromEntries(Object.entries(names).map(([name, read]) => [`-webkit-${name}`, read])) };
}

function masks(value: string): Read {
  return [
    [sign.mask, masksAway(value)],
    [fact.masked, !/^(none|initial)\b/.test(value), true],
  ];
}

/** A mask that lets nothing through: all its colours are clear. */
function masksAway(value: string): boolean {
  const [, list = ''] = /gradient\((.*)\)/.exec(value.slice(0, 2000)) ?? [];
  const colours = (list.match(/#[0-9a-f]+|(?:rgb|hsl)a?\([^()]*\)|[a-z]+/g) ?? []).flatMap(
    (part) => parseColour(part) ?? [],
  );
  return colours.length > 0 && colours.every(({ alpha }) => alpha < faint);
}
