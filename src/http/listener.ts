import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import { GatewayError } from '../core/errors.ts';
import { errorReply } from '../mcp/envelope.ts';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';
import { GatewayResponse } from '../transports/gateway-response.ts';
import type { HttpExchange } from '../transports/http-exchange.ts';
import { newRequestId } from '../transports/request-id.ts';
import type { Route } from '../transports/services.ts';
import type { PortApp } from './app.ts';
import { answerClientError, endWith, maxHeaderSize } from './client-error.ts';
import { Pipeline } from './pipeline.ts';
import { refuse } from './refuse.ts';

/** A port that is open. */
export interface Listener {
  readonly url: string;
  /** Stops listening; idle connections end at once, busy ones when their answers are out, all by `graceMs`. */
  close(graceMs: number): Promise<void>;
}

export interface ListenOptions {
  readonly host: string;
  readonly port: number;
  /** The key of the configuration that names the port; said in errors. */
  readonly key: string;
  /** Milliseconds that a request may take to arrive. */
  readonly requestMs: number;
}

/** Opens a port for an app. Throws `bad_config` that names the address where it cannot. */
export async function listen(app: PortApp, { host, port, key, requestMs }: ListenOptions): Promise<Listener> {
  const pipeline = new Pipeline(serverOf(app));
  const server = createServer<typeof IncomingMessage, typeof GatewayResponse>(
    {
      ServerResponse: GatewayResponse,
      maxHeaderSize,
      // Slow senders are cut; an event stream is a response, which these do not touch.
      headersTimeout: Math.min(15_000, requestMs),
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(5000, requestMs / 2),
      keepAliveTimeout: 65_000, // longer than the 60 s of common proxies, so that they close first
      noDelay: true,
      requireHostHeader: false, // the guard asks for it, and answers in the form of every other refusal
    },
    pipeline.receive,
  );
  server.on('checkContinue', (incoming, outgoing) => {
    outgoing.asksFirst = true;
    pipeline.receive(incoming, outgoing);
  });
  server.maxHeadersCount = 0; // all of them are seen by the guard, which refuses too many
  server.on('clientError', (error, socket) => answerClientError(error, socket, pipeline));
  server.on('connect', (_incoming, socket) =>
    endWith(socket, 405, 'Method Not Allowed', 'CONNECT is not served: this is no proxy.'),
  );
  server.on('checkExpectation', (_incoming, outgoing) => {
    refuse(outgoing, 417, 'This expectation cannot be met; leave the Expect header out.');
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => reject(listenError(error, host, port, key)));
    server.listen(port, host, resolve);
  });
  const { port: actual } = server.address() as AddressInfo;
  const name =
    host === '0.0.0.0'
      ? '127.0.0.1'
      : host === '::'
        ? '[::1]'
        : host.includes(':')
          ? `[${host.replace(/^\[|\]$/g, '')}]`
          : host;
  return { url: `http://${name}:${actual}`, close: (graceMs) => close(server, graceMs) };
}

/** Guards, then the endpoint of that path, or Hono for everything else. */
function serverOf(app: PortApp): (incoming: IncomingMessage, outgoing: GatewayResponse) => void {
  const admitted = new WeakMap<object, HttpExchange>();
  const hono = getRequestListener(
    (request, { incoming }) => app.hono.fetch(request, { http: admitted.get(incoming) as HttpExchange }),
    { overrideGlobalObjects: false, errorHandler: badTarget },
  );
  const route = (http: HttpExchange): void => {
    const handle = app.endpoints.find(http.incoming.method, http.path);
    if (handle) {
      answer(handle, http);
      return;
    }
    admitted.set(http.incoming, http);
    void hono(http.incoming, http.outgoing);
  };
  const answer = (handle: Route['handle'], http: HttpExchange): void => {
    const done = handle(http);
    if (done instanceof Promise) done.catch((error: unknown) => app.answerError(error, http));
  };
  return (incoming, outgoing) => {
    const fail = (error: unknown) =>
      app.answerError(error, { outgoing, requestId: outgoing.requestId, path: incoming.url ?? '' });
    try {
      const http = app.gate.admit(incoming, outgoing);
      if (http instanceof Promise) http.then((known) => known && route(known)).catch(fail);
      else if (http) route(http);
    } catch (error) {
      fail(error);
    }
  };
}

function close(server: Server<typeof IncomingMessage, typeof GatewayResponse>, graceMs: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => server.closeAllConnections(), graceMs);
    server.close(() => {
      clearTimeout(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}

function listenError(error: NodeJS.ErrnoException, host: string, port: number, configKey: string): GatewayError {
  const why =
    error.code === 'EADDRINUSE'
      ? `port ${port} on ${host} is in use; stop what uses it, or set ${configKey} to another`
      : error.code === 'EACCES'
        ? `port ${port} on ${host} may not be opened by this user; set ${configKey} to one above 1023`
        : error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND'
          ? `this machine has no address ${host}; set server.host`
          : `port ${port} on ${host} cannot be opened: ${error.message}`;
  return new GatewayError('bad_config', why, { cause: error });
}

/** A request line or Host that no URL can be made of never reaches the app. */
function badTarget(): Response {
  const error = new RpcError(errorCode.refused, 'The request target or the Host header is not valid.');
  return new Response(errorReply(null, error), {
    status: 400,
    headers: { 'Content-Type': 'application/json', 'X-Request-Id': newRequestId() },
  });
}
