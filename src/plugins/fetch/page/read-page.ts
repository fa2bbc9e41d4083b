import { type ContentBlock, type RichResult, withContent } from '../../../core/content.ts';
import { GatewayError } from '../../../core/errors.ts';
import type { Asker } from '../asker.ts';
import type { PageOptions } from '../convert/job.ts';
import { characterStart } from '../convert/whole-characters.ts';
import type { FetchDeps } from '../deps.ts';
import type { KeptDocument } from '../snapshot/snapshot-cache.ts';
import type { Taken } from '../snapshot/snapshots.ts';
import { cutAt } from './cut.ts';
import { entityTag, originOf } from './origin.ts';
import type { PagePartData } from './page-output.ts';

/** One reading of a page, as the tools' arguments give it. */
export interface Reading {
  readonly url: string;
  readonly max_length: number;
  readonly start_index: number;
  readonly raw: boolean;
  readonly options: PageOptions;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly max_age_s?: number | undefined;
  readonly timeout_s?: number | undefined;
}

/** As much of a picture as models take. */
const mostImageBytes = 5_000_000;

export const documentScheme = 'fetch-document';

/** Fetches a page, or takes the copy in memory, and cuts the part asked for. An image comes as image content. */
export async function readPage(
  deps: FetchDeps,
  reading: Reading,
  asker: Asker,
  isUser = false,
): Promise<RichResult<PagePartData>> {
  const taken = await takePage(deps, reading, asker, isUser);
  const kept = await deps.document(taken.snapshot, reading.options, reading.raw, asker);
  const data = { ...partOf(reading, taken, kept), boundary: deps.boundary() };
  return withContent(extras(data, taken, kept, reading.options.images), data);
}

export function takePage(
  deps: FetchDeps,
  reading: Pick<Reading, 'url' | 'start_index' | 'raw' | 'options' | 'headers' | 'max_age_s' | 'timeout_s'>,
  asker: Asker,
  isUser = false,
): Promise<Taken> {
  const wantsHtml = reading.raw || reading.options.format === 'html' || reading.options.selector !== undefined;
  const ask = {
    url: reading.url,
    accept: wantsHtml ? 'html' : 'markdown',
    headers: deps.callerHeaders(reading.headers),
    maxAgeS: reading.max_age_s,
    isContinuation: reading.start_index > 0,
    timeoutMs: reading.timeout_s === undefined ? undefined : reading.timeout_s * 1000,
    isUser,
  } as const;
  return deps.take(ask, asker);
}

function partOf(reading: Reading, taken: Taken, { document }: KeptDocument): Omit<PagePartData, 'boundary'> {
  const { snapshot } = taken;
  const { text } = document;
  const asked = Math.min(reading.start_index, text.length);
  const start = characterStart(text, asked);
  const end = cutAt(text, start, reading.max_length);
  const isAnother = start > 0 && (!taken.fromCache || snapshot.hasChanged);
  const warnings = isAnother ? [...document.warnings, anotherCopy(snapshot.fetchedAt)] : document.warnings;
  return {
    ...originOf(reading.url, taken, warnings),
    status: snapshot.status,
    kind: document.kind,
    charset: document.charset,
    title: document.title,
    total_length: text.length,
    start_index: start === asked ? reading.start_index : start,
    next_start_index: end < text.length ? end : null,
    truncated: end < text.length,
    etag: entityTag(snapshot.etag),
    extraction: document.extraction,
    redirects: [...snapshot.redirects],
    content: text.slice(start, end),
  };
}

/** Offsets are true to one copy only; a reader who began with another must know. */
function anotherCopy(fetchedAt: number): string {
  const when = new Date(fetchedAt).toISOString();
  return `This is from the copy fetched at ${when}. If you began to read before that, start again at 0: the page may have changed.`;
}

/** What stands beside the text: the picture itself, or a link to the whole text where only a part is here. */
function extras(
  part: Pick<PagePartData, 'truncated' | 'url' | 'total_length'>,
  { snapshot }: Taken,
  { id, document }: KeptDocument,
  images: PageOptions['images'],
): ContentBlock[] {
  if (document.kind === 'image') {
    if (images === 'none')
      throw new GatewayError('unsupported', 'The URL is an image. Ask with images "keep" to get it.');
    if (snapshot.body.length > mostImageBytes) {
      throw new GatewayError(
        'too_large',
        `The image has ${snapshot.body.length} bytes; more than ${mostImageBytes} are not passed on. Look for a smaller version of it.`,
      );
    }
    return [{ type: 'image', data: snapshot.body.toString('base64'), mimeType: document.imageType ?? 'image/png' }];
  }
  if (!part.truncated) return [];
  const uri = `${documentScheme}://${id}`;
  return [
    {
      type: 'resource_link',
      uri,
      name: 'Whole text',
      description: `All ${part.total_length} characters of ${part.url}`,
      mimeType: 'text/markdown',
    },
  ];
}
