import type { ContentResult } from './job.ts';
import { allUnreadable } from './unreadable.ts';
import { inWalkOrder } from './walk-order.ts';

/** The results of jobs that shared a tree as one, in the order of a walk that takes names in order. */
export function mergeResults(results: readonly ContentResult[], maxResults: number): ContentResult {
  const [first] = results;
  if (first && results.length === 1) return first;
  const sum = (of: (result: ContentResult) => number) => results.reduce((total, result) => total + of(result), 0);
  return {
    matches: inWalkOrder(
      results.flatMap(({ matches }) => matches),
      pathOf,
    ).slice(0, maxResults),
    files: inWalkOrder(
      results.flatMap(({ files }) => files),
      pathOf,
    ).slice(0, maxResults),
    total: sum(({ total }) => total),
    filesWithMatches: sum(({ filesWithMatches }) => filesWithMatches),
    skippedLarge: sum(({ skippedLarge }) => skippedLarge),
    skippedBinary: sum(({ skippedBinary }) => skippedBinary),
    unreadable: allUnreadable(results.map(({ unreadable }) => unreadable)),
    engine: 'builtin',
    stopped: results.find(({ stopped }) => stopped !== undefined)?.stopped,
  };
}

const pathOf = ({ path }: { readonly path: string }) => path;
