import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { sendRaw } from '../support/raw-http.ts';
import { SseClient } from '../support/sse-client.ts';

let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway();
});
afterAll(() => running.gateway.stop());

/** Letters of one to four bytes, and a lone half of a pair, which comes back escaped. */
const text = 'a é 日本 😀 \ud800 z';

function postRaw(path: string, body: string, lines: readonly string[]): Promise<{ status: number; body: string }> {
  const head = [`POST ${path} HTTP/1.1`, 'Host: localhost', ...lines, `Content-Length: ${Buffer.byteLength(body)}`];
  return sendRaw(running.url, `${[...head, 'Connection: close'].join('\r\n')}\r\n\r\n${body}`);
}

describe('an answer is framed by its bytes', () => {
  test.each(['/fixture/rpc', '/fixture/mcp'])('with a length, on %s', async (path) => {
    const body = JSON.stringify(request('tools/call', { name: 'echo', arguments: { text } }, 'é'));
    const answer = await new Promise<{ length: string | undefined; body: Buffer }>((resolve, reject) => {
      const headers = { 'content-type': 'application/json', accept: 'application/json' };
      const sent = httpRequest(`${running.url}${path}`, { method: 'POST', headers }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => resolve({ length: response.headers['content-length'], body: Buffer.concat(chunks) }));
      });
      sent.on('error', reject).end(body);
    });
    expect(answer.length).toBe(String(answer.body.length));
    expect(JSON.parse(answer.body.toString())).toMatchObject({
      id: 'é',
      result: { structuredContent: { text } },
    });
  });

  test('in chunks, on an event stream', async () => {
    const { client, send } = await SseClient.session(running.url, '/fixture/sse');
    for (let id = 0; id < 20; id++)
      await send(request('tools/call', { name: 'echo', arguments: { text: '😀é'.repeat(id) } }, id));
    for (let id = 0; id < 20; id++) {
      expect((await client.answer(id)).result.structuredContent).toEqual({ text: '😀é'.repeat(id) });
    }
    client.close();
  });

  test('without chunks on an event stream for a client of HTTP/1.0', async () => {
    const { hostname, port } = new URL(running.url);
    const socket = connect(Number(port), hostname);
    const first = await new Promise<string>((resolve, reject) => {
      let received = '';
      socket.setEncoding('utf8').on('data', (chunk: string) => {
        received += chunk;
        if (/\n\n$/.test(received)) resolve(received);
      });
      socket.on('error', reject);
      socket.write('GET /fixture/sse HTTP/1.0\r\nHost: localhost\r\n\r\n');
    });
    socket.destroy();
    const [head = '', body = ''] = first.split('\r\n\r\n');
    expect(head).not.toMatch(/transfer-encoding/i);
    expect(head).toMatch(/^X-Request-Id: \S+/m);
    expect(body).toMatch(/^event: endpoint\ndata: \/fixture\/message\?sessionId=[\w-]+\n\n$/);
  });
});

describe('headers in several lines', () => {
  const ping = JSON.stringify(request('ping'));

  test('are one list where they are lists', async () => {
    const type = 'Content-Type: application/json';
    const both = await postRaw('/fixture/mcp', ping, [type, 'Accept: text/event-stream', 'ACCEPT: application/json']);
    expect([both.status, JSON.parse(both.body)]).toEqual([200, { jsonrpc: '2.0', id: 1, result: {} }]);
    const neither = await postRaw('/fixture/mcp', ping, [type, 'Accept: text/html', 'Accept: image/png']);
    expect(neither.status).toBe(406);
  });

  test('are the first where there can be one', async () => {
    const types = ['content-type: text/plain', 'Content-Type: application/json'];
    expect((await postRaw('/fixture/rpc', ping, types)).status).toBe(415);
    expect((await postRaw('/fixture/rpc', ping, types.toReversed())).status).toBe(200);
  });

  test('do not hide a coding', async () => {
    const lines = ['Content-Type: application/json', 'Content-Encoding: identity', 'Content-Encoding: gzip'];
    expect((await postRaw('/fixture/rpc', ping, lines)).status).toBe(415);
  });
});
