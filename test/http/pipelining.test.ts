import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { request, startTestGateway, type TestGateway } from '../support/gateway.ts';

const aborted = { count: 0 };
let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({ limits: { bodyBytes: '64KiB' } }, [fixturePlugin('fixture', aborted)]);
});
afterAll(() => running.gateway.stop());

interface Wire {
  readonly socket: Socket;
  received: string;
  readonly closed: Promise<void>;
}

function open(): Wire {
  const { hostname, port } = new URL(running.url);
  const socket = connect(Number(port), hostname);
  const closed = new Promise<void>((resolve) => socket.on('close', () => resolve()));
  const wire: Wire = { socket, received: '', closed };
  socket.on('error', () => undefined); // what came before it is what is looked at
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    wire.received += chunk;
  });
  return wire;
}

function postText(path: string, message: object, lines: readonly string[] = []): string {
  const body = JSON.stringify(message);
  const head = [`POST ${path} HTTP/1.1`, 'Host: localhost', 'Content-Type: application/json', ...lines];
  return `${[...head, `Content-Length: ${Buffer.byteLength(body)}`].join('\r\n')}\r\n\r\n${body}`;
}

const wait = (ms: number) => request('tools/call', { name: 'wait', arguments: { ms } }, 'slow');
const stream = 'GET /fixture/sse HTTP/1.1\r\nHost: localhost\r\n\r\n';

describe('a peer that sends requests behind an answer that stays open', () => {
  test('is cut when they are many, and nobody else waits for it', async () => {
    const wire = open();
    wire.socket.write(stream + 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(20_000));
    await wire.closed;
    const started = Date.now();
    expect((await fetch(`${running.url}/fixture/health`)).status).toBe(200);
    expect(Date.now() - started).toBeLessThan(2000);
  });

  test('is answered in order when they are few', async () => {
    const wire = open();
    const pings = Array.from({ length: 50 }, (_, id) => postText('/fixture/rpc', request('ping', {}, id))).join('');
    wire.socket.write(postText('/fixture/rpc', wait(200)) + pings);
    await expect.poll(() => wire.received.split('HTTP/1.1 200 OK').length).toBe(52);
    const ids = [...wire.received.matchAll(/"id":("slow"|\d+)/g)].map(([, id]) => id);
    expect(ids).toEqual(['"slow"', ...Array.from({ length: 50 }, (_, id) => String(id))]);
    wire.socket.destroy();
  });
});

describe('bytes that are no request', () => {
  test('behind a running call are refused after its answer', async () => {
    const before = aborted.count;
    const wire = open();
    wire.socket.write(`${postText('/fixture/rpc', wait(300))}GARBAGE\r\n\r\n`);
    await wire.closed;
    expect(wire.received).toMatch(/^HTTP\/1\.1 200 OK\r\n.*"waited":300.*HTTP\/1\.1 400 Bad Request\r\n/s);
    expect(aborted.count).toBe(before);
  });

  test('behind several, in their order', async () => {
    const wire = open();
    const calls = [wait(200), request('ping'), wait(100)].map((message) => postText('/fixture/rpc', message));
    wire.socket.write(`${calls.join('')}GARBAGE\r\n\r\nMORE\r\n\r\n`);
    await wire.closed;
    expect(wire.received.match(/HTTP\/1\.1 \d+/g)).toEqual([
      'HTTP/1.1 200',
      'HTTP/1.1 200',
      'HTTP/1.1 200',
      'HTTP/1.1 400',
    ]);
  });

  test('behind a stream leave it as it is', async () => {
    const wire = open();
    wire.socket.write(stream);
    await expect.poll(() => wire.received).toContain('event: endpoint');
    wire.socket.write('GARBAGE\r\n\r\n');
    const [, path = ''] = /data: (\S+)/.exec(wire.received) ?? [];
    const sent = await fetch(`${running.url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request('ping', {}, 'still there')),
    });
    expect(sent.status).toBe(202);
    await expect.poll(() => wire.received).toContain('still there');
    expect(wire.received).not.toContain('400');
    wire.socket.destroy();
  });

  test('in the body of a request are refused at once', async () => {
    const head =
      'POST /fixture/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked';
    const wire = open();
    wire.socket.write(`${head}\r\n\r\n5\r\nhello\r\nZZZ\r\n`);
    await wire.closed;
    expect(wire.received).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/);
  });
});

describe('a connection', () => {
  test.each([
    ['GET', '/', 200],
    ['GET', '/fixture/tools', 200],
    ['GET', '/nothing', 404],
    ['GET', '/fixture/mcp', 405],
    ['DELETE', '/fixture/mcp', 405],
  ])('stays open after %s %s', async (method, path, status) => {
    const wire = open();
    wire.socket.write(`${method} ${path} HTTP/1.1\r\nHost: localhost\r\n\r\n`);
    await expect.poll(() => wire.received).toMatch(/\r\n\r\n./);
    expect(wire.received).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(wire.received).not.toMatch(/^connection: close/im);
    wire.socket.write(postText('/fixture/rpc', request('ping', {}, 'next')));
    await expect.poll(() => wire.received).toContain('"id":"next"');
    wire.socket.destroy();
  });

  test.each([
    ['with a length', `Content-Length: 3000000\r\n\r\n${'x'.repeat(3_000_000)}`],
    ['in chunks', `Transfer-Encoding: chunked\r\n\r\n${`10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(40)}0\r\n\r\n`],
  ])('tells why a body is refused to a client that sends all of it first, %s', async (_how, rest) => {
    const wire = open();
    wire.socket.write(`POST /fixture/rpc HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${rest}`);
    await wire.closed;
    expect(wire.received).toMatch(/^HTTP\/1\.1 413 .*limits\.bodyBytes/s);
    expect(wire.socket.errored).toBeNull();
  });

  test('is asked for no body that is refused already, and never in HTTP/1.0', async () => {
    const head = 'Host: localhost\r\nContent-Type: application/json\r\nExpect: 100-continue\r\n';
    const large = open();
    large.socket.write(`POST /fixture/rpc HTTP/1.1\r\n${head}Content-Length: 100000\r\n\r\n`);
    await large.closed;
    expect(large.received).toMatch(/^HTTP\/1\.1 413 /);
    const old = open();
    const body = JSON.stringify(request('ping'));
    old.socket.write(`POST /fixture/rpc HTTP/1.0\r\n${head}Content-Length: ${body.length}\r\n\r\n${body}`);
    await old.closed;
    expect(old.received).toMatch(/^HTTP\/1\.1 200 /);
  });
});
