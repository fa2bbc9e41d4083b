import type { ContentResult } from './job.ts';

/** The results of jobs that shared a tree as one, in the order of a walk that takes names in order. */
export function mergeResults(results: readonly ContentResult[], maxResults: number): ContentResult {
  const [first] = results;
  if (first && results.length === 1) return first;
  const sum = (of: (result: ContentResult) => number) => results.reduce((total, result) => total + of(result), 0);
  return {
    matches: inOrder(results.flatMap(({ matches }) => matches)).slice(0, maxResults),
    files: inOrder(results.flatMap(({ files }) => files)).slice(0, maxResults),
    total: sum(({ total }) => total),
    filesWithMatches: sum(({ filesWithMatches }) => filesWithMatches),
    skippedLarge: sum(({ skippedLarge }) => skippedLarge),
    skippedBinary: sum(({ skippedBinary }) => skippedBinary),
    engine: 'builtin',
    stopped: results.find(({ stopped }) => stopped !== undefined)?.stopped,
  };
}

/** Sorts by path, a directory's entries together; what has one path keeps its order. */
function inOrder<Item extends { readonly path: string }>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, key: item.path.replaceAll('/', '\0') }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ item }) => item);
}
