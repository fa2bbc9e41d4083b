import { lstatSync } from 'node:fs';
import { anyGlob, globTest } from './glob.ts';
import type { NamesJob, NamesResult } from './job.ts';
import { TreeWalker, type Visit } from './tree-walker.ts';
import { UnreadableEntries } from './unreadable.ts';

/** Finds entries by their path; counts on after the cap, so that the caller is told how many are left. */
export function searchNames(job: NamesJob): NamesResult {
  const paths: string[] = [];
  let total = 0;
  const matches = globTest(job.pattern);
  const needsStats = job.modifiedAfter !== undefined || job.minSize !== undefined || job.maxSize !== undefined;
  const unreadable = new UnreadableEntries();
  const walker = new TreeWalker(job, anyGlob(job.excludePatterns));
  walker.walk({
    done: false,
    visit: (visit) => {
      if (!isOfType(visit, job.type) || !matches(visit.relative)) return true;
      if (needsStats && !hasStats(visit, job)) return true;
      total++;
      if (paths.length < job.maxResults) paths.push(visit.relative);
      return true;
    },
    passOver: (relative) => unreadable.add(relative),
  });
  return { paths, total, unreadable, stopped: walker.stopped };
}

function isOfType({ entry }: Visit, type: NamesJob['type']): boolean {
  if (type === 'any') return true;
  if (type === 'file') return entry.isFile();
  return type === 'directory' ? entry.isDirectory() : entry.isSymbolicLink();
}

function hasStats({ directory, entry }: Visit, { modifiedAfter, minSize, maxSize }: NamesJob): boolean {
  const stats = lstatSync(directory.at(entry.name), { throwIfNoEntry: false });
  if (!stats) return false;
  if (modifiedAfter !== undefined && stats.mtimeMs <= modifiedAfter) return false;
  return (minSize === undefined || stats.size >= minSize) && (maxSize === undefined || stats.size <= maxSize);
}
