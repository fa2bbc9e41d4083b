import { describe, expect, test } from 'vitest';
import { fetchFeed } from '../../../dist/plugins/fetch/tools/fetch-feed.js';
import { readFeed } from '../../../src/plugins/fetch/convert/feed.ts';
import { readSitemap } from '../../../src/plugins/fetch/convert/sitemap.ts';
import { oneSite } from './support/one-site.ts';
import { call } from './support/open-test-fetch.ts';
import { pages } from './support/origin-server.ts';

const url = 'https://site.example/feed';

test('an Atom entry that was changed since then is among those asked for', () => {
  const entry = (title: string, updated: string) =>
    `<entry><title>${title}</title><published>2024-01-01T00:00:00Z</published><updated>${updated}</updated></entry>`;
  const xml = `<feed xmlns="http://www.w3.org/2005/Atom"><title>f</title>${entry('old', '2025-01-01T00:00:00Z')}${entry('new', '2026-08-01T00:00:00Z')}</feed>`;
  const feed = readFeed(xml, url, Date.parse('2026-07-01'));
  expect(feed.entries.map(({ title }) => title)).toEqual(['new']);
  expect(feed.total).toBe(1);
});

describe('entries without a date are counted where a time is asked for', () => {
  const rss =
    '<rss><channel><item><title>none</title></item><item><title>odd</title><pubDate>last Tuesday-ish</pubDate></item><item><title>old</title><pubDate>2020-01-01</pubDate></item><item><title>new</title><pubDate>2026-08-01</pubDate></item></channel></rss>';
  const json = JSON.stringify({
    items: [{ title: 'none' }, { title: 'odd', date_published: '?' }, { title: 'new', date_published: '2026-08-01' }],
  });
  const here = oneSite();

  test.each([
    ['RSS', rss],
    ['JSON Feed', json],
  ])('%s', (_, text) => {
    const feed = readFeed(text, url, Date.parse('2026-07-01'));
    expect([feed.total, feed.undated]).toEqual([1, 2]);
    expect(readFeed(text, url).undated).toBe(0);
  });

  test('and the answer says so', async () => {
    here.site.answer = pages({ '/feed': rss }, { 'content-type': 'application/rss+xml' });
    const { data } = await call(fetchFeed, here.deps, { url: here.url('/feed'), since: '2026-07-01' });
    expect(data.warnings).toEqual([
      '2 entries without a date that can be read are left out; ask without since to see all.',
    ]);
    const all = await call(fetchFeed, here.deps, { url: here.url('/feed') });
    expect(all.data.warnings).toEqual([]);
  });
});

describe('what is nested in the fields of an entry is no entry', () => {
  test('nor is it read again for each around it', () => {
    const feed = readFeed(`<feed><entry><title>a</title>${'<content><div><entry>'.repeat(50_000)}deep`, url);
    expect([feed.total, feed.entries[0]?.title]).toEqual([1, 'a']);
    const map = `<urlset>${'<url><loc>http://x.example/<b>'.repeat(20_000)}`;
    const source = { bytes: Buffer.from(map), contentType: 'text/xml', url, cut: false };
    expect(readSitemap(source).urls).toHaveLength(1);
  });

  test('an entry that is never closed keeps those after it', () => {
    const feed = readFeed('<rss><channel><item><title>a</title><item><title>b</title></channel></rss>', url);
    expect(feed.entries.map(({ title }) => title)).toEqual(['a', 'b']);
  });
});

test('a feed that takes too long is told with what can be done about a feed', async () => {
  const { conversionTooSlow, crashOf } = await import('../../../src/plugins/fetch/convert/worker-failure.ts');
  const source = { bytes: Buffer.from(''), contentType: 'text/xml', url, cut: false };
  const job = { task: 'feed', source, since: undefined } as const;
  expect(conversionTooSlow(5000, job).message).toBe(
    'The feed was not read after 5000 ms (plugins.fetch.convertTimeoutMs). Read it with fetch and raw: true, a part at a time.',
  );
  const error = Object.assign(new Error('heap'), { code: 'ERR_WORKER_OUT_OF_MEMORY' });
  expect(crashOf(error, job).message).toMatch(/^The feed needs more memory .* raw: true/);
});
