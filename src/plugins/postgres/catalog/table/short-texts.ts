import { shorten } from '../text-table.ts';

const mostNamed = 5;

/**
 * A copy of a description in which no text is longer than `most` characters: a comment, a default or a check may be of any
 * length. What was cut goes into `cuts` by its path, such as `constraints.check[3].definition`, with how to get the `rest`.
 */
export function shortTexts<Value>(value: Value, most: number, rest: string, cuts: string[]): Value {
  const paths: string[] = [];
  const short = shortened(value, '') as Value;
  if (paths.length > 0) {
    const more = paths.length > mostNamed ? ` and ${paths.length - mostNamed} more` : '';
    cuts.push(`${paths.slice(0, mostNamed).join(', ')}${more}: the first ${most} characters only. ${rest}`);
  }
  return short;

  function shortened(part: unknown, path: string): unknown {
    if (typeof part === 'string') {
      if (part.length > most) paths.push(path);
      return shorten(part, most);
    }
    if (Array.isArray(part)) return part.map((item, index) => shortened(item, `${path}[${index}]`));
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(
      Object.entries(part).map(([key, item]) => [key, shortened(item, path === '' ? key : `${path}.${key}`)]),
    );
  }
}
