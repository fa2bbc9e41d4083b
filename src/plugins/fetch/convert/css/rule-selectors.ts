import { commaParts } from './css-text.ts';
import { heaviest, parseSelectors, type Selector } from './selector.ts';
import type { Nesting } from './selector-matcher.ts';

/** A selector list, parsed; in a nested rule, a part without `&` is about what is inside the rule around it. */
export function selectorsOf(
  parts: readonly string[],
  nesting: Nesting | undefined,
  isForgiving = false,
): Selector[] | undefined {
  if (nesting === undefined) return parseSelectors(parts.join(','), { isForgiving });
  const weight = heaviest(nesting.selectors.slice(0, 100));
  const inside = parts.map((part) => (part.includes('&') || part.trim() === '' ? part : `& ${part}`)).join(',');
  return parseSelectors(inside, { isForgiving, isRelative: true })?.map((selector) => ({
    ...selector,
    specificity: selector.specificity + weight,
  }));
}

/** Where a scope ends; what is not understood ends none. */
export function limitsOf(text: string): Selector[] | undefined {
  const parts = commaParts(text).map((part) => part.trim().replace(/:scope\b/gi, '&'));
  const limits = parseSelectors(parts.map((part) => (/^[>+~]/.test(part) ? `& ${part}` : part)).join(','));
  return limits?.filter(({ isSure }) => isSure);
}

/** The part of a selector that is about the element itself. */
export function lastOf(selector: Selector): Selector {
  const { compounds, specificity, isSure } = selector;
  return { compounds: compounds.slice(0, 1), specificity, isSure: isSure && compounds.length === 1 };
}

/** Every key that a selector may be about, without parsing it. */
export function namesIn(selector: string): string[] {
  const names = [...selector.matchAll(/[.#]?[\w-]+/g)].map(([name]) => name);
  return names.length === 0 ? ['*'] : names;
}

/** What an element must at least have to match: its id, a class, its name or an attribute. */
export function keyOf({ compounds: [last] }: Selector): string {
  if (last?.id !== undefined) return `#${last.id}`;
  if (last?.classes[0] !== undefined) return `.${last.classes[0]}`;
  if (last?.tag !== undefined) return last.tag;
  const [test] = last?.attributes ?? [];
  if (test === undefined) return '*';
  return test.operator === '=' ? `[${test.name}=${test.value.toLowerCase()}]` : `[${test.name}]`;
}

/** Of a list, the selectors of elements whose pseudo-element of that name it is about; empty for none. */
export function ownersOf(list: string, pseudo: string): string {
  const end = new RegExp(`::?${pseudo}\\s*$`, 'i');
  return commaParts(list)
    .filter((part) => end.test(part))
    .map((part) => part.replace(end, ''))
    .map((owner) => (/(^|[\s>+~])$/.test(owner) ? `${owner}*` : owner))
    .join(',');
}
