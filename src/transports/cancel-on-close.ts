import type { ServerResponse } from 'node:http';
import { type Call, clientGone } from '../core/call.ts';

/** Calls a call off when its client goes away before it is `done`. */
export async function cancelOnClose<T>(outgoing: ServerResponse, call: Call, done: Promise<T>): Promise<T> {
  const onClose = () => call.cancel(clientGone());
  outgoing.on('close', onClose);
  try {
    return await done;
  } finally {
    outgoing.off('close', onClose);
  }
}
