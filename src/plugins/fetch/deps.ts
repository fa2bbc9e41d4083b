import type { Health } from '../../core/plugin.ts';
import type { Asker } from './asker.ts';
import type { Job, JobResults, PageDocument, PageOptions } from './convert/job.ts';
import type { Answer, Errand } from './net/way-out.ts';
import type { Verdict } from './robots/robots.ts';
import type { KeptDocument, Snapshot } from './snapshot/snapshot-cache.ts';
import type { Ask, Taken } from './snapshot/snapshots.ts';

/** What fetch tools see: pages, what is made of them, and the guarded way out behind both. */
export interface FetchDeps {
  /** The parsed URL, if it is one that may be fetched; throws `denied` or `invalid_input`. Nothing is sent or resolved. */
  checkUrl(url: string): URL;
  /** A page from memory or from the web; throws `denied`, `invalid_input`, `timeout` or `upstream`. */
  take(ask: Ask, asker: Asker): Promise<Taken>;
  /** A page as text. */
  document(snapshot: Snapshot, options: PageOptions, raw: boolean, asker: Asker): Promise<KeptDocument>;
  /** The text of a document made before, by its id; undefined once it is forgotten. */
  keptDocument(id: string): PageDocument | undefined;
  /** Work on foreign bytes or with a foreign expression, in a thread that is killed at its deadline. */
  work<T extends Job['task']>(job: Extract<Job, { task: T }>, asker: Asker): Promise<JobResults[T]>;
  robots(origin: string, asker: Asker): Promise<Verdict>;
  /** The name robots.txt knows this crawler by. */
  readonly product: string;
  /** A bare request over the guarded way out: no cache, no robots.txt. */
  request(errand: Errand): Promise<Answer>;
  /** The caller's headers, lower case; throws `denied` for one the operator does not allow. */
  callerHeaders(headers: Readonly<Record<string, string>> | undefined): Record<string, string>;
  /** The tag for the text of one answer, or null where framing is off. */
  boundary(): string | null;
  health(): Health;
  close(): Promise<void>;
}
