import { type Directory, pathBelow } from '../sandbox/directory.ts';
import { FileScanner } from './file-scanner.ts';
import { GitIgnores } from './git-ignore.ts';
import { anyGlob, fileFilter, type PathTest } from './glob.ts';
import type { ContentJob, ContentMatch, ContentResult } from './job.ts';
import { compileMatcher } from './line-matcher.ts';
import { findCandidates } from './ripgrep.ts';
import { adopt, TreeWalker, tooDeep } from './tree-walker.ts';

/** Searches file contents below a directory. `watch` is told before and after each piece of work that might never end. */
export async function searchContent(job: ContentJob, watch: (busy: boolean) => void): Promise<ContentResult> {
  const search = new ContentSearch(job, watch);
  if (job.only !== undefined) {
    search.scanCandidates([job.only]);
    return search.result('builtin');
  }
  const candidates = job.ripgrep ? await findCandidates(job, job.ripgrep) : undefined;
  if (candidates) search.scanCandidates(candidates);
  else search.scanTree();
  return search.result(candidates ? 'ripgrep' : 'builtin');
}

class ContentSearch {
  readonly #job: ContentJob;
  readonly #scanner: FileScanner;
  readonly #walker: TreeWalker;
  readonly #wanted: PathTest;
  readonly #matches: ContentMatch[] = [];
  readonly #files: { path: string; count: number }[] = [];
  readonly #counts = { total: 0, filesWithMatches: 0, skippedLarge: 0, skippedBinary: 0 };
  #stopped: string | undefined;

  constructor(job: ContentJob, watch: (busy: boolean) => void) {
    this.#job = job;
    this.#scanner = new FileScanner(job, compileMatcher(job), watch);
    this.#walker = new TreeWalker(job, anyGlob(job.excludePatterns));
    this.#wanted = fileFilter(job.glob);
  }

  scanTree(): void {
    this.#walker.walk({
      done: false,
      visit: ({ directory, entry, relative }) => {
        if (entry.isFile() && this.#isOurs(relative) && this.#wanted(relative))
          this.#scan(directory, entry.name, relative);
        return true;
      },
    });
  }

  /** Opens each candidate by its own walk from the base, reusing the directories that neighbours share. */
  scanCandidates(paths: readonly string[]): void {
    const cursor = new DirectoryCursor(adopt(this.#job.base), this.#walker.ignoresAbove(), this.#job.gitignore);
    try {
      for (const relative of paths) {
        if (Date.now() > this.#job.rules.deadline) {
          this.#stopped ??= 'its time was up (limits.searchSeconds)';
          return;
        }
        const parts = relative.split('/');
        const { maxDepth } = this.#job.rules;
        if (parts.length > maxDepth + 1) {
          this.#stopped ??= tooDeep(maxDepth);
          continue;
        }
        const name = parts.pop() ?? '';
        const path = pathBelow(this.#job.base.path, relative);
        if (!this.#wanted(relative) || !this.#walker.admits(relative, path)) continue;
        const directory = cursor.enter(parts);
        if (directory && !cursor.ignores.ignores(path, false)) this.#scan(directory, name, relative);
      }
    } finally {
      cursor.close();
    }
  }

  result(engine: ContentResult['engine']): ContentResult {
    const stopped = this.#stopped ?? this.#walker.stopped;
    return { matches: this.#matches, files: this.#files, ...this.#counts, engine, stopped };
  }

  #isOurs(relative: string): boolean {
    const { index, of } = this.#job.share;
    return of === 1 || hashOf(relative) % of === index;
  }

  #scan(directory: Directory, name: string, relative: string): void {
    const { output, maxResults } = this.#job;
    const room = output === 'content' ? maxResults - this.#matches.length : 0;
    const scan = this.#scanner.scan(directory, name, relative, room);
    if (scan.is === 'large') this.#counts.skippedLarge++;
    if (scan.is === 'binary') this.#counts.skippedBinary++;
    if (scan.is !== 'scanned' || scan.count === 0) return;
    this.#counts.total += scan.count;
    this.#counts.filesWithMatches++;
    this.#matches.push(...scan.matches);
    if (output !== 'content' && this.#files.length < maxResults)
      this.#files.push({ path: relative, count: scan.count });
  }
}

/** A number that spreads paths evenly; the same for the same path in every thread. */
function hashOf(text: string): number {
  let hash = 0;
  for (let i = Math.max(0, text.length - 24); i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
  return hash >>> 3;
}

/** Goes from directory to directory below a base, one open handle a level. */
class DirectoryCursor {
  readonly #levels: { name: string; directory: Directory; ignores: GitIgnores }[];
  readonly #gitignore: boolean;

  constructor(base: Directory, ignores: GitIgnores, gitignore: boolean) {
    this.#gitignore = gitignore;
    this.#levels = [{ name: '', directory: base, ignores: gitignore ? ignores.enter(base) : GitIgnores.none() }];
  }

  get ignores(): GitIgnores {
    return this.#levels.at(-1)?.ignores ?? GitIgnores.none();
  }

  /** The directory of those names, or undefined where one is not a directory (any more). */
  enter(names: readonly string[]): Directory | undefined {
    let shared = 0;
    while (shared < names.length && this.#levels[shared + 1]?.name === names[shared]) shared++;
    while (this.#levels.length > shared + 1) this.#levels.pop()?.directory.close();
    for (const name of names.slice(shared)) {
      const here = this.#levels.at(-1);
      if (!here) return undefined;
      try {
        const directory = here.directory.enter(name);
        this.#levels.push({ name, directory, ignores: this.#gitignore ? here.ignores.enter(directory) : here.ignores });
      } catch {
        return undefined; // gone or a link by now: a candidate that is not there is no match
      }
    }
    return this.#levels.at(-1)?.directory;
  }

  close(): void {
    for (const { directory } of this.#levels.slice(1)) directory.close();
  }
}
