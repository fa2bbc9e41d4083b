import type { HidingStyle } from './hiding-style.ts';
import type { Layer } from './layer-order.ts';
import type { Selector } from './selector.ts';
import type { Nesting } from './selector-matcher.ts';

/** A selector of a rule, with what the rule says and what decides which rules win over it. */
export interface Entry {
  readonly selector: Selector;
  readonly nesting: Nesting | undefined;
  readonly style: HidingStyle;
  /** Whether it may take hiding back: only where it is sure to hold. */
  readonly isSure: boolean;
  readonly layer: Layer;
  readonly order: number;
}

/** From what loses to what wins. */
export function byCascade(a: Entry, b: Entry): number {
  return a.layer.rank - b.layer.rank || a.selector.specificity - b.selector.specificity || a.order - b.order;
}

/** Important declarations win by layers the other way round, and those in a layer over those in none. */
export function importantOrder(entries: readonly Entry[]): readonly Entry[] {
  const [first] = entries;
  if (first === undefined || entries.every(({ layer }) => layer === first.layer)) return entries;
  return entries.toSorted((a, b) => b.layer.rank - a.layer.rank || byCascade(a, b));
}
