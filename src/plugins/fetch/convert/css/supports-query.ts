import type { Holds } from './media-query.ts';

/**
 * Declarations that every browser of today takes. Of others nothing is said: a page could make up one that none takes,
 * to show text here that browsers hide.
 */
const supported: readonly (readonly [names: RegExp, values: RegExp])[] = [
  [/^display$/, /^(block|inline|none|contents|flow-root|list-item|table|(inline-)?(block|flex|grid|table))$/],
  [/^position$/, /^(static|relative|absolute|fixed|sticky)$/],
  [/^(row-|column-|grid-)?gap$/, /^\d+(px|r?em)?$/],
  [/^object-fit$/, /^(contain|cover|fill|none|scale-down)$/],
  [/^aspect-ratio$/, /^(auto|\d+(\s*\/\s*\d+)?)$/],
  [/^(backdrop-)?filter$/, /^(none|blur\(\d+px\))$/],
  [/^(inset|top|left|right|bottom)$/, /^(auto|0|\d+px)$/],
  [
    /^((min|max)-)?(width|height|inline-size|block-size)$/,
    /^(\d+(px|%|r?em|[dsl]?v[wh])|(fit|min|max)-content|(min|max|clamp|calc)\(\s*[\d.]+(px|%|r?em|v[wh])(\s*[-+,]\s*[\d.]+(px|%|r?em|v[wh]))*\s*\))$/,
  ],
  [/^(background-)?color$/, /^(red|green|blue|black|white|transparent|currentcolor|#[0-9a-f]{3}|#[0-9a-f]{6})$/],
  [/^overflow(-[xy])?$/, /^(visible|hidden|clip|scroll|auto)$/],
  [/^(--[\w-]+)$/, /^[\w\s#%.-]*$/],
];
const supportedSelector = /^:(has|is|where|not)\(\s*[a-z*]+\s*\)$|^:focus-visible$/;
const deepest = 20;

/** What an `@supports` condition says in a browser of today; `maybe` for what is not known for sure. */
export function supportsHolds(condition: string, depth = 0): Holds {
  const text = condition.trim().toLowerCase();
  if (depth > deepest) return 'maybe';
  const negated = /^not(?=[\s(])/.exec(text);
  if (negated) return opposite(supportsHolds(text.slice(negated[0].length), depth + 1));
  const terms = topTerms(text);
  const [first] = terms?.terms ?? [];
  if (!terms || first === undefined) return 'maybe';
  if (terms.terms.length === 1) return termHolds(first, depth);
  const verdicts = terms.terms.map((term) => supportsHolds(term, depth + 1));
  const decisive = terms.joint === 'and' ? 'no' : 'yes';
  if (verdicts.includes(decisive)) return decisive;
  return verdicts.includes('maybe') ? 'maybe' : opposite(decisive);
}

function termHolds(term: string, depth: number): Holds {
  const [, name, inside = ''] = /^([a-z-]*)\(([\s\S]*)\)$/.exec(term) ?? [];
  if (name === undefined) return 'maybe';
  if (name === 'selector') return supportedSelector.test(inside.trim()) ? 'yes' : 'maybe';
  if (name !== '') return 'maybe';
  const [, property, value] = /^\s*([\w-]+)\s*:\s*([\s\S]*?)\s*$/.exec(inside) ?? [];
  if (property === undefined || value === undefined) return supportsHolds(inside, depth + 1);
  return supported.some(([names, values]) => names.test(property) && values.test(value)) ? 'yes' : 'maybe';
}

/** The terms of a condition and the one word that joins them; undefined where it is no such thing. */
function topTerms(text: string): { readonly terms: string[]; readonly joint: string } | undefined {
  const terms: string[] = [];
  const joints = new Set<string>();
  for (let at = 0; at < text.length; ) {
    const end = endOfTerm(text, at);
    if (end === undefined) return undefined;
    terms.push(text.slice(at, end));
    const joint = /^\s+(and|or)(?=[\s(])\s*/.exec(text.slice(end));
    if (!joint)
      return end === text.trimEnd().length && joints.size < 2 ? { terms, joint: [...joints].join('') } : undefined;
    joints.add(joint[1] ?? '');
    at = end + joint[0].length;
  }
  return undefined;
}

/** Behind the bracket that closes the first one of the term. */
function endOfTerm(text: string, from: number): number | undefined {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    if (text[at] === '(') depth++;
    else if (text[at] === ')' && --depth === 0) return at + 1;
    else if (depth === 0 && !/[a-z-]/.test(text.charAt(at))) return undefined;
  }
  return undefined;
}

function opposite(holds: Holds): Holds {
  return holds === 'maybe' ? holds : holds === 'yes' ? 'no' : 'yes';
}
