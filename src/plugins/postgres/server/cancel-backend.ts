import { dial } from './dial.ts';
import type { Address, ServerTarget } from './target.ts';

/** What the server needs to know to cancel another connection's statement. */
export interface Backend {
  readonly pid: number;
  readonly secret: number;
}

const cancelDeadlineMs = 1500;

/**
 * Asks the server to cancel what a connection runs, as the protocol wants it: on a connection of its own. Resolves once
 * the server has passed the request on. Not the driver's `cancel()`, whose failure is an unhandled rejection.
 */
export async function cancelBackend(target: ServerTarget, address: Address, backend: Backend): Promise<void> {
  const socket = await dial(target, address, cancelDeadlineMs);
  const request = Buffer.alloc(16);
  request.writeInt32BE(16, 0);
  request.writeInt32BE(80877102, 4);
  request.writeUInt32BE(backend.pid, 8);
  request.writeUInt32BE(backend.secret, 12);
  await new Promise<void>((resolve) => {
    socket.setTimeout(cancelDeadlineMs, () => socket.destroy());
    socket.once('close', () => resolve());
    socket.resume();
    socket.write(request);
  });
}
