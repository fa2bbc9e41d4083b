import { brotliCompressSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { documentResource } from '../../../dist/plugins/fetch/page/document-resource.js';
import { fetchPrompt } from '../../../dist/plugins/fetch/page/fetch-prompt.js';
import type { PagePartData } from '../../../dist/plugins/fetch/page/page-output.js';
import { fetchPage } from '../../../dist/plugins/fetch/tools/fetch.js';
import { oneSite } from './support/one-site.ts';
import { call, contextOf } from './support/open-test-fetch.ts';
import { type Answerer, pages } from './support/origin-server.ts';
import { smallPdf } from './support/small-pdf.ts';

const here = oneSite();

const { url } = here;
const fetched = (input: Record<string, unknown>, signal?: AbortSignal) =>
  call<PagePartData>(fetchPage, here.deps, input, signal);
const { reopen } = here;
const pageRequests = () => here.site.seen.filter(({ path }) => path !== '/robots.txt');
const paragraph =
  'A sentence that says something, and then says it again, so that there is text enough to be content. ';
const article = `<main><h1>Heading</h1>${`<p>${paragraph}</p>`.repeat(6)}</main>`;

describe('paging', () => {
  test('reads 2 MB to the end from one download, and the parts join to the whole', async () => {
    const code = '<pre><code class="language-js">const a = 1;\n\nconst b = 2;</code></pre>';
    const body = `<main><h1>Long</h1>${`<h2>Part 😀</h2><p>${paragraph.repeat(5)}</p>${code}`.repeat(3600)}</main>`;
    expect(body.length).toBeGreaterThan(2_000_000);
    here.site.answer = pages({ '/long': body });
    await reopen({ cacheTtlMs: 0 });
    const parts: string[] = [];
    let next: number | null = 0;
    let total = 0;
    while (next !== null) {
      const { data } = await fetched({ url: url('/long'), start_index: next, max_length: 50_000 });
      expect(data.start_index).toBe(next);
      parts.push(data.content);
      total = data.total_length;
      next = data.next_start_index;
    }
    expect(pageRequests()).toHaveLength(1);
    expect(parts.join('')).toHaveLength(total);
    const whole = await fetched({ url: url('/long'), start_index: 1, max_length: 999_999 });
    expect(parts.join('').slice(1).startsWith(whole.data.content)).toBe(true);
    // Cut between blocks: never inside a fence.
    expect(parts.filter((part) => (part.match(/^```/gm)?.length ?? 0) % 2 !== 0)).toEqual([]);
  });

  test('never cuts a character in half, however small the parts', async () => {
    here.site.answer = pages({ '/e': '<p>😀😀😀</p>' });
    const first = await fetched({ url: url('/e'), max_length: 1 });
    expect(first.data.content).toBe('😀');
  });

  test('offers the whole text of a cut page as a resource', async () => {
    here.site.answer = pages({ '/long': article.repeat(20) });
    const { content, data } = await fetched({ url: url('/long'), max_length: 500 });
    const link = content.find(({ type }) => type === 'resource_link');
    const uri = link && 'uri' in link ? link.uri : '';
    const id = /^fetch-document:\/\/([\w-]+)$/.exec(uri)?.[1] ?? '';
    const [whole] = await documentResource.read(contextOf(here.deps), { id }, uri);
    expect(whole && 'text' in whole ? whole.text.length : 0).toBe(data.total_length);
    await expect(async () => documentResource.read(contextOf(here.deps), { id: 'gone' }, uri)).rejects.toMatchObject({
      code: 'unknown_resource',
    });
  });
});

describe('copies in memory', () => {
  test('are fetched and converted once for calls that come at the same time', async () => {
    here.site.answer = ({ path }, response) => {
      if (path === '/robots.txt') response.writeHead(404).end();
      else setTimeout(() => response.writeHead(200, { 'content-type': 'text/html' }).end(article), 100);
    };
    const answers = await Promise.all(Array.from({ length: 6 }, () => fetched({ url: url('/p') })));
    expect(pageRequests()).toHaveLength(1);
    expect(new Set(answers.map(({ data }) => data.content)).size).toBe(1);
    const leader = new AbortController();
    const cancelled = fetched({ url: url('/q') }, leader.signal);
    const follower = fetched({ url: url('/q') });
    setTimeout(() => leader.abort(new Error('gone')), 30);
    await expect(cancelled).rejects.toThrow('gone');
    expect((await follower).data.status).toBe(200);
  });

  test('are confirmed by ETag and Last-Modified where the caller wants them fresh', async () => {
    here.site.answer = ({ path, headers }, response) => {
      if (path === '/robots.txt') response.writeHead(404).end();
      else if (headers['if-none-match'] === '"v1"' && headers['if-modified-since'] !== undefined)
        response.writeHead(304).end();
      else
        response
          .writeHead(200, {
            'content-type': 'text/html',
            etag: '"v1"',
            'last-modified': 'Thu, 01 Jan 2026 00:00:00 GMT',
          })
          .end(article);
    };
    const first = await fetched({ url: url('/p') });
    const second = await fetched({ url: url('/p'), max_age_s: 0 });
    expect([first.data.from_cache, second.data.from_cache, second.data.etag]).toEqual([false, true, '"v1"']);
    expect(second.data.content).toBe(first.data.content);
    expect(pageRequests()).toHaveLength(2);
  });

  test('that the site does not want kept are asked for again, but serve the rest of a reading', async () => {
    here.site.answer = pages({ '/p': article.repeat(10) }, { 'cache-control': 'no-store' });
    const { data } = await fetched({ url: url('/p'), max_length: 500 });
    await fetched({ url: url('/p'), max_length: 500, start_index: data.next_start_index });
    expect(pageRequests()).toHaveLength(1);
    await fetched({ url: url('/p'), max_length: 500 });
    expect(pageRequests()).toHaveLength(2);
  });

  test('stay within their budget of bytes', async () => {
    await reopen({ cacheBytes: 100_000 });
    here.site.answer = ({ path }, response) =>
      response.writeHead(200, { 'content-type': 'text/plain' }).end(path === '/robots.txt' ? '' : 'x'.repeat(20_000));
    for (let number = 0; number < 10; number++) await fetched({ url: url(`/${number}`) });
    expect(Number(here.deps.health().checks?.snapshotBytes)).toBeLessThanOrEqual(100_000);
    expect(Number(here.deps.health().checks?.snapshots)).toBeGreaterThan(0);
  });
});

describe('robots.txt', () => {
  const withRobots =
    (robots: string, status = 200): Answerer =>
    ({ path }, response) => {
      if (path === '/robots.txt') response.writeHead(status).end(robots);
      else response.writeHead(200, { 'content-type': 'text/html' }).end(article);
    };

  test('forbids for the tool and not for the prompt, which a person starts', async () => {
    here.site.answer = withRobots('User-agent: *\nDisallow: /private');
    await expect(fetched({ url: url('/private/x') })).rejects.toMatchObject({
      code: 'denied',
      message: expect.stringContaining('robots.txt'),
    });
    expect(pageRequests()).toEqual([]);
    const [message] = await fetchPrompt.get(contextOf(here.deps), { url: url('/private/x') });
    expect(message?.content).toMatchObject({ type: 'text', text: expect.stringContaining('# Heading') });
    expect((await fetched({ url: url('/open') })).data.content).toContain('# Heading');
  });

  test('is fetched once for an origin', async () => {
    here.site.answer = withRobots('User-agent: *\nAllow: /');
    await Promise.all(['/a', '/b', '/c'].map((path) => fetched({ url: url(path) })));
    await fetched({ url: url('/d') });
    expect(here.site.seen.filter(({ path }) => path === '/robots.txt')).toHaveLength(1);
  });

  test.each([
    ['401', 401, false],
    ['403', 403, false],
    ['404', 404, true],
    ['500', 500, false],
  ])('that answers %s decides as the standard and the reference server have it', async (_, status, isAllowed) => {
    here.site.answer = withRobots('', status);
    const outcome = fetched({ url: url('/p') });
    if (isAllowed) expect((await outcome).data.status).toBe(200);
    else await expect(outcome).rejects.toMatchObject({ code: 'denied' });
  });

  test('of the place a redirect leads to counts as well', async () => {
    here.site.answer = ({ host, path }, response) => {
      if (path === '/robots.txt') response.end(host.startsWith('shut') ? 'User-agent: *\nDisallow: /' : '');
      else response.writeHead(302, { location: url('/x', 'shut.example') }).end();
    };
    await expect(fetched({ url: url('/go') })).rejects.toMatchObject({ code: 'denied' });
    expect(pageRequests().filter(({ host }) => host.startsWith('shut'))).toEqual([]);
  });

  test('is read to 500 KiB of what it unpacks to, and counts to the last whole line', async () => {
    const line = 'Disallow: /no\n';
    const rules = `User-agent: *\n${line.repeat(40_000)}Disallow: /late\n`;
    expect(rules.length).toBeGreaterThan(512_000);
    here.site.answer = ({ path }, response) => {
      if (path !== '/robots.txt') response.writeHead(200, { 'content-type': 'text/html' }).end(article);
      else response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(rules));
    };
    await expect(fetched({ url: url('/no') })).rejects.toMatchObject({ code: 'denied' });
    expect((await fetched({ url: url('/late') })).data.status).toBe(200);
    const verdict = await here.deps.robots(new URL(url('/')).origin, contextOf(here.deps));
    const kept = 'text' in verdict ? verdict.text : '';
    expect(kept.length).toBeLessThanOrEqual(512_000);
    expect(kept.endsWith(line)).toBe(true);
  });

  test('is not asked where the operator says so', async () => {
    await reopen({ obeyRobots: false });
    here.site.answer = withRobots('User-agent: *\nDisallow: /');
    expect((await fetched({ url: url('/p') })).data.status).toBe(200);
  });
});

describe('kinds of content', () => {
  const answer =
    (type: string | undefined, body: string | Buffer): Answerer =>
    ({ path }, response) => {
      if (path === '/robots.txt') response.writeHead(404).end();
      else response.writeHead(200, type === undefined ? {} : { 'content-type': type }).end(body);
    };
  const content = async (type: string | undefined, body: string | Buffer, input: Record<string, unknown> = {}) => {
    here.site.answer = answer(type, body);
    return fetched({ url: url('/x'), ...input });
  };

  test('JSON is indented without touching its numbers and keys', async () => {
    const { data, text } = await content('application/json', '{"big":12345678901234567890,"a":[],"b":{"c":1.0}}');
    expect(data.content).toBe('{\n  "big": 12345678901234567890,\n  "a": [],\n  "b": {\n    "c": 1.0\n  }\n}');
    expect(
      text.startsWith(
        'Content type application/json cannot be simplified to markdown, but here is the raw content:\nContents of',
      ),
    ).toBe(true);
  });

  test('raw is the response as it came', async () => {
    const { data } = await content('text/html', '<p>Hello</p>', { raw: true });
    expect(data).toMatchObject({ content: '<p>Hello</p>', extraction: 'none' });
  });

  test('a PDF is text by page', async () => {
    const { data } = await content('application/pdf', smallPdf(['First page words', 'Second page words']));
    expect(data).toMatchObject({ kind: 'pdf' });
    expect(data.content).toBe('## Page 1\n\nFirst page words\n\n## Page 2\n\nSecond page words');
  });

  test('an image is image content', async () => {
    const png = Buffer.from(
      'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
      'base64',
    );
    const result = await content('image/png', png);
    expect(result.content).toEqual([{ type: 'image', data: png.toString('base64'), mimeType: 'image/png' }]);
  });

  test.each([
    ['a PDF said to be HTML', 'text/html', smallPdf(['Inside']), 'pdf'],
    ['a page with no type', undefined, '<!doctype html><title>T</title><p>Words</p>', 'html'],
    [
      'a feed said to be XML',
      'text/xml',
      '<?xml version="1.0"?><rss><channel><title>F</title></channel></rss>',
      'feed',
    ],
    ['Markdown', 'text/markdown', '# As it is <b>', 'markdown'],
    ['plain text', 'text/plain', '<html>is text here</html>', 'text'],
  ])('%s is taken for what it is', async (_, type, body, kind) => {
    expect((await content(type, body)).data.kind).toBe(kind);
  });

  test('binary bytes are refused in words, whatever they are said to be', async () => {
    const bytes = Buffer.from([0, 1, 2, 3, 0, 255, 0, 7, 8, 1, 2, 3, 0, 0]);
    await expect(content('text/html', bytes)).rejects.toMatchObject({ code: 'unsupported' });
    await expect(content('application/zip', Buffer.concat([Buffer.from('PK\x03\x04'), bytes]))).rejects.toMatchObject({
      code: 'unsupported',
    });
  });

  test.each([
    ['a byte order mark', 'text/html; charset=iso-8859-1', Buffer.from('\ufeff<p>naïve ☃</p>'), 'naïve ☃'],
    ['the header', 'text/html; charset=windows-1251', Buffer.from([0x3c, 0x70, 0x3e, 0xcf, 0xf0, 0xe8]), 'При'],
    [
      'the page',
      'text/html',
      Buffer.concat([Buffer.from('<meta charset="shift_jis"><p>'), Buffer.from([0x93, 0xfa, 0x96, 0x7b])]),
      '日本',
    ],
    ['its bytes', 'text/html', Buffer.from('<p>naïve</p>'), 'naïve'],
    ['neither: then windows-1252', 'text/html', Buffer.from('<p>caf\xe9</p>', 'latin1'), 'café'],
    [
      'a header that is wrong',
      'text/html; charset=utf-8',
      Buffer.from('<p>caf\xe9 r\xe9sum\xe9</p>', 'latin1'),
      'café résumé',
    ],
    ['UTF-16', 'text/html', Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from('<p>wide</p>', 'utf16le')]), 'wide'],
  ])('the charset is told by %s', async (_, type, body, text) => {
    expect((await content(type, body)).data.content).toBe(text);
  });

  test.each([
    ['gzip', gzipSync('<p>packed</p>')],
    ['br', brotliCompressSync('<p>packed</p>')],
  ])('%s is unpacked', async (encoding, body) => {
    here.site.answer = ({ path }, response) =>
      path === '/robots.txt'
        ? response.writeHead(404).end()
        : response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': encoding }).end(body);
    expect((await fetched({ url: url('/x') })).data.content).toBe('packed');
  });

  test('a broken or unknown encoding is an error in words', async () => {
    here.site.answer = ({ path }, response) => {
      if (path === '/robots.txt') response.writeHead(404).end();
      else response.writeHead(200, { 'content-encoding': path === '/bad' ? 'gzip' : 'martian' }).end('not packed');
    };
    await expect(fetched({ url: url('/bad') })).rejects.toMatchObject({
      code: 'upstream',
      message: expect.stringContaining('gzip'),
    });
    await expect(fetched({ url: url('/odd') })).rejects.toMatchObject({
      code: 'upstream',
      message: expect.stringContaining('martian'),
    });
  });
});

describe('requests', () => {
  test('say who asks, prefer Markdown, and send no header the operator did not allow', async () => {
    here.site.answer = pages({ '/p': article });
    await fetched({ url: url('/p'), headers: { 'Accept-Language': 'de' } });
    expect(pageRequests()[0]?.headers).toMatchObject({
      'user-agent': expect.stringContaining('ModelContextProtocol/1.0 (Autonomous'),
      accept: expect.stringMatching(/^text\/markdown/),
      'accept-language': 'de',
    });
    for (const name of ['Authorization', 'Cookie', 'Host', 'X-Forwarded-For']) {
      await expect(fetched({ url: url('/p'), headers: { [name]: 'x' } })).rejects.toMatchObject({ code: 'denied' });
    }
    expect(pageRequests()).toHaveLength(1);
  });

  test('keep allowed secrets on their own origin and drop them on any other', async () => {
    await reopen({ allowHeaders: ['authorization', 'x-api-key', 'cookie'], obeyRobots: false });
    here.site.answer = ({ path }, response) => {
      if (path === '/start') response.writeHead(302, { location: '/same' }).end();
      else if (path === '/same') response.writeHead(302, { location: url('/other', 'other.example') }).end();
      else response.end('done');
    };
    const secrets = { authorization: 'Bearer s', 'x-api-key': 's', cookie: 's=1' };
    await fetched({ url: url('/start'), headers: secrets });
    expect(
      here.site.seen.map(({ path, headers }) => [path, headers.authorization, headers['x-api-key'], headers.cookie]),
    ).toEqual([
      ['/start', 'Bearer s', 's', 's=1'],
      ['/same', 'Bearer s', 's', 's=1'],
      ['/other', undefined, undefined, undefined],
    ]);
  });

  test('follow so many redirects and no more, and say where they led', async () => {
    here.site.answer = ({ path }, response) => {
      const left = Number(path.slice(1));
      if (path === '/robots.txt') response.writeHead(404).end();
      else if (left > 0) response.writeHead(301, { location: `/${left - 1}#x y` }).end();
      else response.end('end');
    };
    const { data } = await fetched({ url: url('/5') });
    expect([data.final_url, data.redirects.length]).toEqual([url('/0'), 5]);
    await expect(fetched({ url: url('/6') })).rejects.toMatchObject({ code: 'upstream' });
  });

  test.each([undefined, '', 'http://', 'http://[', '::'])(
    'a redirect to %j is an error that shows nothing of its body',
    async (location) => {
      here.site.answer = ({ path }, response) => {
        if (path === '/robots.txt') response.writeHead(404).end();
        else if (path === '/go')
          response.writeHead(302, location === undefined ? {} : { location }).end('body of the redirect');
        else response.writeHead(404).end();
      };
      const error: unknown = await fetched({ url: url('/go') }).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: expect.stringMatching(/upstream|invalid_input/) });
      expect(String(error)).not.toContain('body of the redirect');
    },
  );

  test('never follow a refresh, in a header or in a page', async () => {
    here.site.answer = pages(
      { '/p': `<meta http-equiv="refresh" content="0;url=/elsewhere">${article}` },
      { refresh: '0;url=/elsewhere' },
    );
    await fetched({ url: url('/p') });
    expect(pageRequests().map(({ path }) => path)).toEqual(['/p']);
  });

  test('end at their deadline, with the caller, and at too many header bytes', async () => {
    here.site.answer = ({ path }, response) => {
      if (path === '/robots.txt') response.writeHead(404).end();
      else if (path === '/slow')
        response.write('a'); // and nothing more
      else if (path === '/headers') response.writeHead(200, { 'x-long': 'a'.repeat(70_000) }).end('x');
    };
    await expect(fetched({ url: url('/slow'), timeout_s: 0.3 })).rejects.toMatchObject({ code: 'timeout' });
    const caller = new AbortController();
    const pending = fetched({ url: url('/slow') }, caller.signal);
    setTimeout(() => caller.abort(new Error('gone')), 100);
    await expect(pending).rejects.toThrow('gone');
    await expect(fetched({ url: url('/headers') })).rejects.toMatchObject({
      code: 'upstream',
      message: expect.stringContaining('header'),
    });
  });

  test('wait their turn: so many at once to one host', async () => {
    await reopen({ hostConcurrency: 2, obeyRobots: false });
    let open = 0;
    let most = 0;
    here.site.answer = (_, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        response.end('x');
      }, 50);
    };
    const all = Array.from({ length: 8 }, (_, index) =>
      call(fetchPage, here.deps, { url: url(`/${index}`) }, undefined, `caller ${index % 2}`),
    );
    await Promise.all(all);
    expect(most).toBe(2);
  });

  test('that hang keep no other caller from their host', async () => {
    await reopen({ hostConcurrency: 3, obeyRobots: false });
    let hanging = 0;
    here.site.answer = ({ path }, response) => {
      if (path.startsWith('/hang')) hanging++;
      else response.end('Small page.');
    };
    const end = new AbortController();
    const hung = Array.from({ length: 8 }, (_, index) =>
      call(fetchPage, here.deps, { url: url(`/hang${index}`) }, end.signal, 'a').catch(() => undefined),
    );
    await expect.poll(() => hanging).toBe(2);
    const small = await Promise.all(
      Array.from({ length: 4 }, (_, index) =>
        call<{ content: string }>(fetchPage, here.deps, { url: url(`/small${index}`) }, undefined, 'b'),
      ),
    );
    expect(small.map(({ data }) => data.content)).toEqual(Array.from({ length: 4 }, () => 'Small page.'));
    expect(hanging).toBe(2);
    end.abort();
    await Promise.all(hung);
  });

  test('that fail are explained', async () => {
    here.site.answer = (_, response) => response.writeHead(404).end('secret body');
    await expect(fetched({ url: url('/none') })).rejects.toMatchObject({
      code: 'upstream',
      message: expect.stringMatching(/status code 404/),
    });
    await expect(fetched({ url: url('/', 'unknown.test') })).rejects.toMatchObject({
      code: 'upstream',
      message: expect.stringContaining('cannot be resolved'),
    });
    const port = here.site.port;
    await here.site.close();
    await expect(fetched({ url: `http://fresh.example:${port}/` })).rejects.toMatchObject({
      code: 'upstream',
      message: expect.stringContaining('refused'),
    });
  });
});
