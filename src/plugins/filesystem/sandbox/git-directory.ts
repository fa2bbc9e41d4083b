import { lstatSync } from 'node:fs';
import { parse, sep } from 'node:path';
import { pathBelow } from './directory.ts';

const guarded = new Set(['head', 'config', 'config.worktree', 'commondir', 'hooks', 'objects', 'refs']);

/**
 * Whether a write to a real path would change what git runs from a folder that it takes for a repository whatever its
 * name, or would make one of a folder. Git goes by what is there: HEAD, with objects and refs or a commondir. Folders
 * above the root count as well: a root may be the hooks of one.
 */
export function isInGitDirectory(path: string): boolean {
  let folder = parse(path).root;
  for (const segment of path.slice(folder.length).split(sep)) {
    const name = segment.toLowerCase();
    if (guarded.has(name) && isGitDirectory(folder, name)) return true;
    folder = pathBelow(folder, segment);
  }
  return false;
}

/** `added` counts as if it were there; in lower case. */
function isGitDirectory(folder: string, added: string): boolean {
  const has = (name: string) =>
    name.toLowerCase() === added || lstatSync(pathBelow(folder, name), { throwIfNoEntry: false }) !== undefined;
  return has('HEAD') && (has('commondir') || (has('objects') && has('refs')));
}
