import type { PageDocument } from '../convert/job.ts';
import type { Redirect } from '../net/way-out.ts';

/** A document made of a snapshot, under an id that a resource link can name. */
export interface KeptDocument {
  readonly id: string;
  readonly document: PageDocument;
}

/** One response, kept so that every page of it is cut from the same text. */
export interface Snapshot {
  /** Its own, among all snapshots of this process. */
  readonly id: string;
  readonly requestedUrl: string;
  readonly finalUrl: string;
  readonly status: number;
  readonly contentType: string | undefined;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
  /** Whether the site asked that it be not kept: then it serves only further pages of the same reading. */
  readonly isVolatile: boolean;
  readonly redirects: readonly Redirect[];
  readonly body: Buffer;
  readonly cut: boolean;
  /** Milliseconds since the epoch, of the fetch or of the last time the site said that nothing had changed. */
  fetchedAt: number;
  /** Whether it took the place of a copy with another text, whose offsets are not its own. */
  readonly hasChanged: boolean;
  readonly documents: Map<string, KeptDocument>;
}

const mostDocuments = 8;

/** The snapshots used last, within a budget of bytes. */
export class SnapshotCache {
  readonly #snapshots = new Map<string, Snapshot>();
  readonly #budget: number;
  #bytes = 0;

  constructor(budget: number) {
    this.#budget = budget;
  }

  get size(): number {
    return this.#snapshots.size;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get(key: string): Snapshot | undefined {
    const snapshot = this.#snapshots.get(key);
    if (!snapshot) return undefined;
    this.#snapshots.delete(key);
    this.#snapshots.set(key, snapshot);
    return snapshot;
  }

  put(key: string, snapshot: Snapshot): void {
    this.#drop(key);
    this.#snapshots.set(key, snapshot);
    this.#bytes += weight(snapshot);
    this.#shrink();
  }

  /** Keeps a document with its snapshot, if that is still here. */
  keep(snapshot: Snapshot, key: string, kept: KeptDocument): void {
    const isHere = [...this.#snapshots.values()].includes(snapshot);
    if (isHere) this.#bytes -= weight(snapshot);
    const oldest = snapshot.documents.keys().next().value;
    if (snapshot.documents.size >= mostDocuments && oldest !== undefined) snapshot.documents.delete(oldest);
    snapshot.documents.set(key, kept);
    if (!isHere) return;
    this.#bytes += weight(snapshot);
    this.#shrink();
  }

  document(id: string): PageDocument | undefined {
    for (const { documents } of this.#snapshots.values()) {
      for (const kept of documents.values()) if (kept.id === id) return kept.document;
    }
    return undefined;
  }

  #shrink(): void {
    for (const key of this.#snapshots.keys()) {
      if (this.#bytes <= this.#budget) return;
      this.#drop(key);
    }
  }

  #drop(key: string): void {
    const snapshot = this.#snapshots.get(key);
    if (!snapshot) return;
    this.#snapshots.delete(key);
    this.#bytes -= weight(snapshot);
  }
}

function weight({ body, documents }: Snapshot): number {
  let bytes = body.length + 1024;
  for (const { document } of documents.values()) bytes += document.text.length * 2;
  return bytes;
}
