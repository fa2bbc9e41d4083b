import { setImmediate } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { fetchPage } from '../../../dist/plugins/fetch/tools/fetch.js';
import { fetchFeed } from '../../../dist/plugins/fetch/tools/fetch-feed.js';
import { fetchFind } from '../../../dist/plugins/fetch/tools/fetch-find.js';
import { fetchLinks } from '../../../dist/plugins/fetch/tools/fetch-links.js';
import { fetchMany } from '../../../dist/plugins/fetch/tools/fetch-many.js';
import { fetchMetadata } from '../../../dist/plugins/fetch/tools/fetch-metadata.js';
import { fetchSite } from '../../../dist/plugins/fetch/tools/fetch-site.js';
import { oneSite } from './support/one-site.ts';
import { call } from './support/open-test-fetch.ts';
import { pages } from './support/origin-server.ts';

const here = oneSite();

interface Warned {
  readonly warnings: string[];
}

describe('what is made of a page that was cut says so', () => {
  const long = `<title>x</title>${'<p>A sentence with a <a href="/x">link</a>.</p>'.repeat(200)}`;
  const feed = `<rss><channel>${'<item><title>x</title></item>'.repeat(200)}</channel></rss>`;
  const map = `<urlset>${'<url><loc>https://site.example/</loc></url>'.repeat(200)}</urlset>`;

  test.each([
    ['fetch', fetchPage, '/page', {}],
    ['fetch as HTML', fetchPage, '/page', { format: 'html' }],
    ['fetch as text', fetchPage, '/page', { format: 'text' }],
    ['fetch raw', fetchPage, '/page', { raw: true }],
    ['fetch_find', fetchFind, '/page', { query: 'sentence' }],
    ['fetch_links', fetchLinks, '/page', {}],
    ['fetch_metadata', fetchMetadata, '/page', {}],
    ['fetch_feed', fetchFeed, '/feed', {}],
    ['fetch_site', fetchSite, '/', { include: ['sitemap'] }],
  ])('%s', async (_, tool, path, input) => {
    await here.reopen({ maxBytes: 2048 });
    here.site.answer = pages({ '/page': long, '/feed': feed, '/sitemap.xml': map });
    const { data } = await call<Warned>(tool, here.deps, { url: here.url(path), ...input });
    expect(data.warnings.join()).toContain('only its beginning is here');
  });

  test.each([
    ['fetch as HTML', fetchPage, { format: 'html' }],
    ['fetch_links', fetchLinks, {}],
    ['fetch_metadata', fetchMetadata, {}],
  ])('as %s says where style sheets are too much to be judged', async (_, tool, input) => {
    const rules = Array.from({ length: 60_000 }, (__, n) => `.c${n}{display:none}`).join('');
    here.site.answer = pages({ '/': `<style>${rules}</style><p>Text` });
    const { data } = await call<Warned>(tool, here.deps, { url: here.url('/'), ...input });
    expect(data.warnings.join()).toContain('too much to be judged');
  });
});

test('a feed is asked for its newest entries however many stand before them', async () => {
  const item = (n: number) =>
    `<item><title>n${n}</title><pubDate>${new Date(Date.UTC(2026, 0, 1, 0, n)).toUTCString()}</pubDate></item>`;
  const items = (of: (n: number) => string) => Array.from({ length: 1500 }, (_, n) => of(n)).join('');
  const json = { version: '1', items: [] as object[] };
  for (let n = 0; n < 1500; n++)
    json.items.push({ title: `n${n}`, date_published: new Date(Date.UTC(2026, 0, 1, 0, n)).toISOString() });
  here.site.answer = pages(
    { '/rss': `<rss><channel>${items(item)}</channel></rss>`, '/json': JSON.stringify(json) },
    { 'content-type': 'application/octet-stream' },
  );
  for (const path of ['/rss', '/json']) {
    const { data } = await call<{ total: number; truncated: boolean; entries: { title: string }[] }>(
      fetchFeed,
      here.deps,
      { url: here.url(path), since: new Date(Date.UTC(2026, 0, 1, 0, 1498)).toISOString() },
    );
    expect(data.entries.map(({ title }) => title)).toEqual(['n1498', 'n1499']);
    expect(data).toMatchObject({ total: 2, truncated: false });
  }
});

test.each(['__proto__', 'constructor', 'prototype'])('a header named %s is refused, not left out', async (name) => {
  const headers: unknown = JSON.parse(`{"${name}":"x"}`);
  await expect(call(fetchPage, here.deps, { url: here.url('/'), headers })).rejects.toMatchObject({
    code: 'invalid_input',
    message: expect.stringContaining(name),
  });
  await expect(here.reopen({ hostHeaders: { 'site.example': headers } })).rejects.toThrow(name);
});

test('a call for many pages leaves no listeners behind', async () => {
  await here.reopen({ workers: 1 });
  here.site.answer = ({ path }, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(path);
  const warnings: Error[] = [];
  const note = (warning: Error) => warnings.push(warning);
  process.on('warning', note);
  await call(fetchMany, here.deps, { urls: Array.from({ length: 20 }, (_, n) => here.url(`/${n}`)) });
  await setImmediate();
  process.off('warning', note);
  expect(warnings).toEqual([]);
});
