import { createGzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FetchDeps } from '../../../dist/plugins/fetch/deps.js';
import type { PagePartData } from '../../../dist/plugins/fetch/page/page-output.js';
import { fetchPage } from '../../../dist/plugins/fetch/tools/fetch.js';
import { call, openTestFetch, publicAddress } from './support/open-test-fetch.ts';
import { type OriginServer, startOrigin } from './support/origin-server.ts';

const hostile: Readonly<Record<string, string>> = {
  '20,000 nested elements': `${'<div>'.repeat(20_000)}deep`,
  '20,000 nested inline elements': `${'<b><i>'.repeat(10_000)}deep`,
  'a table of 50,000 cells without a header': `<table>${`<tr>${'<td>cell</td>'.repeat(10)}</tr>`.repeat(5000)}</table>`,
  'cells that span a thousand rows and columns': `<table>${'<tr><td rowspan=1000 colspan=1000>x</td></tr>'.repeat(3000)}</table>`,
  '1 MB of <': '<'.repeat(1_000_000),
  '2,000 nested links': '<a href="/x"><p>link'.repeat(2000),
  '1,500 nested lists': '<ul><li>item'.repeat(1500),
  '3,000 nested quotes': '<blockquote>q'.repeat(3000),
  'unclosed comments': '<!--'.repeat(250_000),
  '100,000 attributes': `<a ${Array.from({ length: 100_000 }, (_, index) => `a${index}=b`).join(' ')}>x</a>`,
  'closing tags without end under a deep stack': `${'<div>'.repeat(20_000)}${'</x>'.repeat(100_000)}`,
  'white space between 100,000 inline elements': `<p>${'a<b> </b>'.repeat(100_000)}</p>`,
  '2 MB of spaces': `<p>${' '.repeat(2_000_000)}x`,
  '1 MB of marks to escape': `<p>${'*_`['.repeat(250_000)}`,
};

/** Shapes that must not cost more than their length: with a square in it none of them would be done in time. */
const long: Readonly<Record<string, string>> = {
  '50,000 line breaks in a list item': `<ul><li>a${'<br>'.repeat(50_000)}b</ul>`,
  '50,000 line breaks in elements of their own': `<p>a${'<b><br></b>'.repeat(50_000)}b</p>`,
  '50,000 line breaks in a cell': `<table><tr><th>a<th>b<tr><td>a${'<br>'.repeat(50_000)}b<td>c</table>`,
  '5,000 heads': '<head><title>a</title><p>x</p></head>'.repeat(5000) + '<head>'.repeat(5000),
  '100,000 wide spaces in a heading': `<h1>a${'\u2003'.repeat(100_000)}b</h1>`,
  '200,000 empty lines of code': `<pre>a${'\n'.repeat(200_000)}b</pre>`,
};

const convertTimeoutMs = 4000;
/** A conversion may use all its time, its replacement by bare text as much again; the rest is for a slow machine. */
const bound = convertTimeoutMs * 2 + 10_000;

let site: OriginServer;
let deps: FetchDeps;

beforeAll(async () => {
  site = await startOrigin(publicAddress, ({ path }, response) => {
    if (path === '/robots.txt') return response.writeHead(404).end();
    if (path === '/bomb')
      return sendBomb(response.writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip' }));
    if (path === '/twice') {
      return response
        .writeHead(200, { 'content-type': 'text/html', 'content-encoding': 'gzip, gzip' })
        .end(gzipSync(gzipSync(Buffer.alloc(100_000_000))));
    }
    const page = path.startsWith('/small')
      ? '<p>Small page.</p>'
      : { ...hostile, ...long }[decodeURIComponent(path.slice(1))];
    return response.writeHead(200, { 'content-type': 'text/html' }).end(page);
  });
  deps = openTestFetch([site.port], { convertTimeoutMs });
});

afterAll(async () => {
  await deps.close();
  await site.close();
});

/** 400 MB of zeros in 400 KB. */
function sendBomb(response: NodeJS.WritableStream): void {
  const gzip = createGzip({ level: 9 });
  gzip
    .on('error', () => undefined)
    .pipe(response)
    .on('error', () => gzip.destroy());
  const chunk = Buffer.alloc(4_000_000);
  let left = 100;
  const write = () => {
    while (left-- > 0) if (!gzip.write(chunk)) return void gzip.once('drain', write);
    gzip.end();
  };
  write();
}

const fetched = (path: string, input: Record<string, unknown> = {}) =>
  call<PagePartData>(fetchPage, deps, { url: `http://site.example:${site.port}${path}`, ...input });

describe('hostile pages end within their deadline', () => {
  test.each(Object.keys(hostile))('%s', async (name) => {
    const begun = performance.now();
    const { data } = await fetched(`/${encodeURIComponent(name)}`);
    expect(performance.now() - begun).toBeLessThan(bound);
    expect(data.status).toBe(200);
  });

  test.each(Object.keys(long))('%s are converted', async (name) => {
    const { data } = await fetched(`/${encodeURIComponent(name)}`);
    expect(data.warnings.join()).not.toContain('bare text');
  });

  test('400 MB in a gzip of 400 KB is read to the limit and no further', async () => {
    const before = process.memoryUsage().rss;
    const { data } = await fetched('/bomb', { raw: true, max_length: 10 }).catch((error: Error) => ({
      data: { warnings: [error.message] },
    }));
    expect(data.warnings.join()).toMatch(/maxBytes|binary/);
    expect(process.memoryUsage().rss - before).toBeLessThan(200_000_000);
    await expect(fetched('/twice')).rejects.toMatchObject({ code: 'unsupported' });
  });
});

test('small pages beside a hostile one are answered before it ends', async () => {
  await fetched('/small');
  const order: string[] = [];
  const heavy = fetched(`/${encodeURIComponent('closing tags without end under a deep stack')}`, {
    extract: 'full',
  }).then(() => order.push('hostile'));
  for (let number = 0; number < 5; number++) {
    await fetched(`/small?${number}`);
    order.push('small');
  }
  await heavy;
  expect(order).toEqual(['small', 'small', 'small', 'small', 'small', 'hostile']);
}, 60_000);
