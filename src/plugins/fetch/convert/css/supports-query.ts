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
  [
    /^(background-)?color$/,
    /^(oklch|oklab|lch|lab|hwb|rgba?|hsla?)\([\d\s.%,/deg]+\)$|^color-mix\(in \w+, ?[a-z]+, ?[a-z]+\)$|^light-dark\([a-z]+, ?[a-z]+\)$|^rgba?\(from [a-z]+ r g b\)$|^color\((srgb|display-p3) [\d\s.%]+\)$/,
  ],
  [
    /^(-webkit-)?(backdrop-filter|filter)$/,
    /^(none|(blur|brightness|contrast|saturate|opacity)\([\d.]+(px|r?em|%)?\))$/,
  ],
  [/^(-webkit-)?(background-clip)$/, /^(text|border-box|padding-box|content-box)$/],
  [
    /^(-webkit-)?(mask|mask-image|clip-path)$/,
    /^(none|url\([^()]*\)|linear-gradient\((#\w+|[a-z]+), ?(#\w+|[a-z]+)\)|(inset|circle)\([\d.]+(%|px)?\))$/,
  ],
  [/^(-webkit-)?(transform|perspective)$/, /^(none|\d+px|(translate|scale|rotate)[xyz]?\([\d.]+(px|%|deg)?\))$/],
  [/^(-webkit-)?(user-select|appearance)$/, /^none$/],
  [/^transform-style$/, /^(flat|preserve-3d)$/],
  [/^-webkit-text-(fill|stroke)-color$/, /^(transparent|currentcolor|[a-z]{3,7}|#[0-9a-f]{3,8})$/],
  [/^-webkit-line-clamp$/, /^\d+$/],
  [/^display$/, /^(-webkit-box|ruby|table-(cell|row)|(block|inline) (flow|flex|grid|flow-root))$/],
  [/^container-type$/, /^(normal|size|inline-size)$/],
  [/^content-visibility$/, /^(auto|visible|hidden)$/],
  [/^contain$/, /^(none|strict|content|layout|paint|size|style)$/],
  [/^text-wrap$/, /^(balance|pretty|wrap|nowrap)$/],
  [/^grid-template-(rows|columns)$/, /^(subgrid|none|auto|\dfr|repeat\(\d, ?\dfr\))$/],
  [/^writing-mode$/, /^(horizontal-tb|vertical-rl|vertical-lr)$/],
  [/^isolation$/, /^(isolate|auto)$/],
  [/^mix-blend-mode$/, /^(normal|multiply|screen|overlay|difference)$/],
  [/^(scroll-behavior|scroll-snap-type)$/, /^(smooth|auto|none|[xy] mandatory)$/],
  [/^(accent-color|caret-color)$/, /^(auto|[a-z]{3,7})$/],
  [/^(opacity|order|flex|flex-grow|z-index|line-height|font-weight)$/, /^\d{1,3}(\.\d)?$/],
  [/^(margin|padding)(-(inline|block)(-(start|end))?)?$/, /^\d+(px|r?em|%)?$/],
  [/^view-transition-name$/, /^[a-z-]+$/],
  [/^(scale|translate|rotate)$/, /^(none|\d+|\d+px|\d+deg)$/],
  [/^font-variation-settings$/, /^normal$/],
  [/^(--[\w-]+)$/, /^[\w\s#%.-]*$/],
];
const supportedSelector =
  /^:(has|is|where|not)\(\s*[a-z*]+\s*\)$|^:focus-visible$|^:focus-within$|^&$|^::(before|after|marker|backdrop)$/;
/** Of browsers that nobody reads with any more. */
const bygone = /^-(ms|o|khtml)-/;
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
  if (bygone.test(property) || bygone.test(value)) return 'no';
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
