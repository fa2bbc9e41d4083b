import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { GatewayResponse } from '../transports/gateway-response.ts';

/** Requests that may wait on one connection for the answers before them; one that sends more is cut. */
const mostWaiting = 100;

interface Connection {
  newest: GatewayResponse | undefined;
  waiting: number;
  /** Ends the connection where its next request would be served. */
  refuse: (() => void) | undefined;
  isEnding: boolean;
}

/** Noted on the socket itself: a table of all sockets would keep its size after ten thousand of them. */
const noted = Symbol('connection');
type NotedSocket = Duplex & { [noted]?: Connection };

type Serve = (incoming: IncomingMessage, outgoing: GatewayResponse) => void;

/**
 * Serves the requests of each connection one after the other: a pipelined one waits for the answer before it, or one peer
 * that never reads could have hundreds made for it.
 */
export class Pipeline {
  readonly #serve: Serve;

  constructor(serve: Serve) {
    this.#serve = serve;
  }

  readonly receive: Serve = (incoming, outgoing) => {
    const socket: NotedSocket = incoming.socket;
    if (socket.destroyed) return; // cut, with more of its requests already read
    let connection = socket[noted];
    if (connection) connection.newest = outgoing;
    else {
      connection = { newest: outgoing, waiting: 0, refuse: undefined, isEnding: false };
      socket[noted] = connection;
    }
    outgoing.note = connection;
    if (outgoing.socket) this.#serve(incoming, outgoing);
    else if (++connection.waiting > mostWaiting) socket.destroy();
    else outgoing.once('socket', () => this.#serveNext(connection, incoming, outgoing));
  };

  /**
   * Ends a connection whose bytes make no request any more. Answers that are owed go out first: what came after a request
   * is no reason to spoil its answer, or to cut its stream.
   */
  end(socket: NotedSocket, refuse: () => void): void {
    const connection = socket[noted];
    if (connection?.isEnding) return;
    const newest = connection?.newest;
    if (connection) connection.isEnding = true;
    if (!newest || newest.writableFinished) refuse();
    else if (newest.req.complete) newest.once('close', refuse);
    else if (connection && !newest.socket) connection.refuse = refuse;
    else if (newest.headersSent) socket.destroy();
    else refuse();
  }

  #serveNext(connection: Connection, incoming: IncomingMessage, outgoing: GatewayResponse): void {
    connection.waiting -= 1;
    if (incoming.socket.destroyed) return;
    if (connection.refuse && outgoing === connection.newest) connection.refuse();
    else this.#serve(incoming, outgoing);
  }
}
