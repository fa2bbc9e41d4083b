import { type ArrayText, parseArrayLiteral } from './array-literal.ts';
import type { TypeFacts } from './built-in-types.ts';
import { parseLossless } from './lossless-json.ts';

/** A bytea value; `truncated` says that only its first bytes are here. */
export interface Bytes {
  readonly base64: string;
  readonly truncated: boolean;
}

/** Decodes cells of one result, and counts those that had to be cut. */
export class CellDecoder {
  /** Cells that were longer than `maxCharacters`. */
  cut = 0;
  readonly #typeOf: (oid: number) => TypeFacts;
  readonly #maxCharacters: number;

  constructor(typeOf: (oid: number) => TypeFacts, maxCharacters: number) {
    this.#typeOf = typeOf;
    this.#maxCharacters = maxCharacters;
  }

  /**
   * A value's text as JSON without loss: small integers, finite floats and booleans as such, json where JavaScript can
   * hold it, arrays as arrays, bytea as Bytes, everything else as the text that PostgreSQL gives, cut where it is too long.
   */
  decode(text: string | null, oid: number): unknown {
    if (text === null) return null;
    switch (oid) {
      case 16:
        return text === 't';
      case 21:
      case 23:
      case 26:
        return Number(text);
      case 700:
      case 701:
        return finite(text);
      case 17:
        return this.#bytes(text);
    }
    if (text.length > this.#maxCharacters) return this.#shorten(text);
    if (oid === 114 || oid === 3802) return jsonOr(text);
    const { element, delimiter } = this.#typeOf(oid);
    if (element === undefined) return text;
    const array = parseArrayLiteral(text, delimiter);
    return array ? this.#elements(array, element) : text;
  }

  #elements(array: ArrayText, oid: number): unknown[] {
    return array.map((element) =>
      typeof element === 'string' || element === null ? this.decode(element, oid) : this.#elements(element, oid),
    );
  }

  #shorten(text: string): string {
    this.cut += 1;
    // Not between the halves of a character beyond 16 bits.
    const end = /[\uD800-\uDBFF]/.test(text.charAt(this.#maxCharacters - 1))
      ? this.#maxCharacters - 1
      : this.#maxCharacters;
    return `${text.slice(0, end)}… [cut: ${text.length} characters in all]`;
  }

  #bytes(text: string): Bytes {
    const digits = text.startsWith('\\x') ? text.slice(2) : '';
    const truncated = digits.length > this.#maxCharacters;
    if (truncated) this.cut += 1;
    const kept = truncated ? digits.slice(0, this.#maxCharacters - (this.#maxCharacters % 2)) : digits;
    return { base64: Buffer.from(kept, 'hex').toString('base64'), truncated };
  }
}

/** Floats that JSON has no number for (NaN, Infinity) stay text. Minus zero does too, which JSON.stringify would drop. */
function finite(text: string): number | string {
  const value = Number(text);
  return Number.isFinite(value) && !Object.is(value, -0) ? value : text;
}

function jsonOr(text: string): unknown {
  const parsed = parseLossless(text);
  return parsed ? parsed.value : text;
}
