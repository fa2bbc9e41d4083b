import { GatewayError } from '../../../core/errors.ts';
import { cutWarning } from './cut-warning.ts';
import { decodeText } from './decode.ts';
import { withoutInvisible } from './html/visible-text.ts';
import type { PageDocument, PageOptions, Source } from './job.ts';
import { prettyJson } from './pretty-json.ts';
import { isXhtml, mediaTypeToken, sniff } from './sniff.ts';

/** A response as text that can be paged through. Throws `unsupported` for bytes that are no text. */
export async function convert(source: Source, options: PageOptions, raw: boolean): Promise<PageDocument> {
  const sniffed = sniff(source.bytes, source.contentType);
  if (sniffed.kind === 'binary') throw noText(source.contentType);
  if (source.cut && (sniffed.kind === 'pdf' || sniffed.kind === 'image')) throw cutShort();
  if (sniffed.kind === 'image') return { ...bare(''), kind: 'image', imageType: sniffed.imageType };
  if (sniffed.kind === 'pdf') {
    const { pdfText } = await import('./pdf.ts');
    return { ...bare(''), kind: 'pdf', ...(await pdfText(source.bytes)) };
  }
  const { text, charset } = decodeText(source.bytes, source.contentType);
  const page = await convertText(text, sniffed.kind, source, options, raw);
  const warnings = source.cut ? [cutWarning(source.bytes.length), ...page.warnings] : page.warnings;
  return { ...page, charset, warnings };
}

async function convertText(
  whole: string,
  kind: PageDocument['kind'],
  source: Source,
  options: PageOptions,
  raw: boolean,
): Promise<PageDocument> {
  if (raw) return { ...bare(whole), kind };
  const text = kind === 'html' ? whole : withoutInvisible(whole);
  if (options.format === 'json') return { ...bare(strictJson(text)), kind: 'json' };
  if (kind === 'json') return { ...bare(prettyJson(text) ?? text), kind };
  if (kind === 'feed' && options.format !== 'html') {
    const { readFeed, feedMarkdown } = await import('./feed.ts');
    const feed = readFeed(text, source.url);
    return { ...bare(feedMarkdown(feed)), kind, title: feed.title };
  }
  if (kind === 'markdown') {
    const { cleanMarkdown } = await import('./clean-markdown.ts');
    return { ...bare(withoutInvisible(cleanMarkdown(whole, source.url))), kind }; // a form feed parts attributes
  }
  if (kind !== 'html') return { ...bare(text), kind };
  if (options.format === 'html') {
    const { pageSource } = await import('./html/page-source.ts');
    const page = pageSource(text, source.url, options, isXhtml(source.contentType));
    return { ...bare(withoutInvisible(page.text)), kind, warnings: page.warnings };
  }
  const { convertPage } = await import('./html/convert-page.ts');
  return { ...bare(''), kind, ...convertPage(text, source.url, options, isXhtml(source.contentType)) };
}

function bare(text: string): PageDocument {
  return { kind: 'text', text, title: null, charset: null, extraction: 'none', warnings: [] };
}

function strictJson(text: string): string {
  const pretty = prettyJson(text);
  if (pretty === undefined)
    throw new GatewayError('upstream', 'The response is not JSON. Ask with format "auto" to read it as it is.');
  return pretty;
}

function cutShort(): GatewayError {
  return new GatewayError(
    'too_large',
    'The file is larger than what is read (plugins.fetch.maxBytes), and its beginning alone cannot be shown.',
  );
}

function noText(contentType: string | undefined): GatewayError {
  const type = mediaTypeToken(contentType) ?? 'an unknown content type';
  return new GatewayError(
    'unsupported',
    `The response (${type}) is binary, so there is no text in it to read. Fetch a page that describes it.`,
  );
}
