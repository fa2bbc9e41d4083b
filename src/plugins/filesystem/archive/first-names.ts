import { printable } from '../sandbox/failure.ts';

const mostNamed = 10;
const longestName = 500;

/** Adds a name to a list of the first few. */
export function addName(names: string[], name: string): void {
  if (names.length < mostNamed) names.push(name.slice(0, longestName));
}

/** The first of many names in words. */
export function inWords(names: readonly string[], total: number): string {
  const more = total > names.length ? ` and ${total - names.length} more` : '';
  return names.map(printable).join(', ') + more;
}
