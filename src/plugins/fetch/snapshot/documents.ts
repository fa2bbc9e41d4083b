import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../../core/errors.ts';
import type { Asker } from '../asker.ts';
import { cutWarning } from '../convert/cut-warning.ts';
import type { PageDocument, PageOptions, Source } from '../convert/job.ts';
import { sniff } from '../convert/sniff.ts';
import type { WorkerPool } from '../convert/worker-pool.ts';
import { SingleFlight } from '../single-flight.ts';
import type { KeptDocument, Snapshot, SnapshotCache } from './snapshot-cache.ts';

/** Snapshots as text, converted once for each way of looking at them. */
export class Documents {
  readonly #pool: Pick<WorkerPool, 'run'>;
  readonly #cache: SnapshotCache;
  readonly #flights = new SingleFlight();

  constructor(pool: Pick<WorkerPool, 'run'>, cache: SnapshotCache) {
    this.#pool = pool;
    this.#cache = cache;
  }

  /** Throws what the conversion throws; a page that cannot be converted in time is given as bare text with a warning. */
  async of(snapshot: Snapshot, options: PageOptions, raw: boolean, asker: Asker): Promise<KeptDocument> {
    const key = raw ? 'raw' : JSON.stringify(options);
    const flight = `${snapshot.id} ${key}`;
    return this.#flights.run(
      flight,
      asker.signal,
      () => snapshot.documents.get(key),
      async () => {
        const document = await this.#convert(sourceOf(snapshot), options, raw, asker);
        const kept = { id: randomUUID(), document };
        this.#cache.keep(snapshot, key, kept);
        return kept;
      },
    );
  }

  byId(id: string): PageDocument | undefined {
    return this.#cache.document(id);
  }

  async #convert(source: Source, options: PageOptions, raw: boolean, asker: Asker): Promise<PageDocument> {
    try {
      return await this.#pool.run({ task: 'document', source, options, raw }, asker);
    } catch (error) {
      const isTooMuch = error instanceof GatewayError && (error.code === 'timeout' || error.code === 'too_large');
      if (!isTooMuch || asker.signal.aborted || raw) throw error;
      const { kind } = sniff(source.bytes, source.contentType);
      if (kind === 'pdf' || kind === 'image') throw error; // without conversion there is no text in them
      const bare = await this.#pool.run({ task: 'strip', source }, asker);
      const warnings = source.cut ? [cutWarning(source.bytes.length)] : [];
      return {
        ...bare,
        warnings: [...warnings, `${error.message} Only its bare text is here, without structure and links.`],
      };
    }
  }
}

/** What a worker needs of a snapshot. */
export function sourceOf({ body, contentType, finalUrl, cut }: Snapshot): Source {
  return { bytes: body, contentType, url: finalUrl, cut };
}
