import { calculated } from './calculated.ts';
import { unescapeCss } from './css-text.ts';
import { inheritedPaint, initialPaint, type Paint, paintOf } from './paint.ts';
import { type Place, placeOf } from './placement.ts';
import { readers, type Said } from './property-readers.ts';
import { parting } from './sheet-segments.ts';
import { fact, inheritedFacts, inheritedSigns, usualFacts } from './signs.ts';
import { isValid } from './valid-values.ts';

const longestValue = 1000;

/** What declarations of one importance say: the signs and facts they speak of, and those they give. */
export interface Saying {
  sets: number;
  gives: number;
  /** Signs that are left to what is around, whatever was said before. */
  passes: number;
  factSets: number;
  factGives: number;
  factPasses: number;
  paint: Paint | undefined;
  place: Place | undefined;
  /** The values of `animation` and its longhands. */
  animation: string[] | undefined;
  /** The paint in a list of its own, made when it is first asked for. */
  onlyPaint: readonly Paint[] | undefined;
}

/** What a block of declarations says of hiding. */
export interface HidingStyle {
  readonly normal: Saying;
  /** Undefined where nothing in it is important. */
  important: Saying | undefined;
}

export function newStyle(): HidingStyle {
  return { normal: newSaying(), important: undefined };
}

function newSaying(): Saying {
  return {
    sets: 0,
    gives: 0,
    passes: 0,
    factSets: 0,
    factGives: 0,
    factPasses: 0,
    paint: undefined,
    place: undefined,
    animation: undefined,
    onlyPaint: undefined,
  };
}

/** Takes one declaration, such as `display: none !important`, into the style. One that may be invalid takes nothing back. */
export function declare(style: HidingStyle, declaration: string): void {
  const colon = declaration.indexOf(':');
  if (colon === -1) return;
  const name = unescapeCss(declaration.slice(0, colon).replaceAll(parting, ' ').trim()).toLowerCase();
  const reader = readers[name];
  if (reader === undefined && !isAskedFor(name)) return;
  const written = declaration
    .slice(colon + 1)
    .replaceAll(parting, ' ')
    .trim();
  const whole = unescapeCss(written).toLowerCase().replace(/\s+/g, ' ');
  const plain = whole.replace(/ ?! ?important$/, '');
  const saying = plain === whole ? style.normal : importantOf(style);
  // What is escaped is part of a word, whatever it reads like: no number, no space.
  const isWritten = !written.includes('\\') || /^[a-z-]+$/.test(plain);
  if (name === 'all') {
    if (isWritten) declareAll(saying, plain);
    return;
  }
  if (/^(-webkit-)?animation/.test(name))
    saying.animation = [...(saying.animation ?? []).slice(-8), plain.slice(0, longestValue)];
  if (
    plain.length > longestValue &&
    !/^(-webkit-)?(background|mask|clip-path|transition|animation|will-change)/.test(name)
  ) {
    takeLong(saying, reader?.('') ?? []);
    return;
  }
  const value = calculated(plain);
  if (isWritten) takeDrawn(saying, name, value);
  if (name === 'transform' || name === 'filter') take(saying, [fact.animated, true, true]);
  if (reader === undefined || /\bvar\(|^revert-layer$/.test(value)) return; // says nothing that can be known here
  if (/^(inherit|unset|revert)$/.test(value)) {
    takeWide(saying, name, value, reader(''));
    return;
  }
  for (const said of reader(value)) if (said[1] || (isWritten && takesBack(name, value))) take(saying, said);
}

const others = new Set(['color', 'text-shadow', 'all', 'z-index']);
const groups = /^(?:(?:-webkit-)?(?:background|animation)|-webkit-text-|grid-(?:area|row|column))/;

/** Whether the property says more than how something is hidden, as those with readers do. */
function isAskedFor(name: string): boolean {
  return others.has(name) || groups.test(name);
}

/** What the declaration says of colours, and of where the box stands. */
function takeDrawn(saying: Saying, name: string, value: string): void {
  const paint = paintOf(name, value);
  if (paint) saying.paint = { ...saying.paint, ...paint };
  const place = placeOf(name, value);
  if (place) saying.place = { ...saying.place, ...place };
}

/** A value longer than any that people write is not read: it hides whatever it may hide. */
function takeLong(saying: Saying, all: readonly Said[]): void {
  for (const [bit, , isFact] of all) if (!isFact) take(saying, [bit, true]);
}

function importantOf(style: HidingStyle): Saying {
  style.important ??= newSaying();
  return style.important;
}

function takesBack(name: string, value: string): boolean {
  return name === 'font' || isValid(name, value);
}

function take(saying: Saying, [bit, gives, isFact]: Said): void {
  if (isFact) {
    saying.factSets |= bit;
    saying.factGives = gives ? saying.factGives | bit : saying.factGives & ~bit;
    saying.factPasses &= ~bit;
  } else {
    saying.sets |= bit;
    saying.gives = gives ? saying.gives | bit : saying.gives & ~bit;
    saying.passes &= ~bit;
  }
}

/** The values that every property has: what is inherited is left to what is around, all else is as if it had not been said. */
function takeWide(saying: Saying, name: string, value: string, all: readonly Said[]): void {
  // What a box is without `display` is told by the name of its element.
  const usual = usualFacts | (value === 'unset' ? 0 : fact.boxed);
  for (const [bit, , isFact = false] of all) {
    const isUsual = isFact && (usual & bit) !== 0;
    const isInherited = ((isFact ? inheritedFacts : inheritedSigns) & bit) !== 0;
    if (isUsual || isInherited) pass(saying, bit, isFact);
    else if (value !== 'inherit' || name === 'display') take(saying, [bit, false, isFact]);
  }
}

function pass(saying: Saying, bits: number, isFact: boolean): void {
  if (isFact) {
    saying.factPasses |= bits;
    saying.factSets &= ~bits;
    saying.factGives &= ~bits;
  } else {
    saying.passes |= bits;
    saying.sets &= ~bits;
    saying.gives &= ~bits;
  }
}

function declareAll(saying: Saying, value: string): void {
  if (!/^(initial|unset|revert)$/.test(value)) return;
  const isInitial = value === 'initial';
  saying.paint = isInitial ? initialPaint : inheritedPaint;
  const signs = isInitial ? 0 : inheritedSigns;
  const facts = usualFacts | (isInitial ? 0 : inheritedFacts) | (value === 'revert' ? fact.boxed : 0);
  take(saying, [~signs, false]);
  take(saying, [~facts, false, true]);
  pass(saying, signs, false);
  pass(saying, facts, true);
}
