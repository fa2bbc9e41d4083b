const declaration = /(--[\w-]+)\s*:\s*([^;{}]{0,60})(?=[;}]|$)/g;
const use = /var\(\s*(--[\w-]+)\s*(?:,([^()]{0,60}))?\)/g;
const registration = /@property\s+(--[\w-]+)\s*\{[^{}]{0,300}?\binitial-value\s*:\s*([^;{}]{0,60})/g;
const mostNames = 5000;
const deepest = 3;

/**
 * The custom properties of a page, as far as each has one short value wherever it is set: then `var()` stands for that,
 * or for its fallback where nothing sets it. What has several values stays unknown.
 */
export class VariableTable {
  /** Null for those with several values. */
  readonly #values = new Map<string, string | null>();

  learn(css: string): void {
    if (!css.includes('--')) return;
    this.#take(css, declaration);
    if (css.includes('@property')) this.#take(css, registration);
  }

  #take(css: string, pattern: RegExp): void {
    for (const [, name = '', value = ''] of css.matchAll(pattern)) {
      const plain = value.replace(/\s*!\s*important\s*$/i, '').trim();
      const known = this.#values.get(name);
      if (known === undefined && this.#values.size < mostNames) this.#values.set(name, plain);
      else if (known !== undefined && known !== plain) this.#values.set(name, null);
    }
  }

  /** The sheet with the values in place of `var()`; at most some ten times as long. */
  filled(css: string): string {
    let text = css;
    for (let depth = 0; depth < deepest && /var\(/i.test(text) && text.length < css.length * 8 + 1000; depth++) {
      text = text.replace(use, (whole, name: string, fallback: string | undefined) => {
        const value = this.#values.get(name);
        return (value === undefined ? fallback : value) ?? whole;
      });
    }
    return text;
  }
}
