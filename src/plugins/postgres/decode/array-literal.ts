/** An array as PostgreSQL writes it: nested by dimension, elements as text, null only for SQL NULL. */
export type ArrayText = readonly (string | null | ArrayText)[];

/**
 * Reads an array's text form, such as `{1,2}`, `{{a,"b,c"},{NULL,"NULL"}}` or `[0:1]={5,6}`, whose bounds are dropped.
 * Undefined where the text is not one; it never throws.
 */
export function parseArrayLiteral(text: string, delimiter: string): ArrayText | undefined {
  const start = text.startsWith('[') ? text.indexOf('={') + 1 : 0;
  const stack: (string | null | ArrayText)[][] = [];
  const token = tokenPattern(delimiter);
  token.lastIndex = start;
  let done: (string | null | ArrayText)[] | undefined;
  while (token.lastIndex < text.length) {
    const found = token.exec(text);
    if (!found || done) return undefined;
    const [whole, quoted, bare] = found;
    const current = stack.at(-1);
    if (whole === '{') {
      stack.push([]);
    } else if (whole === '}') {
      const closed = stack.pop();
      if (!closed) return undefined;
      const parent = stack.at(-1);
      if (parent) parent.push(closed);
      else done = closed;
    } else if (quoted !== undefined) {
      current?.push(quoted.replaceAll(/\\(.)/gs, '$1'));
    } else if (bare !== undefined) {
      current?.push(bare.toUpperCase() === 'NULL' ? null : bare.replaceAll(/\\(.)/gs, '$1'));
    }
  }
  return stack.length === 0 ? done : undefined;
}

const patterns = new Map<string, RegExp>();

function tokenPattern(delimiter: string): RegExp {
  let pattern = patterns.get(delimiter);
  if (!pattern) {
    const separator = delimiter.replaceAll(/[\\^\]-]/g, '\\$&');
    pattern = new RegExp(
      `[{}${separator}]|"([^"\\\\]*(?:\\\\.[^"\\\\]*)*)"|((?:[^{}"\\\\${separator}]|\\\\.)+)`,
      'gsy',
    );
    patterns.set(delimiter, pattern);
  }
  return pattern;
}
