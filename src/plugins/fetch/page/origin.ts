import { mediaTypeToken } from '../convert/sniff.ts';
import type { Taken } from '../snapshot/snapshots.ts';

/** The facts about where a page came from, as every tool gives them. */
export function originOf(url: string, { snapshot, fromCache }: Taken, warnings: readonly string[]) {
  return {
    url,
    final_url: snapshot.finalUrl,
    content_type: mediaTypeToken(snapshot.contentType) ?? null,
    from_cache: fromCache,
    fetched_at: new Date(snapshot.fetchedAt).toISOString(),
    warnings: [...warnings],
  };
}

/** A header as a line of text that cannot pretend to be more. */
export function headerText(value: string): string {
  return value.replace(/[^\x20-\x7e]|[<>]/g, '').slice(0, 200);
}

/** An entity tag as RFC 9110 section 8.8.3 writes it; null for anything else, which may be prose. */
export function entityTag(value: string | undefined): string | null {
  return value !== undefined && /^(W\/)?"[!#-;=?-~]{0,128}"$/.test(value) ? value : null;
}
