import type { Directory } from '../sandbox/directory.ts';
import { DirectoryCursor } from './directory-cursor.ts';
import { FileScanner, type Scan } from './file-scanner.ts';
import { anyGlob, fileFilter, type PathTest } from './glob.ts';
import type { ContentJob, ContentMatch, ContentResult } from './job.ts';
import { compileMatcher } from './line-matcher.ts';
import { type Candidates, findCandidates } from './ripgrep.ts';
import { canBeListed, TreeWalker, tooDeep } from './tree-walker.ts';
import { UnreadableEntries } from './unreadable.ts';

/** Searches file contents below a directory. `watch` is told before and after each piece of work that might never end. */
export async function searchContent(job: ContentJob, watch: (busy: boolean) => void): Promise<ContentResult> {
  const search = new ContentSearch(job, watch);
  if (job.only !== undefined) {
    search.scanCandidates({ paths: [job.only], large: new Set(), unreadable: new Set() });
    return search.result('builtin');
  }
  const candidates = job.ripgrep ? await findCandidates(job, job.ripgrep) : undefined;
  if (candidates && search.scanCandidates(candidates)) return search.result('ripgrep');
  const own = new ContentSearch(job, watch);
  own.scanTree();
  return own.result('builtin');
}

class ContentSearch {
  readonly #job: ContentJob;
  readonly #scanner: FileScanner;
  readonly #walker: TreeWalker;
  readonly #wanted: PathTest;
  readonly #matches: ContentMatch[] = [];
  readonly #files: { path: string; count: number }[] = [];
  readonly #counts = { total: 0, filesWithMatches: 0, skippedLarge: 0, skippedBinary: 0 };
  readonly #unreadable = new UnreadableEntries();
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
      passOver: (relative) => {
        if (this.#isOurs(relative)) this.#unreadable.add(relative);
      },
    });
  }

  /**
   * Opens each candidate by its own walk from the base, reusing the directories that neighbours share. False where one
   * that was said to be too large or unreadable is not: what named it was misled.
   */
  scanCandidates({ paths, large, unreadable }: Candidates): boolean {
    const cursor = new DirectoryCursor(this.#walker, this.#job);
    try {
      for (const relative of paths) {
        if (Date.now() > this.#job.rules.deadline) {
          this.#stopped ??= 'its time was up (limits.searchSeconds)';
          return true;
        }
        const path = relative.split('/');
        const { maxDepth } = this.#job.rules;
        if (path.length > maxDepth + 1) {
          this.#stopped ??= tooDeep(maxDepth);
          continue;
        }
        const expected = large.has(relative) ? 'large' : unreadable.has(relative) ? 'unreadable' : undefined;
        const found = this.#look(cursor, path, expected);
        if (found !== undefined && expected !== undefined && found !== expected) return false;
      }
      return true;
    } finally {
      cursor.close();
    }
  }

  /** What is there, counted; undefined where a walk would not have looked. */
  #look(cursor: DirectoryCursor, path: readonly string[], claim: Scan['is'] | undefined): Scan['is'] | undefined {
    const relative = path.join('/');
    const kind = claim === 'unreadable' ? cursor.kindOf(path) : 'other';
    if (kind === 'directory') return this.#lookInto(cursor, path);
    if (kind === 'unknown') return 'absent';
    const directory = this.#wanted(relative) ? cursor.find(path, false) : undefined;
    return directory && this.#scan(directory, path.at(-1) ?? '', relative);
  }

  #lookInto(cursor: DirectoryCursor, path: readonly string[]): Scan['is'] | undefined {
    const parent = cursor.find(path, true);
    if (!parent) return undefined;
    if (canBeListed(parent, path.at(-1) ?? '')) return 'absent';
    this.#unreadable.add(path.join('/'));
    return 'unreadable';
  }

  result(engine: ContentResult['engine']): ContentResult {
    const stopped = this.#stopped ?? this.#walker.stopped;
    return {
      matches: this.#matches,
      files: this.#files,
      ...this.#counts,
      unreadable: this.#unreadable,
      engine,
      stopped,
    };
  }

  #isOurs(relative: string): boolean {
    const { index, of } = this.#job.share;
    return of === 1 || hashOf(relative) % of === index;
  }

  #scan(directory: Directory, name: string, relative: string): Scan['is'] {
    const { output, maxResults } = this.#job;
    const room = output === 'content' ? maxResults - this.#matches.length : 0;
    const scan = this.#scanner.scan(directory, name, relative, room);
    if (scan.is === 'large') this.#counts.skippedLarge++;
    if (scan.is === 'unreadable') this.#unreadable.add(relative);
    if (scan.is === 'binary') this.#counts.skippedBinary++;
    if (scan.is !== 'scanned' || scan.count === 0) return scan.is;
    this.#counts.total += scan.count;
    this.#counts.filesWithMatches++;
    this.#matches.push(...scan.matches);
    if (output !== 'content' && this.#files.length < maxResults)
      this.#files.push({ path: relative, count: scan.count });
    return scan.is;
  }
}

/** A number that spreads paths evenly; the same for the same path in every thread. */
function hashOf(text: string): number {
  let hash = 0;
  for (let i = Math.max(0, text.length - 24); i < text.length; i++) hash = (hash * 31 + text.charCodeAt(i)) | 0;
  return hash >>> 3;
}
