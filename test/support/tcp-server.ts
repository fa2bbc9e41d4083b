import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

/** A TCP server of a test's own on 127.0.0.1, which counts its connections. */
export interface TcpServer {
  readonly port: number;
  /** Connections that were taken so far. */
  readonly taken: () => number;
  close(): Promise<void>;
}

/** Starts it; every connection is given to `serve`. */
export async function startTcpServer(serve: (socket: Socket) => void, port = 0): Promise<TcpServer> {
  let taken = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    taken += 1;
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    serve(socket);
  }).listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('not a TCP port');
  return {
    port: address.port,
    taken: () => taken,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
