/** No JSON that people write is nested so deeply that white space makes it this many times as long. */
const mostGrowth = 20;

/**
 * JSON text with two spaces of indent, its tokens untouched: numbers keep every digit, keys their order and doubles.
 * As it stands where the indents would be most of it; undefined for what is not JSON.
 */
export function prettyJson(text: string): string | undefined {
  const source = text.replace(/^\ufeff/, '');
  try {
    JSON.parse(source);
  } catch {
    return undefined; // the answer to the question asked
  }
  let pretty = '';
  let depth = 0;
  let opened = false;
  const newLine = () => `\n${'  '.repeat(Math.min(depth, 100))}`;
  for (const [token] of source.matchAll(/"(?:[^"\\]|\\.)*"|[[\]{},:]|[^\s[\]{},:"]+/g)) {
    const closes = token === '}' || token === ']';
    if (closes) depth--;
    if (opened ? !closes : closes) pretty += newLine();
    opened = token === '{' || token === '[';
    if (opened) depth++;
    if (pretty.length > source.length * mostGrowth + 10_000) return source;
    pretty += token === ':' ? ': ' : token === ',' ? `,${newLine()}` : token;
  }
  return pretty;
}
