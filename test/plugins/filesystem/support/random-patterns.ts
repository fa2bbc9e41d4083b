/** Expressions and lines made of what engines are known to see differently, the same ones for the same seed. */
export class RandomPatterns {
  #state: number;

  constructor(seed: number) {
    this.#state = seed;
  }

  /** An expression of the pieces that V8 is given, and of some that it is not. */
  pattern(): string {
    const count = 1 + this.#below(4);
    const parts = Array.from({ length: count }, () => this.#part());
    return parts.join(this.#below(8) === 0 ? '|' : '');
  }

  literal(): string {
    return Array.from({ length: 1 + this.#below(3) }, () => this.pick(characters)).join('');
  }

  line(): string {
    return Array.from({ length: this.#below(7) }, () => this.pick(characters)).join('');
  }

  pick<T>(from: readonly T[]): T {
    const one = from[this.#below(from.length)];
    if (one === undefined) throw new Error('Nothing to pick from.');
    return one;
  }

  #part(): string {
    const kind = this.#below(20);
    if (kind === 0) return `(${this.#part()}|${this.#part()})`;
    if (kind === 1) return `(?:${this.#part()}${this.#part()})${this.pick(['', '', '?', '+'])}`;
    if (kind < 5) return this.pick(places);
    const one = kind < 8 ? this.#bracket() : kind < 13 ? this.pick(classes) : literalPiece(this.pick(characters));
    return `${one}${this.pick(quantifiers)}`;
  }

  #bracket(): string {
    const members = Array.from({ length: 1 + this.#below(3) }, () => this.pick(bracketMembers));
    return `[${this.pick(['', '^'])}${members.join('')}]`;
  }

  /** From 0 to one less than `limit` (mulberry32). */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }
}

const ascii = ['a', 'b', 'k', 'K', 's', 'S', 'x', '1', '_', ' ', '-', '.', '(', '$', '&', '\t'];
const folding = [
  'ß',
  'ẞ',
  'ſ',
  '\u212a',
  'å',
  'Å',
  '\u212b',
  'é',
  'É',
  'σ',
  'ς',
  'Σ',
  'µ',
  'Μ',
  'İ',
  'ı',
  'ﬅ',
  'ﬆ',
  '𐐀',
  '𐐨',
];
const others = ['😀', '😁', '日', 'e\u0301', '\u2028', '\u00a0', '\u000b', '\ud83d', '\ude00', '\ufffd'];
const characters = [...ascii, ...ascii, ...folding, ...others.slice(0, 4), ...others];

const classes = ['.', '.', '\\d', '\\w', '\\s', '\\D', '\\W', '\\S'];
const places = ['^', '$', '\\b', '\\B', '\\A', '\\z'];
const quantifiers = ['', '', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,1}', '{2,}'];
const bracketMembers = [
  ...['a', 'k', 'S', '😀', 'ß', '\u212a', 'ſ', 'å', '\u212b', 'σ', '&&', '~', '\ud83d'],
  ...['a-z', 'A-Z', 'k-s', '0-9', 'à-ÿ', '😀-😂', '𐐀-𐐧', 'a-\u212a', 'a-ﬆ', ' -~'],
  ...['\\d', '\\w', '\\s', '\\D', '\\W', '\\S', '\\-', '\\]', "\\'", '\\t', '\\.'],
];

function literalPiece(character: string): string {
  return character.replace(/[\\^$.*+?()[\]{}|]/, '\\$&');
}
