import type { FilesystemLimits } from '../config.ts';
import { identitiesOf } from '../sandbox/closed-file.ts';
import type { Directory } from '../sandbox/directory.ts';
import { systemError } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';
import { type Root, segmentsBelow } from '../sandbox/root.ts';
import type { ContentJob, JobBase, JobResults, JobRules, NamesJob, TreeJob } from './job.ts';
import { mergeResults } from './merge-results.ts';
import type { SearchPool } from './search-pool.ts';
import { requireSystemError } from './system-error.ts';

/** What a tool asks for; the rest of a job is taken from the configuration and the place. */
type Request<Job> = Omit<
  Job,
  'kind' | 'base' | 'rules' | 'ignoreFrom' | 'maxFileBytes' | 'ripgrep' | 'linearOnly' | 'only' | 'share'
>;

export interface SearchSetup {
  readonly pool: SearchPool;
  readonly limits: FilesystemLimits;
  readonly secrets: readonly string[];
  readonly closed: readonly string[];
  /** Real paths of mounts below a root that may not be entered, as they are now. */
  mounts(root: Root): readonly string[];
  /** The ripgrep program, where one is to be used. */
  readonly ripgrep: string | undefined;
}

/** Starts searches and trees below a place, with its directory held open while a worker walks it. */
export class DirectorySearch {
  readonly #setup: SearchSetup;

  constructor(setup: SearchSetup) {
    this.#setup = setup;
  }

  /** Where the paths of a result begin: the place itself, or the directory of a file. */
  baseOf(place: Place): { readonly path: string } {
    return place.stats?.isFile() ? place.directory : place;
  }

  names(place: Place, request: Request<NamesJob>, signal: AbortSignal): Promise<JobResults['names']> {
    requireDirectory(place);
    return this.#below(place, request.gitignore, (base) =>
      this.#setup.pool.run({ ...request, ...base, kind: 'names' as const }, signal),
    );
  }

  tree(place: Place, request: Request<TreeJob>, signal: AbortSignal): Promise<JobResults['tree']> {
    requireDirectory(place);
    return this.#below(place, request.gitignore, (base) =>
      this.#setup.pool.run({ ...request, ...base, kind: 'tree' as const }, signal),
    );
  }

  content(place: Place, request: Request<ContentJob>, signal: AbortSignal): Promise<JobResults['content']> {
    const { limits, pool } = this.#setup;
    const only = place.stats?.isFile() ? place.name : undefined;
    // A file that is named is wanted, whatever ignore files say.
    const gitignore = request.gitignore && only === undefined;
    // A query that is not ASCII is looked for in two encodings at once, which ripgrep cannot.
    const ripgrep = /^[\u0020-\u007e]*$/.test(request.query) ? this.#setup.ripgrep : undefined;
    const shares = ripgrep === undefined && only === undefined ? limits.searches : 1;
    const own = { kind: 'content' as const, maxFileBytes: limits.searchFileBytes, ripgrep, linearOnly: false, only };
    return this.#below(place, gitignore, async (base) => {
      const jobs = Array.from({ length: shares }, (_, index) => ({
        ...request,
        ...base,
        ...own,
        gitignore,
        share: { index, of: shares },
      }));
      const results = await Promise.all(jobs.map((job) => pool.run(job, signal)));
      return mergeResults(results, request.maxResults);
    });
  }

  async #below<T>(
    place: Place,
    gitignore: boolean,
    run: (base: { base: JobBase; rules: JobRules; ignoreFrom: JobBase[] }) => Promise<T>,
  ): Promise<T> {
    const isFile = place.stats?.isFile() === true;
    const directory = isFile ? place.directory : place.openDirectory();
    const above = gitignore ? directoriesAbove(place) : [];
    try {
      return await run({ base: asBase(directory), rules: this.#rules(place.root), ignoreFrom: above.map(asBase) });
    } finally {
      if (!isFile) directory.close();
      for (const one of above.slice(1)) one.close(); // the first is the root's own
    }
  }

  #rules(root: Root): JobRules {
    const { limits, secrets, closed } = this.#setup;
    return {
      secrets,
      closed,
      ownFiles: identitiesOf(closed),
      mounts: this.#setup.mounts(root),
      maxEntries: limits.walkEntries,
      maxDepth: limits.treeDepth,
      deadline: Date.now() + limits.searchSeconds * 1000,
    };
  }
}

/** Throws ENOTDIR for a file, whose parent would be walked instead. */
function requireDirectory(place: Place): void {
  if (!place.existing.isDirectory()) throw systemError('ENOTDIR');
}

/** The root and the directories below it that lead to the place, the place itself left out. All but the root to be closed. */
function directoriesAbove(place: Place): Directory[] {
  const names = segmentsBelow(place.root.real, place.path) ?? [];
  if (names.length === 0) return [];
  const opened: Directory[] = [place.rootDirectory];
  try {
    for (const name of names.slice(0, -1)) opened.push((opened.at(-1) ?? place.rootDirectory).enter(name));
  } catch (error) {
    requireSystemError(error);
    // Moved meanwhile: only its ignore files are missed, the walk itself starts from the open directory.
  }
  return opened;
}

function asBase({ path, fd }: Directory): JobBase {
  return { path, fd };
}
