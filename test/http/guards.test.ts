import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { getRaw, sendRaw } from '../support/raw-http.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({
    server: {
      allowedHosts: ['gateway.internal', 'ported.internal:9999'],
      allowedOrigins: ['https://chat.example.com'],
      publicUrl: 'https://tools.example.com',
    },
  });
});
afterAll(() => running.gateway.stop());

const paths = [
  '/',
  '/health',
  '/ready',
  '/tools',
  '/fixture/health',
  '/fixture/tools',
  '/fixture/sse',
  '/fixture/openapi.json',
  '/nothing',
];

describe('Host', () => {
  test.each(paths)('a foreign one is refused on %s', async (path) => {
    expect((await getRaw(running.url, path, ['Host: evil.com'])).status).toBe(403);
  });

  test.each([
    'localhost:8000',
    '127.0.0.1',
    '[::1]:8000',
    'LOCALHOST',
    'gateway.internal',
    'gateway.internal:1234',
    'ported.internal:9999',
    'tools.example.com',
  ])('%s is let in', async (host) => {
    expect((await getRaw(running.url, '/health', [`Host: ${host}`])).status).toBe(200);
  });

  test.each([
    'localhost.evil.com',
    'evil-localhost',
    '127.0.0.1.nip.io',
    'localhost@evil.com',
    'localhost:80:80',
    'ported.internal',
    'ported.internal:1',
    '127.0.0.2x',
    'xn--localhost',
    'a/../localhost',
    '',
  ])('"%s" is not', async (host) => {
    expect((await getRaw(running.url, '/health', [`Host: ${host}`])).status).toBeGreaterThanOrEqual(400);
  });

  test('must be there once', async () => {
    expect((await sendRaw(running.url, 'GET /health HTTP/1.0\r\n\r\n')).status).toBe(400);
    expect((await getRaw(running.url, '/health', ['Host: localhost', 'Host: evil.com'])).status).toBe(400);
  });

  test('in the request target counts too', async () => {
    expect((await getRaw(running.url, 'http://evil.com/health', ['Host: localhost'])).status).toBe(403);
    expect((await getRaw(running.url, 'http://localhost/health', ['Host: localhost'])).status).toBe(200);
  });

  test('is not taken from a forwarding header', async () => {
    expect((await getRaw(running.url, '/health', ['Host: localhost', 'X-Forwarded-Host: evil.com'])).status).toBe(200);
    expect((await getRaw(running.url, '/health', ['Host: evil.com', 'X-Forwarded-Host: localhost'])).status).toBe(403);
  });
});

describe('Origin', () => {
  test.each([
    'http://localhost:3000',
    'http://127.0.0.1',
    'https://[::1]:8443',
    'https://chat.example.com',
    'https://tools.example.com',
  ])('%s is let in, and told so', async (origin) => {
    const response = await fetch(`${running.url}/health`, { headers: { origin } });
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([200, origin]);
  });

  test.each([
    'null',
    'https://evil.com',
    'http://localhost.evil.com',
    'http://localhost:1@evil.com',
    'http://127.0.0.1.nip.io',
    'file://',
    'http://chat.example.com',
    'https://chat.example.com.evil.com',
    'localhost',
    '',
  ])('"%s" is not', async (origin) => {
    expect((await getRaw(running.url, '/fixture/tools', ['Host: localhost', `Origin: ${origin}`])).status).toBe(403);
  });

  test('may not come twice', async () => {
    expect(
      (
        await getRaw(running.url, '/health', [
          'Host: localhost',
          'Origin: http://localhost',
          'Origin: http://localhost',
        ])
      ).status,
    ).toBe(403);
  });

  test('gets a preflight answered with what it asked for', async () => {
    const response = await fetch(`${running.url}/fixture/mcp`, {
      method: 'OPTIONS',
      headers: {
        origin: 'https://chat.example.com',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'mcp-method,mcp-name,mcp-param-region,mcp-protocol-version,authorization',
      },
    });
    expect(response.status).toBe(204);
    expect(response.headers.get('access-control-allow-headers')).toBe(
      'mcp-method, mcp-name, mcp-param-region, mcp-protocol-version, authorization',
    );
    expect(response.headers.get('access-control-allow-methods')).toContain('DELETE');
    for (const name of ['Mcp-Session-Id', 'MCP-Protocol-Version', 'WWW-Authenticate', 'Retry-After']) {
      expect(response.headers.get('access-control-expose-headers')).toContain(name);
    }
  });
});

describe('bodies', () => {
  const targets = ['/rpc', '/mcp', '/sse', '/fixture/rpc', '/fixture/mcp', '/fixture/sse', '/fixture/tools/echo'];

  test.each(targets)('of another content type are refused on %s', async (path) => {
    for (const type of [
      'text/plain',
      'text/plain; application/json',
      'application/jsonp',
      'application/x-www-form-urlencoded',
    ]) {
      const response = await post(`${running.url}${path}`, request('ping'), { 'content-type': type });
      expect([type, response.status]).toEqual([type, 415]);
      expect(await jsonOf(response)).toMatchObject({ error: { message: expect.any(String) } });
    }
  });

  test('may state a charset, in any case', async () => {
    expect(
      (await post(`${running.url}/fixture/rpc`, request('ping'), { 'content-type': 'Application/JSON; charset=utf-8' }))
        .status,
    ).toBe(200);
  });

  test.each(targets)('that are compressed are refused on %s without being unpacked', async (path) => {
    expect((await post(`${running.url}${path}`, request('ping'), { 'content-encoding': 'gzip' })).status).toBe(415);
  });

  test.each(targets)('above the limit are refused on %s, whether they say their length or not', async (path) => {
    const large = JSON.stringify(request('ping', { pad: 'x'.repeat(5_000_000) }));
    expect((await post(`${running.url}${path}`, large)).status).toBe(413);
    const chunks = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 5; i++) controller.enqueue(new TextEncoder().encode('x'.repeat(1_000_000)));
        controller.close();
      },
    });
    const streamed = await fetch(`${running.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: chunks,
      duplex: 'half',
    } as RequestInit);
    expect(streamed.status).toBe(413);
  });

  test('that are not UTF-8 are refused', async () => {
    for (const bytes of [
      [0xff, 0xfe, 0x7b],
      [0x7b, 0x22, 0xc3, 0x28],
    ]) {
      const response = await fetch(`${running.url}/fixture/mcp`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: new Uint8Array(bytes),
      });
      expect([response.status, (await jsonOf(response)).error.code]).toEqual([400, -32700]);
    }
  });
});

test('too many headers and too large ones are refused with 431', async () => {
  expect(
    (await getRaw(running.url, '/health', ['Host: localhost', ...Array.from({ length: 200 }, (_, i) => `X-H${i}: 1`)]))
      .status,
  ).toBe(431);
  const large = await getRaw(running.url, '/health', ['Host: localhost', `X-Large: ${'x'.repeat(20_000)}`]);
  expect([large.status, JSON.parse(large.body)]).toEqual([431, expect.objectContaining({ error: expect.any(Object) })]);
});

test.each([
  '/nothing',
  '/fixture/nothing',
  '/__proto__/sse',
  '/constructor/tools',
  '/.well-known/oauth-protected-resource',
  '/.well-known/oauth-authorization-server/fixture/mcp',
  '/fixture/mcp/.well-known/openid-configuration',
  '/%2e%2e/x',
])('%s is a 404 in JSON', async (path) => {
  const response = await fetch(`${running.url}${path}`);
  expect([response.status, response.headers.get('content-type')]).toEqual([404, 'application/json']);
  expect(await jsonOf(response)).toMatchObject({ error: { message: expect.any(String) } });
});

test('every answer has a request id of its own', async () => {
  const responses = await Promise.all(
    ['/health', '/nothing', '/fixture/tools'].map((path) => fetch(`${running.url}${path}`)),
  );
  const ids = responses.map((response) => response.headers.get('x-request-id'));
  expect(new Set(ids).size).toBe(3);
  expect(ids).not.toContain(null);
});

test('a trailing slash is the same path, and nothing redirects', async () => {
  for (const path of ['/health/', '/fixture/health/', '/fixture/tools/']) {
    expect((await fetch(`${running.url}${path}`, { redirect: 'manual' })).status).toBe(200);
  }
});

describe('Expect: 100-continue', () => {
  const key = 'key-of-those-who-ask-first';
  let keyed: TestGateway;
  beforeAll(async () => {
    keyed = await startTestGateway({ auth: { keys: [{ name: 'one', key }] } });
  });
  afterAll(() => keyed.gateway.stop());

  /** Sends the head alone, and the body when the server asks for it; resolves with all that came back. */
  function askFirst(given: string): Promise<string> {
    const body = JSON.stringify(request('ping'));
    const { hostname, port } = new URL(keyed.url);
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname);
      let received = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        if (received === '' && chunk.startsWith('HTTP/1.1 100 Continue\r\n\r\n')) socket.write(body);
        received += chunk;
        if (/\r\n\r\n\{.*\}$/s.test(received)) socket.end();
      });
      socket.on('error', reject).on('close', () => resolve(received));
      socket.write(
        `POST /fixture/rpc HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${given}\r\nContent-Type: application/json\r\nExpect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`,
      );
    });
  }

  test('asks for the body of a caller that may pass', async () => {
    expect(await askFirst(key)).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200 OK\r\n.*"result":\{\}\}$/s);
  });

  test('turns the others away before they send it', async () => {
    expect(await askFirst(`${key}x`)).toMatch(/^HTTP\/1\.1 401 Unauthorized\r\n/);
  });
});
