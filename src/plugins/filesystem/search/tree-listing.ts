import type { Dirent } from 'node:fs';
import { treeExclusion } from './glob.ts';
import type { TreeJob, TreeNode, TreeResult } from './job.ts';
import { TreeWalker } from './tree-walker.ts';

/** The tree below a directory as nested nodes, to a depth and a number of entries. */
export function listTree(job: TreeJob): TreeResult {
  const tree: TreeNode[] = [];
  const open: TreeNode[][] = [tree];
  let shown = 0;
  let cut = false;
  let last: TreeNode | undefined;
  const walker = new TreeWalker(
    { ...job, rules: { ...job.rules, maxDepth: job.treeDepth - 1 } },
    treeExclusion(job.excludePatterns),
  );
  const visitor = {
    done: false,
    visit: ({ entry, relative }: { entry: Dirent; relative: string }) => {
      const depth = relative.split('/').length;
      open.length = depth;
      if (shown >= job.maxResults) {
        cut = true;
        visitor.done = true;
        return false;
      }
      shown++;
      const node: TreeNode = { name: entry.name, type: typeOf(entry) };
      last = node;
      open.at(-1)?.push(node);
      if (node.type === 'directory') {
        node.children = [];
        open.push(node.children);
        if (depth >= job.treeDepth) node.truncated = true;
      }
      return true;
    },
    // Right after it was shown, so it is the last.
    keepClosed: () => {
      if (last) last.protected = true;
    },
    passOver: () => {
      if (last) last.unreadable = true;
    },
  };
  walker.walk(visitor);
  return { tree, shown, cut, stopped: walker.stopped };
}

function typeOf(entry: Dirent): TreeNode['type'] {
  if (entry.isDirectory()) return 'directory';
  if (entry.isFile()) return 'file';
  return entry.isSymbolicLink() ? 'symlink' : 'other';
}
