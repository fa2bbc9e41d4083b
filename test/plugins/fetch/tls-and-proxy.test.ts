import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttp, type Server } from 'node:http';
import { createServer as createHttps } from 'node:https';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { FetchDeps } from '../../../dist/plugins/fetch/deps.js';
import type { PagePartData } from '../../../dist/plugins/fetch/page/page-output.js';
import { fetchPage } from '../../../dist/plugins/fetch/tools/fetch.js';
import { call, openTestFetch, publicAddress, resolverOf } from './support/open-test-fetch.ts';
import { type OriginServer, startOrigin } from './support/origin-server.ts';
import { testCertificate } from './support/test-certificate.ts';

const folder = mkdtempSync(join(tmpdir(), 'fetch-tls-'));
const caFile = join(folder, 'ca.pem');
const seen: { host: string | undefined; path: string | undefined; authorization: string | undefined }[] = [];
let secure: Server;
let port = 0;
let plain: OriginServer;

beforeAll(async () => {
  writeFileSync(caFile, testCertificate.cert);
  plain = await startOrigin(publicAddress, (_, response) => response.end('plain'));
  secure = createHttps(testCertificate, ({ headers, url }, response) => {
    seen.push({ host: headers.host, path: url, authorization: headers.authorization });
    if (url === '/down') response.writeHead(302, { location: `http://site.example:${plain.port}/` }).end();
    else if (url === '/away') response.writeHead(302, { location: `https://other.example:${port}/there` }).end();
    else response.end('secure');
  });
  await new Promise<void>((resolve) => secure.listen(0, publicAddress, resolve));
  port = (secure.address() as AddressInfo).port;
});

afterAll(async () => {
  await plain.close();
  await new Promise((resolve) => secure.close(resolve));
  rmSync(folder, { recursive: true });
});

async function withFetch<T>(settings: Record<string, unknown>, use: (deps: FetchDeps) => Promise<T>): Promise<T> {
  const deps = openTestFetch(
    [port, plain.port],
    { obeyRobots: false, ...settings },
    resolverOf({ 'inside.example': ['127.0.0.1'] }),
  );
  try {
    return await use(deps);
  } finally {
    await deps.close();
  }
}

test('a certificate of an authority nobody knows is refused, and trusted where the operator names its file', async () => {
  const url = `https://site.example:${port}/`;
  await expect(withFetch({}, (deps) => call(fetchPage, deps, { url }))).rejects.toMatchObject({
    code: 'upstream',
    message: expect.stringContaining('caFile'),
  });
  const { data } = await withFetch({ caFile }, (deps) => call<PagePartData>(fetchPage, deps, { url }));
  expect(data.content).toBe('secure');
  await expect(withFetch({ caFile: join(folder, 'none.pem') }, async () => undefined)).rejects.toMatchObject({
    code: 'bad_config',
  });
});

test('a redirect from https to http is not followed unless the operator says so', async () => {
  const url = `https://site.example:${port}/down`;
  await expect(withFetch({ caFile }, (deps) => call(fetchPage, deps, { url }))).rejects.toMatchObject({
    code: 'denied',
  });
  expect(plain.seen).toEqual([]);
  const { data } = await withFetch({ caFile, allowDowngrade: true }, (deps) =>
    call<PagePartData>(fetchPage, deps, { url }),
  );
  expect(data.content).toBe('plain');
});

test("the operator's headers go to their own host over https, and not with a redirect or over http", async () => {
  seen.length = 0;
  plain.seen.length = 0;
  const hostHeaders = { 'site.example': { Authorization: 'Bearer operator' } };
  await withFetch({ caFile, hostHeaders }, async (deps) => {
    await call(fetchPage, deps, { url: `https://site.example:${port}/away` });
    await call(fetchPage, deps, { url: `http://site.example:${plain.port}/` });
  });
  expect(seen.map(({ path, authorization }) => [path, authorization])).toEqual([
    ['/away', 'Bearer operator'],
    ['/there', undefined],
  ]);
  expect(plain.seen[0]?.headers.authorization).toBeUndefined();
});

test('a proxy carries every request, and what this machine knows to be private is refused before it', async () => {
  const tunnels: string[] = [];
  const asked: string[] = [];
  const proxy = createHttp(({ url = '', headers }, response) => {
    asked.push(url);
    const { port: to, pathname } = new URL(url);
    void fetch(`http://${publicAddress}:${to}${pathname}`, { headers: { accept: headers.accept ?? '' } })
      .then((answer) => answer.text())
      .then((text) => response.end(text));
  }).on('connect', ({ url = '' }, client, head) => {
    tunnels.push(url);
    const upstream = connect(Number(url.split(':')[1]), publicAddress, () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client).pipe(upstream);
    });
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  const settings = { caFile, proxy: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}` };
  await withFetch(settings, async (deps) => {
    expect((await call<PagePartData>(fetchPage, deps, { url: `https://site.example:${port}/` })).data.content).toBe(
      'secure',
    );
    expect(
      (await call<PagePartData>(fetchPage, deps, { url: `http://only-the-proxy-knows.test:${plain.port}/` })).data
        .content,
    ).toBe('plain');
    for (const url of [`http://inside.example:${plain.port}/`, `http://127.0.0.1:${plain.port}/`]) {
      await expect(call(fetchPage, deps, { url })).rejects.toMatchObject({ code: 'denied' });
    }
  });
  await new Promise((resolve) => {
    proxy.close(resolve);
    proxy.closeAllConnections();
  });
  expect(tunnels).toEqual([`site.example:${port}`]);
  expect(asked).toEqual([`http://only-the-proxy-knows.test:${plain.port}/`]);
});
