import type { Unreadable } from './unreadable.ts';

/** The directory that a job starts in: open in this process, or (without descriptor paths) only named. */
export interface JobBase {
  readonly path: string;
  readonly fd: number | undefined;
}

/** What every walk is held to, taken from the configuration. */
export interface JobRules {
  readonly secrets: readonly string[];
  readonly closed: readonly string[];
  /** Files of the gateway, by what they are and not by name: they are read under none. */
  readonly ownFiles: readonly string[];
  /** Real paths of file systems mounted below the roots that may not be entered. */
  readonly mounts: readonly string[];
  readonly maxEntries: number;
  readonly maxDepth: number;
  /** `Date.now()` at which the walk ends with what it has. */
  readonly deadline: number;
}

interface CommonJob {
  readonly base: JobBase;
  readonly rules: JobRules;
  readonly excludePatterns: readonly string[];
  readonly gitignore: boolean;
  /** Real paths from the root down to the base: whose ignore files also count. */
  readonly ignoreFrom: readonly JobBase[];
}

export interface NamesJob extends CommonJob {
  readonly kind: 'names';
  readonly pattern: string;
  readonly type: 'any' | 'file' | 'directory' | 'symlink';
  readonly maxResults: number;
  readonly modifiedAfter: number | undefined;
  readonly minSize: number | undefined;
  readonly maxSize: number | undefined;
}

export interface TreeJob extends CommonJob {
  readonly kind: 'tree';
  readonly treeDepth: number;
  readonly maxResults: number;
}

export interface ContentJob extends CommonJob {
  readonly kind: 'content';
  readonly query: string;
  readonly regex: boolean;
  readonly caseSensitive: boolean;
  readonly word: boolean;
  readonly glob: readonly string[];
  readonly context: number;
  readonly output: 'content' | 'files' | 'count';
  /** The one file of the base that is searched; undefined: all below it. */
  readonly only: string | undefined;
  readonly maxResults: number;
  readonly maxFileBytes: number;
  readonly ripgrep: string | undefined;
  /** Which share of the files this job searches, where several jobs share a tree. */
  readonly share: { readonly index: number; readonly of: number };
  /** True after a pattern proved slow on the fast engine: only the linear one is used. */
  readonly linearOnly: boolean;
}

export type Job = NamesJob | TreeJob | ContentJob;

export interface NamesResult {
  readonly paths: readonly string[];
  readonly total: number;
  readonly unreadable: Unreadable;
  /** Why not all was looked at, where it was not. */
  readonly stopped: string | undefined;
}

export interface TreeNode {
  readonly name: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'other';
  children?: TreeNode[];
  /** Set where entries of this directory were left out by a cap. */
  truncated?: true;
  /** Set where the entries of this directory could not be read. */
  unreadable?: true;
  /** Set where a deny pattern covers this directory, whose entries are not shown. */
  protected?: true;
}

export interface TreeResult {
  readonly tree: readonly TreeNode[];
  readonly shown: number;
  /** Whether `maxResults` left entries out. */
  readonly cut: boolean;
  /** Why not all was looked at, where it was not. */
  readonly stopped: string | undefined;
}

export interface ContentMatch {
  readonly path: string;
  readonly line: number;
  readonly column: number;
  readonly text: string;
  readonly before?: string[];
  readonly after?: string[];
}

export interface ContentResult {
  readonly matches: readonly ContentMatch[];
  readonly files: readonly { readonly path: string; readonly count: number }[];
  /** Matching lines in all, shown or not. */
  readonly total: number;
  readonly filesWithMatches: number;
  readonly skippedLarge: number;
  /** Files that have a match and are not text. */
  readonly skippedBinary: number;
  readonly unreadable: Unreadable;
  readonly engine: 'ripgrep' | 'builtin';
  /** Why not all was looked at, where it was not. */
  readonly stopped: string | undefined;
}

export interface JobResults {
  readonly names: NamesResult;
  readonly tree: TreeResult;
  readonly content: ContentResult;
}
