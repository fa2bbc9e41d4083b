import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describeTool } from '../../../dist/core/face.js';
import type { FetchDeps } from '../../../dist/plugins/fetch/deps.js';
import { fetchPlugin } from '../../../dist/plugins/fetch/plugin.js';
import { aliases } from '../../../dist/plugins/fetch/tools/aliases.js';
import { httpRequest } from '../../../dist/plugins/fetch/tools/http-request.js';
import { call, openTestFetch, publicAddress } from './support/open-test-fetch.ts';
import { type OriginServer, startOrigin } from './support/origin-server.ts';

const offered = (config: unknown) =>
  fetchPlugin.tools.filter((tool) => fetchPlugin.offers(fetchPlugin.parseConfig(config), tool)).map(({ name }) => name);
const reading = ['fetch', 'fetch_many', 'fetch_find', 'fetch_links', 'fetch_metadata', 'fetch_feed', 'fetch_site'];

describe('the configuration', () => {
  test('offers the reading tools, and the others only where it says so', () => {
    expect(offered({})).toEqual(reading);
    expect(offered({ httpRequest: true })).toEqual([...reading, 'http_request']);
    expect(offered({ aliases: true })).toEqual([
      ...reading,
      'fetch_html',
      'fetch_markdown',
      'fetch_txt',
      'fetch_json',
      'fetch_readable',
    ]);
  });

  test('names a misspelt key and the nearest valid one', () => {
    expect(() => fetchPlugin.parseConfig({ privateNetwork: [] })).toThrow(
      /plugins\.fetch\.privateNetwork.*did you mean "privateNetworks"/,
    );
  });
});

test('every tool can be shown to clients', () => {
  for (const tool of fetchPlugin.tools)
    expect(describeTool(tool.name, tool).inputSchema).toMatchObject({ type: 'object', additionalProperties: false });
});

test('fetch keeps the names and defaults of the reference server', () => {
  const tool = fetchPlugin.tools.find(({ name }) => name === 'fetch');
  const properties = tool && describeTool('fetch', tool).inputSchema.properties;
  expect(properties).toMatchObject({
    url: { type: 'string' },
    max_length: { type: 'integer', default: 5000, minimum: 1, maximum: 999_999 },
    start_index: { type: 'integer', default: 0, minimum: 0 },
    raw: { type: 'boolean', default: false },
  });
  expect(tool && describeTool('fetch', tool).inputSchema.required).toEqual(['url']);
});

describe('tools that are off by default', () => {
  let site: OriginServer;
  let deps: FetchDeps;

  beforeEach(async () => {
    site = await startOrigin(publicAddress, ({ method, body, path }, response) => {
      if (path === '/robots.txt') response.writeHead(404).end();
      else if (path === '/packed') response.writeHead(200, { 'content-encoding': 'gzip' }).end();
      else if (path === '/again') response.writeHead(307, { location: 'http://127.0.0.1/' }).end();
      else
        response
          .writeHead(201, { 'content-type': 'application/json', 'set-cookie': 'secret=1', 'x-internal': 'x' })
          .end(JSON.stringify({ method, body }));
    });
    deps = openTestFetch([site.port]);
  });

  afterEach(async () => {
    await deps.close();
    await site.close();
  });

  const url = (path: string) => `http://site.example:${site.port}${path}`;

  test('http_request sends a body and shows status, text and the headers that matter', async () => {
    const { data } = await call(httpRequest, deps, { url: url('/x'), method: 'POST', json: { a: 1 } });
    expect(data).toMatchObject({ status: 201, body: '{"method":"POST","body":"{\\"a\\":1}"}', truncated: false });
    expect(Object.keys(data.headers as object).sort()).toEqual(['content-type', 'date']);
    expect(site.seen[0]?.headers['content-type']).toBe('application/json');
    const head = await call(httpRequest, deps, { url: url('/packed'), method: 'HEAD' });
    expect(head.data).toMatchObject({ status: 200, body: '', headers: { 'content-encoding': 'gzip' } });
  });

  test('http_request keeps to the guarded way out and to the allowed headers', async () => {
    await expect(call(httpRequest, deps, { url: url('/again'), method: 'POST', body: 'x' })).rejects.toMatchObject({
      code: 'denied',
    });
    await expect(call(httpRequest, deps, { url: 'http://127.0.0.1/', method: 'DELETE' })).rejects.toMatchObject({
      code: 'denied',
    });
    await expect(call(httpRequest, deps, { url: url('/x'), headers: { cookie: 'a' } })).rejects.toMatchObject({
      code: 'denied',
    });
    await expect(call(httpRequest, deps, { url: url('/x'), body: 'x' })).rejects.toMatchObject({
      code: 'invalid_input',
    });
    await expect(call(httpRequest, deps, { url: url('/x'), method: 'POST', body: 'x', json: 1 })).rejects.toMatchObject(
      { code: 'invalid_input' },
    );
  });

  test('aliases read the same page in their own form', async () => {
    site.answer = ({ path }, response) => {
      if (path === '/robots.txt') response.writeHead(404).end();
      else response.setHeader('content-type', 'text/html').end('<body><nav>Menu</nav><h1>Hi</h1></body>');
    };
    const texts = await Promise.all(
      aliases.map(async (tool) => [
        tool.name,
        (
          await call<{ content: string }>(tool, deps, { url: url('/p') }).catch(({ code }) => ({
            data: { content: code },
          }))
        ).data.content,
      ]),
    );
    expect(Object.fromEntries(texts)).toMatchObject({
      fetch_html: '<body><nav>Menu</nav><h1>Hi</h1></body>',
      fetch_markdown: 'Menu\n\n# Hi',
      fetch_txt: 'Menu\n\nHi',
      fetch_json: 'upstream',
    });
  });
});
