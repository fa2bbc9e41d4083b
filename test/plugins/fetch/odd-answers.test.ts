import { createServer, type Server } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FetchDeps } from '../../../dist/plugins/fetch/deps.js';
import type { PagePartData } from '../../../dist/plugins/fetch/page/page-output.js';
import { fetchPage } from '../../../dist/plugins/fetch/tools/fetch.js';
import { fetchMany } from '../../../dist/plugins/fetch/tools/fetch-many.js';
import { fetchSite } from '../../../dist/plugins/fetch/tools/fetch-site.js';
import { oneSite } from './support/one-site.ts';
import { call, openTestFetch, publicAddress } from './support/open-test-fetch.ts';
import { pages } from './support/origin-server.ts';

describe('a server that does not speak HTTP', () => {
  let server: Server;
  let deps: FetchDeps;
  let reply: (end: (bytes: string) => void, write: (bytes: string) => void) => void;

  beforeAll(async () => {
    server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', () =>
        reply(
          (bytes) => socket.end(bytes, 'latin1'),
          (bytes) => socket.write(bytes, 'latin1'),
        ),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, publicAddress, resolve));
    deps = openTestFetch([port()], { obeyRobots: false, timeoutMs: 1500 });
  });
  afterAll(async () => {
    await deps.close();
    server.close();
  });
  const port = () => {
    const address = server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  };
  const read = (scheme = 'http') => call(fetchPage, deps, { url: `${scheme}://site.example:${port()}/`, max_age_s: 0 });

  test.each([
    ['noise', 'garbage\r\n\r\n'],
    ['HTTP 0.9', '<html>hello</html>'],
    ['a zero byte', '\0\x01\x02\r\n'],
    ['a header with a space in its name', 'HTTP/1.1 200 OK\r\nBad Header: x\r\n\r\nhello'],
    ['a length below zero', 'HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello'],
    ['a chunk without a length', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello'],
    ['a status of 000', 'HTTP/1.1 000 Odd\r\nContent-Length: 2\r\n\r\nok'],
  ])('that sends %s is said to send no HTTP', async (_, bytes) => {
    reply = (end) => end(bytes);
    await expect(read()).rejects.toMatchObject({
      code: 'upstream',
      message: expect.stringMatching(/^site\.example:\d+ sent what is not an HTTP answer\. Nothing was read\.$/),
    });
  });

  test.each([
    ['closes without a word', ''],
    ['stops in the middle', 'HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello'],
    ['says two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello'],
    ['changes the protocol', 'HTTP/1.1 101 Switching\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\nhello'],
  ])('or that %s is an error of the other side in words', async (_, bytes) => {
    reply = (end) => end(bytes);
    await expect(read()).rejects.toMatchObject({
      code: 'upstream',
      message: expect.not.stringMatching(/undefined|UND_ERR/),
    });
  });

  test('that does not speak TLS is told apart from one that does not answer', async () => {
    reply = (end) => end('HTTP/1.1 400 Bad Request\r\n\r\n');
    await expect(read('https')).rejects.toMatchObject({
      code: 'upstream',
      message: expect.stringContaining('does not speak TLS'),
    });
  });

  test.each([
    ['its header', 'HTTP/1.1 200 OK\r\nX-A: ', 'a'],
    ['its body', 'HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n', '<p>x</p>'],
    ['its redirects', 'HTTP/1.1 302 Found\r\nLocation: /again\r\nX-A: ', 'a'],
  ])('that drips %s is left at the deadline', async (_, head, drop) => {
    reply = (__, write) => {
      write(head);
      const drip = setInterval(() => write(drop), 50);
      setTimeout(() => clearInterval(drip), 5000).unref();
    };
    const begun = performance.now();
    await expect(read()).rejects.toMatchObject({ code: 'timeout' });
    expect(performance.now() - begun).toBeLessThan(6000);
  });
});

describe('a page that changes', () => {
  const here = oneSite();
  const paragraph = 'A sentence that says something, and then says it again, so that there is text enough. ';

  test('says so to whoever reads on in another copy than they began with', async () => {
    const read = (input: Record<string, unknown>) =>
      call<PagePartData>(fetchPage, here.deps, { url: here.url('/p'), max_length: 200, ...input });
    here.site.answer = pages({ '/p': `<p>${paragraph}</p>`.repeat(20) });
    const first = await read({});
    const second = await read({ start_index: first.data.next_start_index });
    expect(second.data.warnings).toEqual([]);
    here.site.answer = pages({ '/p': `<p>New. ${paragraph}</p>`.repeat(20) });
    await read({ max_age_s: 0 });
    const third = await read({ start_index: second.data.next_start_index });
    expect(third.data.warnings.join()).toMatch(/start again at 0/);
    expect(third.text).toContain('start again at 0');
  });
});

describe('arguments', () => {
  const here = oneSite();

  test('fetch_site holds its URL against the same rules as every other tool', async () => {
    for (const url of [
      'http://user:pass@site.example/',
      ' http://site.example/',
      'http:\\\\site.example/',
      'ftp://site.example/',
    ]) {
      await expect(call(fetchSite, here.deps, { url })).rejects.toMatchObject({ code: 'invalid_input' });
    }
    expect(here.site.seen).toEqual([]);
  });

  test('fetch_many sends the allowed headers with every page, and no other', async () => {
    here.site.answer = pages({ '/a': '<p>a</p>', '/b': '<p>b</p>' });
    const urls = [here.url('/a'), here.url('/b')];
    await call(fetchMany, here.deps, { urls, headers: { 'Accept-Language': 'de' } });
    const languages = here.site.seen
      .filter(({ path }) => path !== '/robots.txt')
      .map(({ headers }) => headers['accept-language']);
    expect(languages).toEqual(['de', 'de']);
    const refused = await call<{ results: { error: string | null }[] }>(fetchMany, here.deps, {
      urls,
      headers: { cookie: 'x' },
    });
    expect(refused.data.results.map(({ error }) => error)).toEqual([
      expect.stringContaining('"cookie"'),
      expect.stringContaining('"cookie"'),
    ]);
  });
});

describe('JSON, lists and PDFs made to be large', () => {
  const here = oneSite();

  test('JSON is given as it stands where indents would be most of it', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    here.site.answer = pages({ '/d': deep }, { 'content-type': 'application/json' });
    const { data } = await call<PagePartData>(fetchPage, here.deps, { url: here.url('/d') });
    expect(data).toMatchObject({ kind: 'json', total_length: deep.length });
  });

  test('an image of more than models take is refused in words', async () => {
    const png = Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(5_000_000)]);
    here.site.answer = pages({ '/i': png }, { 'content-type': 'image/png' });
    await expect(call(fetchPage, here.deps, { url: here.url('/i') })).rejects.toMatchObject({
      code: 'too_large',
      message: expect.stringContaining('5000008 bytes'),
    });
  });

  test('a page that is called a picture is read as a page', async () => {
    here.site.answer = pages(
      { '/h': '<html><p>Words</p><p hidden>SECRET</p></html>' },
      { 'content-type': 'image/png' },
    );
    const { data } = await call<PagePartData>(fetchPage, here.deps, { url: here.url('/h') });
    expect(data).toMatchObject({ kind: 'html', content: 'Words' });
  });

  test('lists begin only with numbers that Markdown has', async () => {
    const list = (start: string) => `<ol start="${start}"><li>one</li><li value="9e99999">two</li></ol>`;
    here.site.answer = pages({ '/l': ['99999999999999999999', '-5', '999999999', '7', 'x'].map(list).join('<hr>') });
    const { data } = await call<PagePartData>(fetchPage, here.deps, { url: here.url('/l'), extract: 'full' });
    expect(data.content.match(/^\d+\./gm)).toEqual(['1.', '9.', '9.', '999999999.', '9.', '7.', '9.', '1.', '9.']);
    expect(data.content).toContain('\n- -5. one\n');
  });
});
