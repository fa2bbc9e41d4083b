import { commaParts } from './css-text.ts';
import type { HidingStyle } from './hiding-style.ts';

/** What an animation leaves an element with. */
export interface Animated {
  readonly style: HidingStyle;
  /** Whether it is sure to come to that, so that it may show what is hidden. */
  readonly isSure: boolean;
}

interface Keyframes {
  first: HidingStyle | undefined;
  last: HidingStyle | undefined;
  hasOthers: boolean;
  isSure: boolean;
}

const mostNames = 2000;
const mostAnimations = 10;
/** Nobody waits longer, in seconds, to read a page. */
const longest = 20;

/** The animations of a page's sheets, as far as they decide what is there to read once they have run. */
export class KeyframeTable {
  readonly #known = new Map<string, Keyframes>();

  /** Takes in one block, such as `to {…}`, of the named keyframes. */
  learn(name: string, selectors: string, style: HidingStyle, isSure: boolean): void {
    const own = this.#known.get(name) ?? { first: undefined, last: undefined, hasOthers: false, isSure };
    if (this.#known.size >= mostNames && !this.#known.has(name)) return;
    this.#known.set(name, own);
    own.isSure &&= isSure;
    for (const selector of selectors.toLowerCase().split(',')) {
      const place = selector.trim();
      if (/^(from|0+%)$/.test(place)) own.first = this.#replaced(own, own.first, style);
      else if (/^(to|100%)$/.test(place)) own.last = this.#replaced(own, own.last, style);
      else own.hasOthers = true;
    }
  }

  /** What the values of `animation` and its longhands, in lower case and in the order of the cascade, come to. */
  styles(values: readonly string[]): readonly Animated[] {
    if (this.#known.size === 0) return [];
    const text = values.join(' ');
    return commaParts(text)
      .slice(0, mostAnimations)
      .flatMap((part) => this.#stylesOf(part, text));
  }

  #stylesOf(part: string, values: string): Animated[] {
    // A part with a time is one of the shorthand, and says all of its own animation; longhands speak of several.
    const all = /(?:^|\s)[\d.]+m?s\b/.test(part) ? part : values;
    const name = part.split(/\s+/).find((word) => this.#known.has(word));
    const own = name === undefined ? undefined : this.#known.get(name);
    if (!own) return [];
    const isLong = [...all.matchAll(/(?:^|\s)([\d.]+)(m?s)\b/g)].some(
      ([, size, unit]) => Number(size) * (unit === 's' ? 1 : 0.001) > longest,
    );
    const isOpen = isLong || /\b(paused|infinite|alternate|alternate-reverse)\b|\(/.test(all);
    const [begin, end] = /\breverse\b/.test(all) ? [own.last, own.first] : [own.first, own.last];
    if (!isOpen) return end && /\b(forwards|both)\b/.test(all) ? [{ style: end, isSure: own.isSure }] : [];
    if (/\binfinite\b/.test(all) && !/\bpaused\b/.test(all)) {
      // One that comes and goes is read while it is there.
      const isSteady = begin && end && !own.hasOthers && isAlike(begin, end);
      return isSteady ? [{ style: end, isSure: false }] : [];
    }
    return [begin, end].flatMap((style) => (style && (style === begin || isLong) ? [{ style, isSure: false }] : []));
  }

  /** Of two blocks the later one counts; where they differ, which one browsers take may hang on layers. */
  #replaced(own: Keyframes, before: HidingStyle | undefined, style: HidingStyle): HidingStyle {
    if (before && !isAlike(before, style)) own.isSure = false;
    return style;
  }
}

function isAlike(a: HidingStyle, b: HidingStyle): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}
