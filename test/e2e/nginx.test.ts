import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';

const nginx = ['/usr/sbin/nginx', '/usr/bin/nginx', '/usr/local/sbin/nginx', '/opt/homebrew/bin/nginx'].find(
  existsSync,
);
if (!nginx)
  console.warn('\n*** NOT RUN: nginx is not installed here, so nothing behind a real proxy was tested. ***\n');

/** nginx with its defaults, buffering and compression included, in front of the gateway under /gw/. */
function configuration(folder: string, port: number, upstream: string, strips: boolean): string {
  return `
    daemon off; pid ${folder}/nginx.pid; error_log ${folder}/error.log;
    events { worker_connections 256; }
    http {
      access_log off; gzip on; proxy_buffering on;
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/f; uwsgi_temp_path ${folder}/u; scgi_temp_path ${folder}/s;
      server {
        listen 127.0.0.1:${port};
        location /gw/ {
          proxy_pass ${upstream}${strips ? '/' : ''};
          proxy_http_version 1.1;
          proxy_set_header X-Forwarded-Prefix /gw;
        }
      }
    }`;
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}

describe.runIf(nginx).each([
  ['strips the prefix, which the gateway learns from publicUrl', true, { publicUrl: 'https://tools.example.com/gw' }],
  [
    'passes the prefix on, which the gateway learns from publicUrl',
    false,
    { publicUrl: 'https://tools.example.com/gw' },
  ],
  ['strips the prefix and tells it, as a trusted proxy', true, { trustedProxies: ['127.0.0.1'] }],
] as const)('nginx that %s', (_title, strips, server) => {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-nginx-'));
  let running: TestGateway;
  let proxy: ChildProcess;
  let base: string;

  beforeAll(async () => {
    running = await startTestGateway({ server: { ...server }, sse: { interval: '1s' } });
    const port = await freePort();
    base = `http://127.0.0.1:${port}`;
    writeFileSync(join(folder, 'nginx.conf'), configuration(folder, port, running.url, strips));
    proxy = spawn(nginx ?? '', ['-c', join(folder, 'nginx.conf'), '-p', folder], { stdio: 'inherit' });
    while ((await fetch(`${base}/gw/health`).catch(() => undefined))?.status !== 200) await sleep(50);
  });
  afterAll(async () => {
    proxy.kill('SIGQUIT');
    await running.gateway.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('sends the endpoint with the public prefix, and events and keep-alives as they come', async () => {
    const { client, send } = await SseClient.session(base, '/gw/fixture/sse', { 'accept-encoding': 'gzip' });
    expect(client.events[0]?.data).toMatch(/^\/gw\/fixture\/message\?sessionId=/);
    expect(client.response.headers.get('content-encoding')).toBeNull();
    expect(
      (
        await send(
          request('tools/call', { name: 'wait', arguments: { ms: 900, steps: 3 }, _meta: { progressToken: 1 } }),
        )
      ).status,
    ).toBe(202);
    await client.next(({ data }) => data.includes('"progress":1'));
    expect(client.events.some(({ data }) => data.includes('"waited"'))).toBe(false); // the first step came before the last
    await client.answer(1);
    await expect.poll(() => client.comments.length, { timeout: 5000 }).toBeGreaterThan(0);
    client.close();
  });

  test.each([
    ['SSE', '/gw/fixture/sse', (url: URL) => new SSEClientTransport(url)],
    ['Streamable HTTP', '/gw/fixture/mcp', (url: URL) => new StreamableHTTPClientTransport(url)],
    ['SSE on the aggregate', '/gw/sse', (url: URL) => new SSEClientTransport(url)],
  ])('lets the official client list and call over %s', async (_name, path, transport) => {
    const client = new Client({ name: 'test', version: '1.0.0' });
    await client.connect(transport(new URL(`${base}${path}`)));
    const { tools } = await client.listTools();
    const name = tools.find((tool) => tool.name.endsWith('echo'))?.name ?? '';
    expect((await client.callTool({ name, arguments: { text: 'through' } })).structuredContent).toEqual({
      text: 'through',
    });
    await client.close();
  });

  test('calls a tool off when the client behind it goes away', async () => {
    const abort = new AbortController();
    const left = fetch(`${base}/gw/fixture/rpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request('tools/call', { name: 'wait', arguments: { ms: 20_000 } })),
      signal: abort.signal,
    }).catch(() => 'left');
    setTimeout(() => abort.abort(), 300);
    expect(await left).toBe('left');
    const started = Date.now();
    await running.gateway.stop(); // a call that still ran would hold this up for the whole drain time
    expect(Date.now() - started).toBeLessThan(8000);
  });
});
