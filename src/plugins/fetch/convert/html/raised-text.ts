const raised: Readonly<Record<string, string>> = {
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
  '+': '⁺',
  '-': '⁻',
  '−': '⁻',
  n: 'ⁿ',
  i: 'ⁱ',
};
const lowered: Readonly<Record<string, string>> = {
  '0': '₀',
  '1': '₁',
  '2': '₂',
  '3': '₃',
  '4': '₄',
  '5': '₅',
  '6': '₆',
  '7': '₇',
  '8': '₈',
  '9': '₉',
  '+': '₊',
  '-': '₋',
  '−': '₋',
};

/** Raised text that is as often written in the line: ordinals, and marks that have a character. */
const written: Readonly<Record<string, string>> = {
  st: 'st',
  nd: 'nd',
  rd: 'rd',
  th: 'th',
  TM: '™',
  '®': '®',
  '™': '™',
};

/** Raised text without HTML: Unicode's own characters where it has them, `^(…)` else; a link (a footnote) as it is. */
export function superscript(content: string): string {
  const usual = written[content.trim()];
  if (usual !== undefined) return usual;
  return shifted(content, raised, '^');
}

export function subscript(content: string): string {
  return shifted(content, lowered, '_');
}

function shifted(content: string, table: Readonly<Record<string, string>>, mark: string): string {
  const text = content.trim();
  if (text === '' || text.includes('](')) return content;
  const characters = [...text].map((character) => table[character]);
  if (characters.every((character) => character !== undefined)) return characters.join('');
  return `${mark}(${text})`;
}
