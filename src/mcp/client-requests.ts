import type { Call, ClientRequest } from '../core/call.ts';
import { GatewayError } from '../core/errors.ts';
import { isObject, notification, type RequestId } from './envelope.ts';

/** Longest wait for a person, or for a model. */
const answerTimeoutMs = 10 * 60_000;
/** Longest wait for what a client answers by itself. */
const rootsTimeoutMs = 10_000;

interface Waiting {
  resolve(result: unknown): void;
  reject(error: GatewayError): void;
}

/** Requests from the server to one client, waiting for their answers. Ids are this connection's own. */
export class ClientRequests {
  readonly #waiting = new Map<RequestId, Waiting>();
  #lastId = 0;

  /** Sends a request and waits; the wait ends with the call, with the connection, or in time: roots are at hand, people are slow. */
  ask(call: Call, request: ClientRequest, send: (message: string) => void): Promise<unknown> {
    const id = ++this.#lastId;
    const timeoutMs = request.method === 'roots/list' ? rootsTimeoutMs : answerTimeoutMs;
    const answer = new Promise<unknown>((resolve, reject) => {
      const timer = setTimeout(() => {
        reject(
          new GatewayError(
            'timeout',
            `The client did not answer ${request.method} within ${timeoutMs / 1000} seconds.`,
          ),
        );
      }, timeoutMs);
      const onAbort = () => {
        send(notification('notifications/cancelled', { requestId: id, reason: 'the call ended' }));
        reject(call.cancelled ?? new GatewayError('cancelled', 'The call ended.'));
      };
      const end = () => {
        clearTimeout(timer);
        call.signal.removeEventListener('abort', onAbort);
        this.#waiting.delete(id);
      };
      call.signal.addEventListener('abort', onAbort, { once: true });
      this.#waiting.set(id, { resolve, reject });
      void Promise.resolve().then(() => answer.then(end, end));
    });
    send(JSON.stringify({ jsonrpc: '2.0', id, ...request }));
    return call.waitForClient(answer);
  }

  /** Takes a response; one that nobody waits for is dropped. */
  settle(id: RequestId, result: unknown, error: unknown): void {
    const waiting = this.#waiting.get(id);
    if (!waiting) return;
    if (error === undefined) {
      waiting.resolve(result);
      return;
    }
    const message = isObject(error) && typeof error.message === 'string' ? error.message : 'no reason given';
    const details = isObject(error) && typeof error.code === 'number' ? { rpcCode: error.code } : {};
    waiting.reject(new GatewayError('upstream', `The client refused the request: ${message}`, { details }));
  }

  /** Ends every wait, because the connection ended. */
  close(): void {
    for (const { reject } of [...this.#waiting.values()]) {
      reject(new GatewayError('cancelled', 'The client closed the connection.'));
    }
  }
}
