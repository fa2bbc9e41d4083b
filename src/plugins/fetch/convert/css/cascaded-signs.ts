import type { Entry } from './cascade.ts';
import { paintsOf } from './cascaded-paint.ts';
import type { HidingStyle, Saying } from './hiding-style.ts';
import type { Animated } from './keyframe-table.ts';
import { LayerOrder } from './layer-order.ts';
import type { Paint } from './paint.ts';
import type { Place } from './placement.ts';

/** The signs of hiding at an element: those its styles speak of, and those they give. */
export interface Signs {
  readonly sets: number;
  readonly gives: number;
  readonly factSets: number;
  readonly factGives: number;
  /** What they say of colours: by the rules that are sure to hold, by all that may, and by each of some that may. */
  readonly paints: readonly Paint[] | undefined;
  /** Where they place the box, of those that are sure to hold and of all that may; asked for where they say so at all. */
  readonly places: readonly Place[] | undefined;
}

/** What rules, given from what loses to what wins, and a `style` attribute come to. */
export function signsBy(
  entries: readonly Entry[],
  byImportance: readonly Entry[],
  inline: HidingStyle | undefined,
): Signs {
  const paints = paintsOf(entries, byImportance, inline);
  const places = placesOf(entries, byImportance, inline);
  const signs = { sets: 0, gives: 0, factSets: 0, factGives: 0, paints, places };
  for (const { style, isSure } of entries) apply(signs, style.normal, isSure);
  if (inline) apply(signs, inline.normal, true);
  for (const { style, isSure } of byImportance) if (style.important) apply(signs, style.important, isSure);
  if (inline?.important) apply(signs, inline.important, true);
  return signs;
}

/** Of the rules that place one box, so many of the last are merged. */
const mostPlacing = 200;

function placesOf(
  entries: readonly Entry[],
  byImportance: readonly Entry[],
  inline: HidingStyle | undefined,
): readonly Place[] | undefined {
  // Most have none, and no list is made for those.
  if (!entries.some(isPlacing))
    return inline && hasPlace(inline) ? [{ ...inline.normal.place, ...inline.important?.place }] : undefined;
  const placing = entries.filter(isPlacing).slice(-mostPlacing);
  const of = (isCounted: (entry: Entry) => boolean): Place =>
    Object.assign(
      {},
      ...placing.map((entry) => isCounted(entry) && entry.style.normal.place),
      inline?.normal.place,
      ...byImportance.map((entry) => isCounted(entry) && entry.style.important?.place),
      inline?.important?.place,
    );
  const all = of(() => true);
  return placing.every(({ isSure }) => isSure) ? [all] : [of(({ isSure }) => isSure), all];
}

function isPlacing({ style }: Entry): boolean {
  return hasPlace(style);
}

function hasPlace({ normal, important }: HidingStyle): boolean {
  return normal.place !== undefined || important?.place !== undefined;
}

const { outermost } = new LayerOrder();
const own = {
  selector: { compounds: [], specificity: 0, isSure: true },
  nesting: undefined,
  layer: outermost,
  order: 0,
};

/** That with what animations come to, which wins over all that is not important. */
export function animatedSigns(
  entries: readonly Entry[],
  byImportance: readonly Entry[],
  inline: HidingStyle | undefined,
  animated: readonly Animated[],
): Signs {
  const inner: Entry[] = inline ? [{ ...own, style: inline, isSure: true }] : [];
  const all = [...entries, ...inner, ...animated.map((end) => ({ ...own, ...end }))];
  return signsBy(all, [...byImportance, ...inner], undefined);
}

/** Takes what one rule says over what those before it said; one that may not hold takes nothing back. */
function apply(
  signs: { -readonly [key in Exclude<keyof Signs, 'paints' | 'places'>]: number },
  own: Saying,
  isSure: boolean,
): void {
  if (isSure) {
    signs.gives = (signs.gives & ~own.sets & ~own.passes) | own.gives;
    signs.factGives = (signs.factGives & ~own.factSets & ~own.factPasses) | own.factGives;
    signs.sets = (signs.sets & ~own.passes) | own.sets;
    signs.factSets = (signs.factSets & ~own.factPasses) | own.factSets;
  } else {
    signs.gives |= own.gives;
    signs.factGives |= own.factGives;
    signs.sets = (signs.sets & ~own.passes) | own.gives;
    signs.factSets = (signs.factSets & ~own.factPasses) | own.factGives;
  }
}
