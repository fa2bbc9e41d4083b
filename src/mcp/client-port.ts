import type { ClientPort } from '../core/call.ts';
import { type MessageLevel, messageLevels } from '../core/log.ts';
import { notification, type Params } from './envelope.ts';
import { progressToken } from './meta.ts';
import { ProgressMeter } from './progress-meter.ts';

/** What a request may tell its client while it runs: progress where the client gave a token, log messages from `level` on. */
export class RequestPort implements ClientPort {
  readonly #level: MessageLevel | undefined;
  readonly #send: (message: string) => void;
  readonly #meter: ProgressMeter | undefined;

  /** `send` takes one framed message; without a level, no log messages are sent. */
  constructor(params: Params, level: MessageLevel | undefined, send: (message: string) => void) {
    const token = progressToken(params);
    this.#level = level;
    this.#send = send;
    this.#meter = token === undefined ? undefined : new ProgressMeter(token, send);
  }

  progress(done: number, total: number | undefined, message: string | undefined): void {
    this.#meter?.report(done, total, message);
  }

  log(severity: MessageLevel, data: unknown, logger: string): void {
    const lowest = this.lowestLevel();
    if (lowest === undefined || messageLevels.indexOf(severity) < messageLevels.indexOf(lowest)) return;
    this.#send(notification('notifications/message', { level: severity, logger, data }));
  }

  /** Sends what the meter holds back; called before the answer. */
  flush(): void {
    this.#meter?.flush();
  }

  protected lowestLevel(): MessageLevel | undefined {
    return this.#level;
  }
}
