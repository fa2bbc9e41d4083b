import { commaParts, unescapeCss } from './css-text.ts';

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
  | { readonly kind: 'only-child' | 'only-of-type' | 'root' | 'empty' | 'link' | 'nesting' };

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
  'any-link': { kind: 'link' },
  'only-child': { kind: 'only-child' },
  'only-of-type': { kind: 'only-of-type' },
  'first-child': { kind: 'nth', step: 0, offset: 1, ofType: false, fromEnd: false },
  'last-child': { kind: 'nth', step: 0, offset: 1, ofType: false, fromEnd: true },
  'first-of-type': { kind: 'nth', step: 0, offset: 1, ofType: true, fromEnd: false },
  'last-of-type': { kind: 'nth', step: 0, offset: 1, ofType: true, fromEnd: true },
};

const name = String.raw`(?:[\w-]|[^\x00-\x7f]|\\(?:[0-9a-fA-F]{1,6}\s?|[^\n]))+`;
const string = String.raw`"(?:[^"\\]|\\[\s\S])*"|'(?:[^'\\]|\\[\s\S])*'`;
const token = new RegExp(
  [
    String.raw`(?<combinator>\s*[>+~]\s*|\s+)`,
    `#(?<id>${name})`,
    String.raw`\.(?<className>${name})`,
    String.raw`\[\s*(?:[\w*-]*\|)?(?<attribute>${name})\s*(?:(?<operator>[~|^$*]?=)\s*(?<value>${string}|${name})\s*(?<flag>[iIsS])?\s*)?\]`,
    String.raw`(?<colons>::?)(?<pseudo>${name})(?<opening>\()?`,
    '(?<nesting>&)',
    String.raw`(?<tag>\*|${name})(?:\|(?:\*|${name}))?`,
  ].join('|'),
  'y',
);

/** The selectors of a list that may match something; the broken ones and those of states and pseudo-elements are left out. */
export function parseSelectors(list: string, depth = 0): Selector[] {
  return commaParts(list).flatMap((text) => parseSelector(text.trim(), depth) ?? []);
}

function parseSelector(text: string, depth: number): Selector | undefined {
  const reading = new Reading(depth);
  // Inside :has() a selector may begin with its combinator, which is to the outer element.
  let at = /^[>+~]\s*/.exec(text)?.[0].length ?? 0;
  while (at < text.length) {
    token.lastIndex = at;
    const found = token.exec(text);
    if (!found) return undefined;
    at = token.lastIndex;
    const { combinator, pseudo, opening } = found.groups ?? {};
    if (combinator !== undefined) reading.step((combinator.trim() || ' ') as Combinator);
    else if (pseudo !== undefined) {
      const inside = opening === undefined ? '' : parenthesised(text, at);
      if (opening !== undefined) at += inside.length + 1;
      if (found.groups?.colons === '::' || !reading.pseudo(pseudo.toLowerCase(), inside)) return undefined;
    } else reading.simple(found.groups ?? {});
  }
  return reading.done();
}

/** A selector while it is read from left to right. */
class Reading {
  readonly #compounds: Compound[] = [newCompound()];
  readonly #depth: number;
  #specificity = 0;
  #isSure = true;

  constructor(depth: number) {
    this.#depth = depth;
  }

  get #last(): Compound {
    return this.#compounds.at(-1) as Compound;
  }

  step(combinator: Combinator): void {
    this.#last.combinator = combinator;
    this.#compounds.push(newCompound());
  }

  /** False where nothing can match it. */
  pseudo(pseudo: string, inside: string): boolean {
    const known = parsePseudo(pseudo, inside, this.#depth);
    if (known === null) return false;
    if (known === undefined || ('list' in known && known.list.some(({ isSure }) => !isSure))) this.#isSure = false;
    if (known === undefined) return true;
    this.#last.pseudos.push(known);
    this.#specificity += pseudoWeight(pseudo, known);
    return true;
  }

  simple(part: Readonly<Record<string, string | undefined>>): void {
    const { id, className, attribute, nesting, tag } = part;
    if (id !== undefined) this.#last.id = unescapeCss(id);
    else if (className !== undefined) this.#last.classes.push(unescapeCss(className));
    else if (attribute !== undefined) this.#last.attributes.push(attributeTest(part, attribute));
    else if (nesting !== undefined) this.#last.pseudos.push({ kind: 'nesting' });
    else if (tag !== undefined && tag !== '*') this.#last.tag = unescapeCss(tag).toLowerCase();
    if (id !== undefined) this.#specificity += 1_000_000;
    else if (className !== undefined || attribute !== undefined) this.#specificity += 1000;
    else if (this.#last.tag !== undefined) this.#specificity++;
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

/** Null for what never matches, undefined for what is not understood. */
function parsePseudo(pseudo: string, inside: string, depth: number): Pseudo | null | undefined {
  if (never.test(pseudo)) return null;
  const plain = simple[pseudo];
  if (plain) return plain;
  if (depth > deepest) return undefined;
  if (/^(is|where|matches|any|-webkit-any)$/.test(pseudo))
    return { kind: 'is', list: parseSelectors(inside, depth + 1) };
  if (pseudo === 'not' || pseudo === 'has') return { kind: pseudo, list: parseSelectors(inside, depth + 1) };
  const [, end, type] = /^nth-(last-)?(child|of-type)$/.exec(pseudo) ?? [];
  const [, sign = '', step, offset] =
    /^\s*(?:([+-]?)(\d*)n)?\s*([+-]?\s*\d+)?\s*$/i.exec(
      inside.replace(/^\s*odd\s*$/i, '2n+1').replace(/^\s*even\s*$/i, '2n'),
    ) ?? [];
  if (type === undefined || (step === undefined && offset === undefined)) return undefined;
  return {
    kind: 'nth',
    step: step === undefined ? 0 : Number(`${sign}${step === '' ? 1 : step}`),
    offset: Number((offset ?? '0').replace(/\s/g, '')),
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
