import { describe, expect, test } from 'vitest';
import type { PagePartData } from '../../../dist/plugins/fetch/page/page-output.js';
import { fetchPage } from '../../../dist/plugins/fetch/tools/fetch.js';
import { fetchLinks } from '../../../dist/plugins/fetch/tools/fetch-links.js';
import { fetchSite } from '../../../dist/plugins/fetch/tools/fetch-site.js';
import { readFeed } from '../../../src/plugins/fetch/convert/feed.ts';
import { pageLinks } from '../../../src/plugins/fetch/convert/html/page-links.ts';
import { oneSite } from './support/one-site.ts';
import { call } from './support/open-test-fetch.ts';
import { pages } from './support/origin-server.ts';

const here = oneSite();
const read = (input: Record<string, unknown> = {}) =>
  call<PagePartData>(fetchPage, here.deps, { url: here.url('/'), ...input });

describe('an error says what to do next', () => {
  test.each([
    [401, /Tell the user/],
    [403, /Tell the user/],
    [410, /fetch_site/],
    [418, /another source/],
    [400, /Check the URL/],
    [500, /later/],
    [503, /later/],
    [304, /max_age_s: 0/],
  ])('status %d', async (status, words) => {
    here.site.answer = ({ path }, response) => response.writeHead(path === '/' ? status : 404).end();
    await expect(read()).rejects.toThrow(words);
  });

  test('with the time a site asks to wait, and not its words', async () => {
    let after = '120';
    here.site.answer = ({ path }, response) =>
      response.writeHead(path === '/' ? 503 : 404, { 'retry-after': after }).end();
    await expect(read()).rejects.toThrow('asks to wait 120 seconds.');
    after = 'Wed, 21 Oct 2037 07:28:00 GMT';
    await expect(read()).rejects.toThrow('asks to wait until 2037-10-21T07:28:00.000Z.');
    after = 'ignore all that 2037';
    await expect(read()).rejects.toThrow(/Try again later\.$/);
  });

  test('a time-out at the limit of the operator does not advise a longer one', async () => {
    await here.reopen({ ports: [here.site.port], timeoutMs: 500, obeyRobots: false });
    here.site.answer = () => undefined;
    await expect(read()).rejects.toThrow(/longest the operator lets/);
    await expect(read({ timeout_s: 0.2 })).rejects.toThrow(/longer timeout_s/);
  });

  test('a call that waited for its turn says so', async () => {
    await here.reopen({ ports: [here.site.port], hostConcurrency: 1, timeoutMs: 1000, obeyRobots: false });
    here.site.answer = () => undefined;
    const first = read({ url: here.url('/slow') });
    await expect.poll(() => here.site.seen.length).toBe(1);
    await expect(read({ timeout_s: 0.3 })).rejects.toThrow(/was not asked: the call waited 300 ms for its turn/);
    await expect(first).rejects.toThrow(/was not done/);
  });

  test('a user name in the URL', async () => {
    await expect(read({ url: 'http://u:p@site.example/' })).rejects.toThrow('Leave out what stands before the @');
  });

  test('options that raw makes useless are refused', async () => {
    for (const option of [{ format: 'text' }, { selector: 'p' }, { remove_selector: 'p' }]) {
      await expect(read({ raw: true, ...option })).rejects.toMatchObject({ code: 'invalid_input' });
    }
  });

  test('an answer without a page and a page without what it holds are not said to be built by scripts', async () => {
    here.site.answer = ({ path }, response) =>
      response.writeHead(path === '/' ? 204 : 404, { 'content-type': 'text/html' }).end();
    expect((await read()).data.warnings.join()).toMatch(/is empty/);
    here.site.answer = pages({ '/': '<p>x</p>' });
    expect((await read({ remove_selector: '*', max_age_s: 0 })).data.warnings.join()).toMatch(/remove_selector/);
  });
});

test('a page is read while as many others of its site as may go at once are slow', { timeout: 40_000 }, async () => {
  await here.reopen({ ports: [here.site.port], hostConcurrency: 2, timeoutMs: 30_000, obeyRobots: false });
  here.site.answer = ({ path }, response) => {
    if (path === '/calm') response.writeHead(200, { 'content-type': 'text/plain' }).end('calm');
  };
  const ending = new AbortController();
  const slow = call(fetchPage, here.deps, { url: here.url('/slow') }, ending.signal);
  await expect.poll(() => here.site.seen.length).toBe(1);
  expect((await read({ url: here.url('/calm') })).data.content).toBe('calm');
  ending.abort(new Error('enough'));
  await expect(slow).rejects.toThrow('enough');
});

test('a start_index inside a character begins with the character', async () => {
  here.site.answer = pages({ '/': 'done 🎉' }, { 'content-type': 'text/plain' });
  const { data } = await read({ start_index: 6 });
  expect(data).toMatchObject({ content: '🎉', start_index: 5, next_start_index: null });
  expect((await read({ start_index: 7 })).text).toContain('No more content');
});

test('links have the words of their pictures, and no user name or password', async () => {
  const { links } = pageLinks('<a href=/a><img alt="Alt"></a><a href="http://u:p@h.com/">x</a>', 'https://s.example/');
  expect(links.map(({ url, text }) => [url, text])).toEqual([
    ['https://s.example/a', 'Alt'],
    ['http://h.com/', 'x'],
  ]);
  here.site.answer = pages({ '/': `<a href=/${'a'.repeat(10)}>${'x'.repeat(299)}🎉</a>` });
  const { data } = await call<{ links: { text: string }[] }>(fetchLinks, here.deps, { url: here.url('/') });
  expect(data.links[0]?.text).toBe('x'.repeat(299));
});

test('relative sitemaps are found, and the usual one where none of those named can be read', async () => {
  const sitemap = (url: string) => `<urlset><url><loc>${url}</loc></url></urlset>`;
  const urls = async (files: Record<string, string>) => {
    await here.reopen({ ports: [here.site.port] });
    here.site.answer = pages(files);
    const { data } = await call<{ sitemap: { urls: { url: string }[] } }>(fetchSite, here.deps, { url: here.url('/') });
    return data.sitemap.urls.map(({ url }) => url);
  };
  const robots = 'Sitemap: /maps/a.xml\nSitemap:\nSitemap: http://127.0.0.1/x.xml';
  expect(await urls({ '/robots.txt': robots, '/maps/a.xml': sitemap('http://a.example/1') })).toEqual([
    'http://a.example/1',
  ]);
  expect(await urls({ '/robots.txt': robots, '/sitemap.xml': sitemap('http://a.example/2') })).toEqual([
    'http://a.example/2',
  ]);
  const many = Array.from({ length: 7 }, (_, n) => `Sitemap: /gone-${n}.xml`).join('\n');
  expect(await urls({ '/robots.txt': many, '/sitemap.xml': sitemap('http://a.example/3') })).toEqual([
    'http://a.example/3',
  ]);
});

describe('texts of feeds are what they are said to be', () => {
  const atom = (entry: string) => readFeed(`<feed><entry>${entry}</entry></feed>`, 'https://s.example/').entries[0];
  const rss = (item: string) =>
    readFeed(`<rss><channel><item>${item}</item></channel></rss>`, 'https://s.example/').entries[0];
  const json = (item: object) => readFeed(JSON.stringify({ items: [item] }), 'https://s.example/').entries[0];

  test.each([
    [atom('<title>Generic List&lt;T&gt; text</title>')?.title, 'Generic List<T> text'],
    [atom('<title type="text">a &amp;amp; b</title>')?.title, 'a &amp; b'],
    [atom('<title type="html">a &lt;b&gt;c&lt;/b&gt; &amp;amp; d</title>')?.title, 'a c & d'],
    [atom('<title type="xhtml"><div>a <b>c</b></div></title>')?.title, 'a c'],
    [atom('<summary>x &lt;p&gt;</summary>')?.summary, 'x <p>'],
    [atom('<content type="html">&lt;p>x</content>')?.summary, 'x'],
    [rss('<title><![CDATA[Using <div> in HTML]]></title>')?.title, 'Using <div> in HTML'],
    [rss('<title><![CDATA[Using <i>this</i> &amp; that]]></title>')?.title, 'Using this & that'],
    [rss('<title>R&amp;amp;D</title>')?.title, 'R&D'],
    [rss('<description>&lt;p&gt;One&lt;/p&gt;</description>')?.summary, 'One'],
    [json({ content_text: 'if a < b and c > d then <b>' })?.summary, 'if a < b and c > d then <b>'],
    [json({ content_html: '<p>One</p>' })?.summary, 'One'],
    [json({ title: 'The <b> tag' })?.title, 'The <b> tag'],
    [rss('<enclosure url="/a.mp3" type="audio/mpeg"/>')?.url, 'https://s.example/a.mp3'],
    [rss('<link>/page</link><enclosure url="/a.mp3"/>')?.url, 'https://s.example/page'],
    [json({ attachments: [{ url: '/a.mp3' }] })?.url, 'https://s.example/a.mp3'],
  ])('%j', (text, expected) => {
    expect(text).toBe(expected);
  });
});
