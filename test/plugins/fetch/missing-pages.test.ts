import { afterEach, describe, expect, test, vi } from 'vitest';
import type { PagePartData } from '../../../dist/plugins/fetch/page/page-output.js';
import { fetchPage } from '../../../dist/plugins/fetch/tools/fetch.js';
import { fetchFeed } from '../../../dist/plugins/fetch/tools/fetch-feed.js';
import { fetchLinks } from '../../../dist/plugins/fetch/tools/fetch-links.js';
import { fetchSite } from '../../../dist/plugins/fetch/tools/fetch-site.js';
import { oneSite } from './support/one-site.ts';
import { call } from './support/open-test-fetch.ts';

describe('what a site said a moment ago that it does not have', () => {
  const here = oneSite();
  const fetched = (input: Record<string, unknown>) => call<PagePartData>(fetchPage, here.deps, input);
  const asked = (path: string) => here.site.seen.filter((seen) => seen.path === path).length;
  afterEach(() => vi.useRealTimers());

  test.each([404, 410])('is not asked for again at once: %i', async (status) => {
    here.site.answer = (_, response) => response.writeHead(status).end();
    const url = here.url('/gone');
    await expect(fetched({ url })).rejects.toMatchObject({ code: 'upstream', details: { status } });
    await expect(fetched({ url })).rejects.toMatchObject({
      code: 'upstream',
      message: expect.stringMatching(`status code ${status}.*ask again in 10 seconds, or at once with max_age_s: 0`),
    });
    await expect(fetched({ url, start_index: 5000 })).rejects.toMatchObject({ details: { status } });
    await expect(call(fetchLinks, here.deps, { url })).rejects.toMatchObject({ details: { status } });
    await expect(call(fetchFeed, here.deps, { url })).rejects.toMatchObject({ details: { status } });
    expect(asked('/gone')).toBe(1);
  });

  test('is asked for once by many who ask at the same time', async () => {
    here.site.answer = (_, response) => setTimeout(() => response.writeHead(404).end(), 50);
    await Promise.allSettled(Array.from({ length: 8 }, () => fetched({ url: here.url('/gone'), max_age_s: 0 })));
    expect(asked('/gone')).toBe(1);
  });

  test('is found as soon as it is there: after ten seconds, or at once with max_age_s: 0', async () => {
    here.site.answer = (_, response) => response.writeHead(404).end();
    const url = here.url('/soon');
    await expect(fetched({ url })).rejects.toMatchObject({ code: 'upstream' });
    here.site.answer = ({ path }, response) => response.writeHead(path === '/soon' ? 200 : 404).end('here');
    await expect(fetched({ url })).rejects.toMatchObject({ code: 'upstream' });
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 10_001 });
    expect((await fetched({ url })).data.content).toBe('here');

    const other = here.url('/other');
    await expect(fetched({ url: other })).rejects.toMatchObject({ code: 'upstream' });
    here.site.answer = ({ path }, response) => response.writeHead(path === '/other' ? 200 : 404).end('there');
    expect((await fetched({ url: other, max_age_s: 0 })).data.content).toBe('there');
    expect((await fetched({ url: other })).data.content).toBe('there');
  });

  test.each([401, 403, 429, 500, 503])('other refusals are no answer for the next: %i', async (status) => {
    here.site.answer = ({ path }, response) => response.writeHead(path === '/robots.txt' ? 404 : status).end();
    for (let time = 0; time < 2; time++) {
      await expect(fetched({ url: here.url('/p') })).rejects.toMatchObject({ details: { status } });
    }
    expect(asked('/p')).toBe(2);
  });

  test('counts for what the gateway looks for by itself', async () => {
    here.site.answer = (_, response) => response.writeHead(404).end();
    for (let time = 0; time < 3; time++) await call(fetchSite, here.deps, { url: here.url('/') });
    expect(['/robots.txt', '/llms.txt', '/sitemap.xml'].map(asked)).toEqual([1, 1, 1]);
  });

  test('is another thing for other headers', async () => {
    here.site.answer = ({ headers }, response) =>
      headers['accept-language'] === 'de' ? response.end('da') : response.writeHead(404).end();
    await expect(fetched({ url: here.url('/de') })).rejects.toMatchObject({ code: 'upstream' });
    const { data } = await fetched({ url: here.url('/de'), headers: { 'accept-language': 'de' } });
    expect(data.content).toBe('da');
  });
});
