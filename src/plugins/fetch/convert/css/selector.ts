import { commaParts, unescapeCss } from './css-text.ts';
import { standingOf } from './pseudo-names.ts';
import { selectorToken as token } from './selector-token.ts';

type Combinator = ' ' | '>' | '+' | '~';

export interface AttributeTest {
  readonly name: string;
  readonly operator: string;
  readonly value: string;
  readonly ignoresCase: boolean;
}

export type Pseudo =
  | { readonly kind: 'is' | 'not' | 'has'; readonly list: readonly Selector[] }
  | {
      readonly kind: 'nth';
      readonly step: number;
      readonly offset: number;
      readonly ofType: boolean;
      readonly fromEnd: boolean;
    }
  | { readonly kind: 'only-child' | 'only-of-type' | 'root' | 'empty' | 'link' | 'checked' | 'nesting' };

/** What one element must be, and how it stands to the compound on its left. */
export interface Compound {
  combinator: Combinator;
  tag: string | undefined;
  id: string | undefined;
  readonly classes: string[];
  readonly attributes: AttributeTest[];
  readonly pseudos: Pseudo[];
}

export interface Selector {
  /** From the right, which is where matching begins. */
  readonly compounds: readonly Compound[];
  /** Ids, classes and tags in one number, each above all of the next. */
  readonly specificity: number;
  /** Whether all of it was understood. What was not is taken to match, for hiding only. */
  readonly isSure: boolean;
}

const mostCompounds = 30;
const deepest = 6;

/** States that no element is in while nobody touches the page; a rule for them says nothing about reading. */
const never =
  /^(hover|focus|focus-within|focus-visible|active|visited|target|fullscreen|modal|popover-open|picture-in-picture|autofill|user-invalid|user-valid|placeholder-shown|playing|paused|before|after|first-line|first-letter|selection|host|host-context|-(?!webkit-any).*)$/;
const simple: Readonly<Record<string, Pseudo>> = {
  root: { kind: 'root' },
  scope: { kind: 'root' },
  empty: { kind: 'empty' },
  link: { kind: 'link' },
  checked: { kind: 'checked' },
  'any-link': { kind: 'link' },
  'only-child': { kind: 'only-child' },
  'only-of-type': { kind: 'only-of-type' },
  'first-child': { kind: 'nth', step: 0, offset: 1, ofType: false, fromEnd: false },
  'last-child': { kind: 'nth', step: 0, offset: 1, ofType: false, fromEnd: true },
  'first-of-type': { kind: 'nth', step: 0, offset: 1, ofType: true, fromEnd: false },
  'last-of-type': { kind: 'nth', step: 0, offset: 1, ofType: true, fromEnd: true },
};

/** How a list is read, by where it stands. */
interface Reader {
  readonly depth?: number;
  /** Whether a broken part leaves the others as they are, as in `:is()`. */
  readonly isForgiving?: boolean;
  /** Whether a selector may begin with its combinator, which is to an outer element. */
  readonly isRelative?: boolean;
}

/**
 * The selectors of a list that may match something: those of states and pseudo-elements are left out. Undefined where
 * one is broken, since browsers then drop the whole rule; none is sure where some browser may take one for broken.
 */
export function parseSelectors(list: string, reader: Reader = {}): Selector[] | undefined {
  const selectors: Selector[] = [];
  let isForeign = false;
  for (const text of commaParts(list)) {
    const reading = parseSelector(text.trim(), reader);
    if (reading === undefined && !reader.isForgiving) return undefined;
    if (reading?.isForeign && !reader.isForgiving) isForeign = true;
    if (reading && !reading.isNever) selectors.push(reading.done());
  }
  return isForeign ? selectors.map((selector) => ({ ...selector, isSure: false })) : selectors;
}

function parseSelector(text: string, { depth = 0, isRelative = false }: Reader): Reading | undefined {
  const reading = new Reading(depth);
  let at = isRelative ? (/^[>+~]\s*/.exec(text)?.[0].length ?? 0) : 0;
  while (at < text.length) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (!found) return undefined;
    at = token.lastIndex;
    const { combinator, pseudo, opening, colons } = found.groups ?? {};
    if (combinator !== undefined) reading.step((combinator.trim() || ' ') as Combinator);
    else if (pseudo !== undefined) {
      const inside = opening === undefined ? undefined : parenthesised(text, at);
      if (inside !== undefined) at += inside.length + 1;
      reading.pseudo(pseudo.toLowerCase(), inside, colons === '::');
    } else reading.simple(found.groups ?? {});
    if (reading.isBroken) return undefined;
  }
  return reading.isEnded ? reading : undefined;
}

/** A selector while it is read from left to right. */
class Reading {
  readonly #compounds: Compound[] = [newCompound()];
  readonly #depth: number;
  #specificity = 0;
  #isSure = true;
  /** How many parts the last compound has. */
  #parts = 0;
  #isBehindElement = false;
  /** Whether no browser takes it. */
  isBroken = false;
  /** Whether some browsers may not take it. */
  isForeign = false;
  /** Whether nothing that is read can match it. */
  isNever = false;

  constructor(depth: number) {
    this.#depth = depth;
  }

  get #last(): Compound {
    return this.#compounds.at(-1) as Compound;
  }

  get isEnded(): boolean {
    return this.#parts > 0;
  }

  step(combinator: Combinator): void {
    if (this.#parts === 0 || this.#isBehindElement) this.isBroken = true;
    this.#parts = 0;
    this.#last.combinator = combinator;
    this.#compounds.push(newCompound());
  }

  pseudo(pseudo: string, inside: string | undefined, isElement: boolean): void {
    this.#parts++;
    const standing = standingOf(pseudo, inside, isElement);
    if (standing === 'invalid') this.isBroken = true;
    if (standing === 'foreign') this.isForeign = true;
    if (isElement) this.#isBehindElement = true;
    if (isElement || never.test(pseudo)) this.isNever = true;
    if (this.isBroken || this.isNever) return;
    const known = parsePseudo(pseudo, inside ?? '', this.#depth);
    if (known === null) this.isBroken = true;
    else if (known === undefined) this.#isSure = false;
    else {
      if ('list' in known && known.list.some(({ isSure }) => !isSure)) this.#isSure = false;
      this.#last.pseudos.push(known);
      this.#specificity += pseudoWeight(pseudo, known);
    }
  }

  simple(part: Readonly<Record<string, string | undefined>>): void {
    const { id, className, attribute, nesting, tag, prefix, space } = part;
    const isFirst = this.#parts === 0 || this.#last.pseudos.every(({ kind }) => kind === 'nesting');
    // A name stands first, and behind a pseudo-element nothing but states does.
    if (this.#isBehindElement || (tag !== undefined && !(isFirst && this.#parts <= this.#last.pseudos.length)))
      this.isBroken = true;
    this.#parts++;
    // Whether a namespace is declared is not looked for.
    if (prefix !== undefined || space !== undefined) this.isForeign = true;
    if (prefix === 'svg' || prefix === 'math') this.isNever = true;
    if (id !== undefined) this.#last.id = unescapeCss(id);
    else if (className !== undefined) this.#last.classes.push(unescapeCss(className));
    else if (attribute !== undefined) this.#last.attributes.push(attributeTest(part, attribute));
    else if (nesting !== undefined) this.#last.pseudos.push({ kind: 'nesting' });
    else if (tag !== undefined && tag !== '*') this.#last.tag = unescapeCss(tag).toLowerCase();
    if (id !== undefined) this.#specificity += 1_000_000;
    else if (className !== undefined || attribute !== undefined) this.#specificity += 1000;
    else if (tag !== undefined && tag !== '*') this.#specificity++;
  }

  done(): Selector {
    const isWhole = this.#compounds.length <= mostCompounds;
    // What a selector longer than that asks of far ancestors is taken as given.
    const compounds = this.#compounds.toReversed().slice(0, mostCompounds);
    return { compounds, specificity: this.#specificity, isSure: this.#isSure && isWhole };
  }
}

function newCompound(): Compound {
  return { combinator: ' ', tag: undefined, id: undefined, classes: [], attributes: [], pseudos: [] };
}

function attributeTest(
  { operator = '', value = '', flag = '' }: Readonly<Record<string, string | undefined>>,
  attribute: string,
): AttributeTest {
  const plain = unescapeCss(value.replace(/^(["'])([\s\S]*)\1$/, '$2'));
  return { name: unescapeCss(attribute).toLowerCase(), operator, value: plain, ignoresCase: /i/i.test(flag) };
}

/** What stands between the bracket that was just read and its partner. */
function parenthesised(text: string, from: number): string {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return text.slice(from, at);
  }
  return text.slice(from);
}

/** Null for what is broken, undefined for what is not understood. */
function parsePseudo(pseudo: string, inside: string, depth: number): Pseudo | null | undefined {
  const plain = simple[pseudo];
  if (plain) return plain;
  if (depth > deepest) return undefined;
  if (/^(is|where|matches|any|-webkit-any)$/.test(pseudo))
    return { kind: 'is', list: parseSelectors(inside, { depth: depth + 1, isForgiving: true }) ?? [] };
  if (pseudo === 'not' || pseudo === 'has') {
    const list = parseSelectors(inside, { depth: depth + 1, isRelative: pseudo === 'has' });
    return list ? { kind: pseudo, list } : null;
  }
  const [, end, type] = /^nth-(last-)?(child|of-type)$/.exec(pseudo) ?? [];
  if (type === undefined || (type === 'child' && /\sof\s/i.test(inside))) return undefined;
  const [, sign = '', step, offset, index] =
    /^\s*(?:([+-]?)(\d*)n(?:\s*([+-]\s*\d+))?|([+-]?\d+))\s*$/i.exec(
      inside.replace(/^\s*odd\s*$/i, '2n+1').replace(/^\s*even\s*$/i, '2n'),
    ) ?? [];
  if (step === undefined && index === undefined) return null;
  return {
    kind: 'nth',
    step: step === undefined ? 0 : Number(`${sign}${step === '' ? 1 : step}`),
    offset: Number((offset ?? index ?? '0').replace(/\s/g, '')),
    ofType: type === 'of-type',
    fromEnd: end !== undefined,
  };
}

function pseudoWeight(pseudo: string, known: Pseudo): number {
  if (pseudo === 'where') return 0;
  return 'list' in known ? heaviest(known.list) : 1000;
}

/** The specificity that a list of selectors counts with. */
export function heaviest(list: readonly Selector[]): number {
  return list.reduce((most, { specificity }) => Math.max(most, specificity), 0);
}
