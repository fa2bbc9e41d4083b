import type { Element } from 'domhandler';
import { byCascade, type Entry, importantOrder } from './cascade.ts';
import { animatedSigns, type Signs, signsBy } from './cascaded-signs.ts';
import { commaParts } from './css-text.ts';
import type { HidingStyle } from './hiding-style.ts';
import { type Animated, KeyframeTable } from './keyframe-table.ts';
import { LayerOrder } from './layer-order.ts';
import { isTelling } from './paint.ts';
import { isPushing } from './placement.ts';
import { keyOf, lastOf, limitsOf, namesIn, ownersOf, selectorsOf } from './rule-selectors.ts';
import type { Selector } from './selector.ts';
import { type Nesting, SelectorMatcher } from './selector-matcher.ts';
import { type SheetRule, scanSheet } from './sheet-scanner.ts';
import { anyHiding, anyHidingFacts } from './signs.ts';

/** For one page; a real page of 1 MB needs some hundred thousand. */
const mostSteps = 8_000_000;
const mostEntries = 50_000;
const deepestNesting = 20;
const mostKnown = 2000;
const longestNesting = 20_000;

const pseudoElements = ['before', 'after'];
const none: Entry[] = [];
const noneAnimated: readonly Animated[] = [];
/** What is said of an element that no rule is about. */
export const unstyled: Signs = { sets: 0, gives: 0, factSets: 0, factGives: 0, paints: undefined, places: undefined };

/** The rules of a page's own style sheets that speak of hiding, found by the element they may be about. */
export class SheetRules {
  readonly #hiding = new Map<string, Entry[]>();
  readonly #showing = new Map<string, Entry[]>();
  /** Candidates by the text of a whole class attribute, since pages repeat those. */
  readonly #hidingByClasses = new Map<string, readonly Entry[]>();
  readonly #showingByClasses = new Map<string, readonly Entry[]>();
  readonly #nestings = new Map<SheetRule, DeepNesting | null>();
  readonly #matcher = new SelectorMatcher(mostSteps);
  readonly #layers = new LayerOrder();
  readonly #keyframes = new KeyframeTable();
  readonly #isAlone: boolean;
  /** Names of the attributes that rules are found by. */
  readonly #attributeNames = new Set<string>();
  /** Classes of which a rule says what becomes of an element that has them. */
  readonly #settled = new Set<string>();
  readonly #pseudos = new Map<string, SheetRules>();
  #isCrowded = false;
  #entries = 0;

  /** `isAlone` where elements are shown one by one: then what a rule asks of those around them is taken as given. */
  constructor(isAlone = false) {
    this.#isAlone = isAlone;
  }

  /** Whether the sheets asked for more than is done for one page: then more is taken to be hidden than is. */
  get isExhausted(): boolean {
    return this.#matcher.isExhausted || this.#isCrowded;
  }

  /** Whether the sheets themselves say whether what has the class is hidden. */
  settles(className: string): boolean {
    return this.#settled.has(className);
  }

  /** Takes in a sheet; later ones win over earlier ones. Time is linear in its length. */
  add(sheet: string): void {
    scanSheet(sheet, this.#layers, (rule) => this.#take(rule));
    this.#layers.rank();
  }

  /**
   * What the sheets and its `style` attribute say of the element, by the order of the cascade. Rules that only take
   * hiding back are asked where something hides the element, or where `isInHidden` says that something around it does.
   */
  signsOf(element: Element, inline: HidingStyle | undefined, isInHidden: boolean): Signs {
    const entries = this.#matching(element, isInHidden || (inline !== undefined && canHide(inline)));
    if (entries.length === 0 && inline === undefined) return unstyled;
    if (entries.length > 1) entries.sort(byCascade);
    const byImportance = importantOrder(entries);
    const animated = this.#animated(entries, inline);
    if (animated.length > 0) return animatedSigns(entries, byImportance, inline, animated);
    return signsBy(entries, byImportance, inline);
  }

  /** What the sheets say of its `::before` and its `::after`. */
  pseudosOf(element: Element): readonly Signs[] {
    return [...this.#pseudos.values()].flatMap((rules) => {
      const signs = rules.signsOf(element, undefined, true);
      return rules.isExhausted || signs === unstyled ? [] : [signs];
    });
  }

  #takePseudo(rule: SheetRule): void {
    for (const name of pseudoElements) {
      const selectors = ownersOf(rule.selectors, name);
      if (selectors === '') continue;
      const rules = this.#pseudos.get(name) ?? new SheetRules(this.#isAlone);
      this.#pseudos.set(name, rules);
      rules.#take({ ...rule, selectors });
    }
  }

  #animated(entries: readonly Entry[], inline: HidingStyle | undefined): readonly Animated[] {
    let values: string[] | undefined;
    for (const { style } of entries) if (style.normal.animation) values = added(values, style.normal.animation);
    if (inline?.normal.animation) values = added(values, inline.normal.animation);
    return values ? this.#keyframes.styles(values) : noneAnimated;
  }

  #matching(element: Element, wantsShowing: boolean): Entry[] {
    if (this.#hiding.size === 0 && !wantsShowing) return none;
    const found = this.#gatherAll(none, element, this.#hiding, this.#hidingByClasses);
    if ((found.length === 0 && !wantsShowing) || this.#matcher.isExhausted) return found;
    return this.#gatherAll(found, element, this.#showing, this.#showingByClasses);
  }

  #gatherAll(
    before: Entry[],
    element: Element,
    buckets: ReadonlyMap<string, Entry[]>,
    byClasses: Map<string, readonly Entry[]>,
  ): Entry[] {
    const { name, attribs } = element;
    let found = this.#gather(before, element, buckets.get('*'));
    found = this.#gather(found, element, buckets.get(name));
    if (attribs.id !== undefined) found = this.#gather(found, element, buckets.get(`#${attribs.id}`));
    if (attribs.class !== undefined) found = this.#gather(found, element, ofClasses(attribs.class, buckets, byClasses));
    if (this.#attributeNames.size === 0) return found;
    for (const key of Object.keys(attribs)) {
      if (!this.#attributeNames.has(key)) continue;
      found = this.#gather(found, element, buckets.get(`[${key}]`));
      found = this.#gather(found, element, buckets.get(`[${key}=${attribs[key]?.toLowerCase()}]`));
    }
    return found;
  }

  /** Those of the candidates that match, behind those found before; no list is made for the many that no rule is about. */
  #gather(before: Entry[], element: Element, candidates: readonly Entry[] = none): Entry[] {
    let found = before;
    for (const entry of candidates) {
      if (!this.#matcher.matches(element, entry.selector, entry.nesting)) continue;
      if (found === none) found = [entry];
      else found.push(entry);
      if (this.#matcher.isExhausted) return found;
    }
    return found;
  }

  #take(rule: SheetRule): void {
    const { style } = rule;
    if (rule.keyframes !== undefined) {
      this.#keyframes.learn(rule.keyframes, rule.selectors, style, rule.isSure);
      return;
    }
    if (/:(before|after)/i.test(rule.selectors)) this.#takePseudo(rule);
    const hides = canHide(style) || isPainting(style);
    const nesting = rule.parent && this.#nestingOf(rule.parent);
    if (nesting === null) return;
    const buckets = hides ? this.#hiding : this.#showing;
    const settles = saysHiding(style);
    const add = (selector: Selector, key = keyOf(selector)) => {
      if (settles) for (const name of selector.compounds[0]?.classes ?? []) this.#settled.add(name);
      const bucket = buckets.get(key) ?? [];
      buckets.set(key, bucket);
      if (key.startsWith('[')) this.#attributeNames.add(/[^[\]=]+/.exec(key)?.[0] ?? '');
      if (selector === anything && bucket.at(-1)?.selector === anything) return;
      const isSure = rule.isSure && selector.isSure;
      bucket.push({ selector, nesting, style, isSure, layer: rule.layer, order: this.#entries++ });
    };
    const parts = commaParts(rule.selectors);
    if (this.#entries + parts.length <= mostEntries) {
      for (const selector of selectorsOf(parts, nesting) ?? []) add(this.#isAlone ? lastOf(selector) : selector);
    } else if (hides) {
      this.#isCrowded = true;
      if (canHide(style)) for (const part of parts) for (const key of namesIn(part)) add(anything, key);
    }
  }

  /** Null where browsers drop the rule, and all in it with it. */
  #nestingOf(rule: SheetRule): DeepNesting | null {
    const known = this.#nestings.get(rule);
    if (known !== undefined) return known;
    const around = rule.parent && this.#nestingOf(rule.parent);
    if (around === null || (around && around.depth >= deepestNesting)) return around;
    const isLong = rule.selectors.length > longestNesting;
    const selectors = selectorsOf(commaParts(rule.selectors.slice(0, longestNesting)), around, isLong);
    const limits = rule.limits === undefined ? undefined : limitsOf(rule.limits.slice(0, longestNesting));
    const nesting = selectors ? { selectors, around, limits, depth: (around?.depth ?? 0) + 1 } : null;
    this.#nestings.set(rule, nesting);
    return nesting;
  }
}

function ofClasses(
  classes: string,
  buckets: ReadonlyMap<string, Entry[]>,
  known: Map<string, readonly Entry[]>,
): readonly Entry[] {
  const before = known.get(classes);
  if (before) return before;
  let found: readonly Entry[] = none;
  for (const part of new Set(classes.split(/\s+/))) {
    const bucket = buckets.get(`.${part}`);
    if (bucket) found = found.length === 0 ? bucket : [...found, ...bucket];
  }
  if (known.size < mostKnown && found.length < mostKnown) known.set(classes, found);
  return found;
}

interface DeepNesting extends Nesting {
  readonly depth: number;
}

/** In place of a selector where there are too many to keep: its key alone decides. */
const anything: Selector = { compounds: [], specificity: 0, isSure: false };

function canHide({ normal, important }: HidingStyle): boolean {
  if (normal.animation !== undefined) return true;
  if ((normal.place && isPushing(normal.place)) || (important?.place && isPushing(important.place))) return true;
  const signs = normal.gives | (important?.gives ?? 0) | ((normal.passes | (important?.passes ?? 0)) & anyHiding);
  return ((signs & anyHiding) | ((normal.factGives | (important?.factGives ?? 0)) & anyHidingFacts)) !== 0;
}

function saysHiding({ normal, important }: HidingStyle): boolean {
  return ((normal.sets | normal.passes | (important?.sets ?? 0) | (important?.passes ?? 0)) & anyHiding) !== 0;
}

function isPainting({ normal, important }: HidingStyle): boolean {
  const { paint } = normal;
  return (paint !== undefined && isTelling(paint)) || (important?.paint !== undefined && isTelling(important.paint));
}

function added(list: string[] | undefined, values: readonly string[]): string[] {
  return list ? [...list, ...values] : [...values];
}
