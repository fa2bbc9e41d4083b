import { gunzipSync } from 'node:zlib';
import { GatewayError } from '../../../core/errors.ts';
import { decodeText } from './decode.ts';
import type { Sitemap, Source } from './job.ts';
import { childText, elementsNamed, parseXml } from './xml-tree.ts';

const mostUrls = 50_000;
const mostBytes = 52_428_800; // the protocol's own limit for one sitemap

/** A sitemap or sitemap index, plain text or XML, gzipped or not. What it lists is data: nothing here fetches it. */
export function readSitemap(source: Source): Sitemap {
  const { text } = decodeText(unpacked(source.bytes), source.contentType);
  if (!/^\s*</.test(text.replace(/^\ufeff/, ''))) {
    const urls = text
      .split(/\s+/)
      .filter((line) => /^https?:\/\//.test(line))
      .slice(0, mostUrls);
    return { isIndex: false, urls: urls.map((url) => ({ url, modified: null })) };
  }
  const root = parseXml(text);
  const isIndex = !elementsNamed(root, 'sitemapindex').next().done;
  const urls: Sitemap['urls'][number][] = [];
  for (const element of elementsNamed(root, isIndex ? 'sitemap' : 'url')) {
    const url = childText(element, 'loc');
    if (url !== null && /^https?:\/\//.test(url)) urls.push({ url, modified: childText(element, 'lastmod') });
    if (urls.length >= mostUrls) break;
  }
  return { isIndex, urls };
}

function unpacked(bytes: Uint8Array): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  try {
    return gunzipSync(bytes, { maxOutputLength: mostBytes });
  } catch (cause) {
    throw new GatewayError('upstream', `The sitemap is not valid gzip, or has more than ${mostBytes} bytes.`, {
      cause,
    });
  }
}
