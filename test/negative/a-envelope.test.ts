import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { getRaw, sendRaw } from '../support/raw-http.ts';
import { allPosts, both, json, posts, rpcPosts, send } from './endpoints.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({}, undefined);
});
afterAll(() => running.gateway.stop());

const ping = JSON.stringify(request('ping'));
const code = async (response: Response) => (await jsonOf(response)).error.code;

describe.each(allPosts)('%s', (path) => {
  test('A1 bad JSON is 400 with -32700 and no id', async () => {
    const response = await send(running.url, path, '{bad');
    expect(response.status).toBe(400);
    expect(await jsonOf(response)).toMatchObject({ id: null, error: { code: -32700 } });
  });

  test('A2 an empty body is 400 with -32700', async () => {
    const response = await send(running.url, path, '');
    expect([response.status, await code(response)]).toEqual([400, -32700]);
  });

  test('A3 bytes that are not UTF-8, or begin with a mark, are 400 with -32700', async () => {
    for (const bytes of [
      [0xff, 0xfe, 0x7b, 0x00],
      [0xef, 0xbb, 0xbf, 0x7b, 0x7d],
      [0x22, 0xed, 0xa0, 0x80, 0x22],
    ]) {
      const response = await send(running.url, path, new Uint8Array(bytes));
      expect([response.status, await code(response)]).toEqual([400, -32700]);
    }
  });

  test('A4 another content type is 415 with a JSON-RPC body', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', '']) {
      const response = await send(running.url, path, ping, { ...both, 'content-type': type });
      expect([type, response.status, await code(response)]).toEqual([type, 415, -32000]);
    }
  });

  test('A5 a content type with a charset and in upper case is accepted', async () => {
    const response = await send(running.url, path, ping, {
      ...both,
      'content-type': 'Application/JSON; charset=utf-8',
    });
    expect(response.status).toBe(path.endsWith('message') ? 202 : 200);
  });

  test('A6 a content type that only contains the right one is 415', async () => {
    for (const type of [
      'text/plain; application/json',
      'text/html,application/json',
      'application/json-seq',
      'xapplication/json',
    ]) {
      expect((await send(running.url, path, ping, { ...both, 'content-type': type })).status).toBe(415);
    }
  });

  test('A10 a body of 5 MB is 413, and the server goes on', async () => {
    expect(
      (await send(running.url, path, JSON.stringify(request('ping', { pad: 'x'.repeat(5_000_000) })))).status,
    ).toBe(413);
    expect((await post(`${running.url}/fixture/rpc`, ping)).status).toBe(200);
  });

  test('A14 a compressed body is 415 and is not unpacked', async () => {
    for (const encoding of ['gzip', 'deflate', 'br', 'zstd', 'gzip, identity']) {
      const bomb = gzipSync(Buffer.alloc(1_000_000, 0x20));
      expect((await send(running.url, path, bomb, { ...both, 'content-encoding': encoding })).status).toBe(415);
    }
  });

  test('A15 a hundred thousand brackets are refused without a stack overflow', async () => {
    for (const depth of ['['.repeat(100_000) + ']'.repeat(100_000), '{"a":'.repeat(100_000)]) {
      const response = await send(
        running.url,
        path,
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":${depth}}}`,
      );
      expect([response.status, await code(response)]).toEqual([400, -32600]);
    }
  });

  test('A17 numbers that JSON cannot keep are refused as ids', async () => {
    for (const id of ['9223372036854775808', '1e999', '-0', '9007199254740993', '0.1', '-1e-7']) {
      const response = await send(running.url, path, `{"jsonrpc":"2.0","id":${id},"method":"ping"}`);
      expect([id, response.status, await code(response)]).toEqual([id, 400, -32600]);
    }
  });

  test('A17 numbers that would come back in another spelling are refused as ids, alone and in a batch', async () => {
    for (const id of ['1.0', '1e2', '1E0', '-10.0e0', '100e-1', '1.0 ', '\n1.00']) {
      for (const body of [
        `{"jsonrpc":"2.0","id":${id},"method":"ping"}`,
        `{"jsonrpc":"2.0","method":"ping","params":{"id":5},"id" :\t${id}}`,
        `{"jsonrpc":"2.0","id":7,"method":"ping","\\u0069d":${id}}`,
        `{"jsonrpc":"2.0","id":"a","method":"ping","i\\u0064":${id}}`,
        `[{"jsonrpc":"2.0","id":1,"method":"ping"},{"jsonrpc":"2.0","id":${id},"method":"ping"}]`,
      ]) {
        const response = await send(running.url, path, body);
        expect([body, response.status, await code(response)]).toEqual([body, 400, -32600]);
      }
    }
  });

  test('A19 names in another case are no names', async () => {
    for (const body of [
      '{"JSONRPC":"2.0","Method":"ping","ID":1}',
      '{"jsonrpc":"2.0","Method":"ping","id":1}',
      '{"Jsonrpc":"2.0","method":"ping","id":1}',
    ]) {
      const response = await send(running.url, path, body);
      expect([response.status, await code(response)]).toEqual([400, -32600]);
    }
  });
});

describe.each(['/mcp', '/sse', '/fixture/mcp', '/fixture/sse'])('%s', (path) => {
  test('A8 Accept: application/json alone gets a JSON answer', async () => {
    const response = await send(running.url, path, ping, { ...json, accept: 'application/json' });
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/json']);
  });

  test('A9 Accept: text/html is 406 with a JSON-RPC body', async () => {
    const response = await send(running.url, path, ping, { ...json, accept: 'text/html' });
    expect([response.status, (await jsonOf(response)).jsonrpc]).toEqual([406, '2.0']);
  });
});

test('A14 a transfer coding beside chunked is 501, whatever the body is', async () => {
  for (const path of posts) {
    for (const coding of ['gzip, chunked', 'deflate,chunked', 'identity, chunked', 'x, chunked', 'chunked, chunked']) {
      const { status, body } = await sendRaw(
        running.url,
        `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: ${coding}\r\nConnection: close\r\n\r\n${ping.length.toString(16)}\r\n${ping}\r\n0\r\n\r\n`,
      );
      expect([path, coding, [400, 501].includes(status)]).toEqual([path, coding, true]); // Node's parser refuses some itself
      expect(JSON.parse(body)).toHaveProperty('error.message');
    }
    const two = ['Transfer-Encoding: gzip', 'Transfer-Encoding: chunked'].join('\r\n');
    const { status } = await sendRaw(
      running.url,
      `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${two}\r\nConnection: close\r\n\r\n2\r\n{}\r\n0\r\n\r\n`,
    );
    expect([400, 501]).toContain(status);
  }
  const { status } = await sendRaw(
    running.url,
    `POST /fixture/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: Chunked\r\nConnection: close\r\n\r\n${ping.length.toString(16)}\r\n${ping}\r\n0\r\n\r\n`,
  );
  expect(status).toBe(200);
});

test('A17 ids that JSON keeps are echoed exactly', async () => {
  for (const path of rpcPosts) {
    for (const id of [
      '9007199254740991',
      '-9007199254740991',
      '0',
      '"9223372036854775808"',
      '"\\ud83d\\ude00"',
      '""',
    ]) {
      const text = await (await send(running.url, path, `{"jsonrpc":"2.0","id":${id},"method":"ping"}`)).text();
      expect(JSON.parse(text).id).toEqual(JSON.parse(id));
    }
  }
});

test('A17 such numbers elsewhere than in the id of the message are left alone', async () => {
  for (const path of rpcPosts) {
    for (const params of [
      '{"id":1.0}',
      '{"a":[{"id": 1e2}]}',
      '{"text":"\\"id\\": 1.0","\\"id":1.5}',
      '{"idx":1.0,"x":-0.5}',
    ])
      for (const body of [
        `{"jsonrpc":"2.0","id":1,"method":"ping","params":${params}}`,
        `{"jsonrpc":"2.0","id":1.5,"id":1,"method":"ping","params":${params}}`,
      ]) {
        const response = await send(running.url, path, body);
        expect([body, response.status, (await jsonOf(response)).id]).toEqual([body, 200, 1]);
      }
  }
  expect((await post(`${running.url}/fixture/tools/echo`, '{"text":"x","id":1.0}')).status).toBe(400);
});

test('A18 of duplicate keys the last counts, for finding, checking and running alike', async () => {
  for (const path of ['/fixture/rpc', '/fixture/mcp']) {
    const body =
      '{"jsonrpc":"2.0","id":1,"method":"tools/list","method":"tools/call","params":{"name":"fail","name":"echo","arguments":{"text":"first"},"arguments":{"text":"last"}}}';
    expect((await jsonOf(await send(running.url, path, body))).result.structuredContent).toEqual({ text: 'last' });
  }
});

test('A20 a header above 16 KB and 200 headers are 431', async () => {
  for (const path of ['/health', '/fixture/tools', '/fixture/sse', '/fixture/mcp']) {
    expect((await getRaw(running.url, path, ['Host: localhost', `X-Pad: ${'x'.repeat(17_000)}`])).status).toBe(431);
    expect(
      (await getRaw(running.url, path, ['Host: localhost', ...Array.from({ length: 200 }, (_, n) => `X-${n}: 1`)]))
        .status,
    ).toBe(431);
  }
});

test('A23 a preflight of an allowed origin is 204 with what may be sent and read', async () => {
  const wanted = 'mcp-method,mcp-name,mcp-param-region,mcp-protocol-version,authorization';
  for (const path of [...posts, '/fixture/message', '/health']) {
    const response = await fetch(`${running.url}${path}`, {
      method: 'OPTIONS',
      headers: {
        origin: 'http://localhost:5173',
        'access-control-request-method': 'POST',
        'access-control-request-headers': wanted,
      },
    });
    expect([path, response.status]).toEqual([path, 204]);
    expect(response.headers.get('access-control-allow-headers')?.replaceAll(' ', '')).toBe(wanted);
    for (const name of ['Mcp-Session-Id', 'MCP-Protocol-Version', 'WWW-Authenticate', 'Retry-After']) {
      expect(response.headers.get('access-control-expose-headers')).toContain(name);
    }
  }
  const foreign = await fetch(`${running.url}/fixture/mcp`, {
    method: 'OPTIONS',
    headers: { origin: 'https://evil.com' },
  });
  expect([foreign.status, foreign.headers.get('access-control-allow-origin')]).toEqual([403, null]);
});
