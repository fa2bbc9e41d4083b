import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Seen {
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

export type Answerer = (request: Seen, response: ServerResponse) => void;

/** A site on loopback that remembers every request that reached it. */
export interface OriginServer {
  readonly port: number;
  readonly seen: Seen[];
  /** Sockets that were opened, whether or not a request came over them. */
  readonly connections: () => number;
  answer: Answerer;
  close(): Promise<void>;
}

/** `address` tells sites apart: 127.0.0.2 stands for the public internet in these tests, any other loopback is private. */
export async function startOrigin(address: string, answer: Answerer = notFound): Promise<OriginServer> {
  const seen: Seen[] = [];
  let connections = 0;
  const server: Server = createServer({ maxHeaderSize: 200_000 }, (request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method = '', headers, url: path = '' } = request;
      const entry = { method, host: headers.host ?? '', path, headers, body: Buffer.concat(chunks).toString() };
      seen.push(entry);
      origin.answer(entry, response);
    });
  });
  server.on('connection', () => connections++);
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(0, address, resolve));
  const origin: OriginServer = {
    port: (server.address() as AddressInfo).port,
    seen,
    connections: () => connections,
    answer,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return origin;
}

function notFound(_: Seen, response: ServerResponse): void {
  response.writeHead(404).end();
}

/** Answers each path with its page; robots.txt and everything else is not there. */
export function pages(
  bodies: Readonly<Record<string, string | Buffer>>,
  headers: Readonly<Record<string, string>> = {},
): Answerer {
  return ({ path }, response) => {
    const body = bodies[path];
    if (body === undefined) response.writeHead(404).end();
    else response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', ...headers }).end(body);
  };
}
