import { anyGlob } from './glob.ts';
import type { ContentJob } from './job.ts';
import { TreeWalker } from './tree-walker.ts';

const mostPruned = 500;
const mostEntries = 10_000;
const deepest = 4;

/**
 * Directories near the base, relative to it, that our rules leave out and that another program need not search. Not all
 * of them: what is missing here costs time and no more, since each candidate is held to the rules again.
 */
export function prunedDirectories(job: ContentJob): string[] {
  if (!job.gitignore && job.excludePatterns.length === 0 && job.base.path !== '/') return [];
  const pruned: string[] = [];
  const rules = { ...job.rules, maxDepth: deepest, maxEntries: mostEntries };
  const visitor = {
    done: false,
    visit: () => true,
    leaveOut: (relative: string) => {
      pruned.push(relative);
      visitor.done = pruned.length >= mostPruned;
    },
  };
  new TreeWalker({ ...job, rules }, anyGlob(job.excludePatterns)).walk(visitor);
  return pruned;
}
