import { GatewayError } from '../../../core/errors.ts';
import type { ToolContext } from '../../../core/tool.ts';
import { wholePage } from '../convert/job.ts';
import { mediaType } from '../convert/sniff.ts';
import { firstOf } from '../convert/whole-characters.ts';
import type { FetchDeps } from '../deps.ts';
import { takeSource } from '../page/whole-page.ts';

const mostSitemaps = 5;

export interface SiteMap {
  readonly sitemaps: string[];
  readonly urls: { url: string; modified: string | null }[];
  readonly total: number;
  readonly problems: string[];
}

/** The URLs that the site's sitemaps list; of that at the `usual` place where none of those to start with can be read. Indexes are followed one level, over the same guarded way as any page. */
export async function readSitemaps(
  context: ToolContext<FetchDeps>,
  starts: readonly string[],
  usual: string,
  limit: number,
): Promise<SiteMap> {
  const { deps, signal } = context;
  const found: SiteMap['urls'] = [];
  const problems: string[] = [];
  const read: string[] = [];
  const queue = starts.map((url) => ({ url, isChild: false }));
  let total = 0;
  let hasWorked = false;
  while (queue.length > 0) {
    const { url, isChild } = queue.shift() ?? { url: '', isChild: true };
    if (read.length >= mostSitemaps && (hasWorked || url !== usual || read.includes(usual))) {
      problems.push(`Only ${mostSitemaps} sitemaps were read; ${queue.length + 1} more are named, such as ${url}.`);
      if (hasWorked || read.includes(usual)) break;
      queue.splice(0, queue.length, { url: usual, isChild: false });
      continue;
    }
    read.push(url);
    const sitemap = await orProblem(
      problems,
      url,
      async () => {
        const { source, warnings } = await takeSource(deps, { url }, context);
        problems.push(...warnings.map((warning) => `${url}: ${warning}`));
        return deps.work({ task: 'sitemap', source }, context);
      },
      signal,
    );
    hasWorked ||= sitemap !== undefined;
    if (!hasWorked && queue.length === 0 && !read.includes(usual)) queue.push({ url: usual, isChild: false });
    if (!sitemap) continue;
    if (sitemap.isIndex && !isChild) queue.push(...sitemap.urls.map((child) => ({ url: child.url, isChild: true })));
    else if (!sitemap.isIndex) {
      total += sitemap.urls.length;
      found.push(...sitemap.urls.slice(0, Math.max(0, limit - found.length)).map((entry) => ({ ...entry })));
    }
  }
  return { sitemaps: read, urls: found, total, problems };
}

/** The site's llms.txt; null where it has none, or answers with a page in its place. */
export async function readLlms(context: ToolContext<FetchDeps>, origin: string, limit: number, problems: string[]) {
  const { deps, signal } = context;
  const url = `${origin}/llms.txt`;
  const taken = await orProblem(problems, url, () => takeSource(deps, { url }, context), signal);
  if (!taken || mediaType(taken.source.contentType) === 'text/html') return null;
  const { document } = await deps.document(taken.taken.snapshot, wholePage, true, context);
  return {
    url,
    text: firstOf(document.text, limit),
    total_length: document.text.length,
    truncated: document.text.length > limit,
  };
}

/** The work's result, or undefined with the reason noted: a site that lacks one file may have the others. */
async function orProblem<T>(
  problems: string[],
  url: string,
  work: () => Promise<T>,
  signal: AbortSignal,
): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (signal.aborted || !(error instanceof GatewayError)) throw error;
    if (error.details?.status !== 404) problems.push(`${url}: ${error.message}`);
    return undefined;
  }
}
