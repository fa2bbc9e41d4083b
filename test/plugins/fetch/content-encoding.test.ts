import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { PagePartData } from '../../../dist/plugins/fetch/page/page-output.js';
import { fetchPage } from '../../../dist/plugins/fetch/tools/fetch.js';
import { oneSite } from './support/one-site.ts';
import { call } from './support/open-test-fetch.ts';

const here = oneSite();
const text = 'A sentence that is said. '.repeat(4000);
const page = Buffer.from(text);

async function read(encoding: string, chunks: readonly Buffer[]): Promise<PagePartData> {
  here.site.answer = ({ path }, response) => {
    if (path === '/robots.txt') return void response.writeHead(404).end();
    response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': encoding });
    for (const chunk of chunks) response.write(chunk);
    response.end();
  };
  return (await call<PagePartData>(fetchPage, here.deps, { url: here.url('/'), max_length: 200_000 })).data;
}

const gzipped = gzipSync(page);
const named = Buffer.concat([
  Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]),
  Buffer.from('a.txt\0'),
  gzipped.subarray(10),
]);
const junk = Buffer.from('<!-- served by a cache in a hurry -->'.repeat(3));

describe('a body is decoded as browsers decode it', () => {
  test.each([
    ['gzip', 'gzip', [gzipped]],
    ['Brotli', 'br', [brotliCompressSync(page)]],
    ['deflate', 'deflate', [deflateSync(page)]],
    ['deflate without its wrapping', 'deflate', [deflateRawSync(page)]],
    [
      'deflate without its wrapping, a byte first',
      'deflate',
      [deflateRawSync(page).subarray(0, 1), deflateRawSync(page).subarray(1)],
    ],
    ['deflate within gzip', 'deflate, gzip', [gzipSync(deflateSync(page))]],
    ['gzip with bytes after its end', 'gzip', [gzipped, junk]],
    ['gzip with bytes after its end in one piece', 'gzip', [Buffer.concat([gzipped, junk])]],
    [
      'gzip with what looks like another member after its end',
      'gzip',
      [Buffer.concat([gzipped, Buffer.from([0x1f, 0x8b, 9]), junk])],
    ],
    ['gzip with a name, and bytes after its end', 'gzip', [Buffer.concat([named, junk])]],
    ['gzip with zeros after its end', 'gzip', [gzipped, Buffer.alloc(2000)]],
    ['gzip in two members', 'gzip', [gzipSync(page.subarray(0, 5000)), gzipSync(page.subarray(5000))]],
    [
      'gzip in two members with bytes after',
      'gzip',
      [gzipSync(page.subarray(0, 5000)), gzipSync(page.subarray(5000)), junk],
    ],
  ])('%s', async (_, encoding, chunks) => {
    const { content, warnings } = await read(encoding, chunks);
    expect(content).toBe(text);
    expect(warnings).toEqual([]);
  });

  test.each([
    ['gzip that is none', 'gzip', [junk]],
    ['gzip that is broken', 'gzip', [Buffer.concat([gzipped.subarray(0, 60), junk, junk])]],
    ['gzip that ends too soon', 'gzip', [gzipped.subarray(0, 60)]],
    ['deflate that is none', 'deflate', [Buffer.from('never deflated')]],
  ])('%s cannot be read', async (_, encoding, chunks) => {
    await expect(read(encoding, chunks)).rejects.toMatchObject({ code: 'upstream' });
  });

  test('bounded, however it is packed', async () => {
    const bomb = Buffer.alloc(20_000_000, 'a');
    await here.reopen({ maxBytes: 100_000 });
    for (const [encoding, body] of [
      ['deflate', deflateRawSync(bomb)],
      ['gzip', Buffer.concat([gzipSync(bomb), junk])],
    ] as const) {
      const { total_length, warnings } = await read(encoding, [body]);
      expect(total_length).toBe(100_000);
      expect(warnings.join()).toContain('only its beginning');
    }
  });
});
