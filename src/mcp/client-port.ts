import type { ClientPort } from '../core/call.ts';
import { type MessageLevel, messageLevels } from '../core/log.ts';
import { notification, type Params } from './envelope.ts';
import { progressToken } from './meta.ts';
import { ProgressMeter } from './progress-meter.ts';

/** A client port with the meter that must be flushed before the answer. */
export interface RequestPort extends ClientPort {
  flush(): void;
}

/**
 * What a request may tell its client while it runs: progress where the client gave a token, log messages at or above
 * `level()`. `send` takes one framed message.
 */
export function requestPort(
  params: Params,
  level: () => MessageLevel | undefined,
  send: (message: string) => void,
): RequestPort {
  const token = progressToken(params);
  const meter = token === undefined ? undefined : new ProgressMeter(token, send);
  return {
    progress: (done, total, message) => meter?.report(done, total, message),
    log: (severity, data, logger) => {
      const lowest = level();
      if (lowest === undefined || messageLevels.indexOf(severity) < messageLevels.indexOf(lowest)) return;
      send(notification('notifications/message', { level: severity, logger, data }));
    },
    flush: () => meter?.flush(),
  };
}
