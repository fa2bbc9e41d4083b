import { GatewayError } from '../../../core/errors.ts';
import type { Asker } from '../asker.ts';
import { cutWarning } from '../convert/cut-warning.ts';
import type { Source } from '../convert/job.ts';
import { mediaType, mediaTypeToken } from '../convert/sniff.ts';
import type { FetchDeps } from '../deps.ts';
import { sourceOf } from '../snapshot/documents.ts';
import type { Taken } from '../snapshot/snapshots.ts';

/** A page as its source, for tools that read more out of it than its text. */
export async function takeSource(
  deps: FetchDeps,
  input: { readonly url: string; readonly max_age_s?: number | undefined; readonly timeout_s?: number | undefined },
  asker: Asker,
): Promise<{ readonly taken: Taken; readonly source: Source; readonly warnings: readonly string[] }> {
  const timeoutMs = input.timeout_s === undefined ? undefined : input.timeout_s * 1000;
  const ask = {
    url: input.url,
    accept: 'html',
    headers: {},
    maxAgeS: input.max_age_s,
    isContinuation: false,
    timeoutMs,
    isUser: false,
  } as const;
  const taken = await deps.take(ask, asker);
  const { body, cut } = taken.snapshot;
  return { taken, source: sourceOf(taken.snapshot), warnings: cut ? [cutWarning(body.length)] : [] };
}

/** Throws `unsupported` where the response says that it is no page: its links and metadata would be made up. */
export function requireHtml({ snapshot }: Taken): void {
  const type = mediaType(snapshot.contentType);
  if (type === '' || /html|xml|octet-stream/.test(type)) return;
  const named = mediaTypeToken(type) ?? 'of an unknown content type';
  throw new GatewayError('unsupported', `The response is ${named}, not an HTML page. Read it with fetch.`);
}
