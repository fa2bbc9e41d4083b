import { openSync } from 'node:fs';
import type { CallRecord } from './core/call-record.ts';
import { GatewayError } from './core/errors.ts';
import type { Log } from './core/log.ts';
import { bufferedLines, type LineSink } from './log.ts';

export interface AuditOptions {
  /** The file that lines are appended to, absolute; null: they go where the log goes. */
  readonly file: string | null;
  /** Whether the arguments of calls are told too. */
  readonly withArguments: boolean;
  /** Texts that must never be written. */
  readonly secrets: readonly string[];
  readonly log: Log;
  /** Where the log goes, if not to standard error. */
  readonly logTo?: LineSink;
}

/** Characters of arguments that one line may have. */
const maxArguments = 4096;

/**
 * Who called what, and how it ended: one JSON object a line, for each call of a tool. Lines wait up to a quarter of a
 * second to be written together, because a write for each would cost as much as answering the call.
 */
export class Audit {
  readonly #sink: LineSink;
  readonly #close: () => void;
  readonly #withArguments: boolean;
  readonly #secrets: readonly string[];
  readonly #clock = new Clock();
  #lastPrincipal = '';
  #lastQuoted = '""';

  /** Throws `bad_config` where the file cannot be opened. */
  constructor({ file, withArguments, secrets, log, logTo }: AuditOptions) {
    this.#withArguments = withArguments;
    this.#secrets = secrets.filter((secret) => secret.length >= 8);
    if (file === null && logTo) {
      this.#sink = logTo;
      this.#close = () => undefined;
      return;
    }
    const lines = bufferedLines(file === null ? 2 : openFile(file), (error) =>
      log.error({ err: error, file }, 'audit lines could not be written'),
    );
    this.#sink = lines;
    this.#close = () => lines.close();
  }

  // Put together by hand: JSON.stringify of an object and a new Date cost three times as much as the rest of the record.
  readonly write = ({ plugin, tool, principal, requestId, outcome, ms, args }: CallRecord): void => {
    const told = this.#withArguments ? `,"arguments":${this.#struck(brief(args))}` : '';
    // Names of plugins and tools, ids and outcomes are letters, digits, - and _; who calls may be called anything.
    this.#sink.write(
      `{"level":30,"time":"${this.#clock.now()}","plugin":"${plugin}","tool":${tool === undefined ? 'null' : `"${tool}"`},"principal":${this.#quoted(principal)},"requestId":"${requestId}","outcome":"${outcome}","ms":${Math.round(ms * 1000) / 1000}${told},"msg":"tool call"}\n`,
    );
  };

  #quoted(principal: string): string {
    if (principal !== this.#lastPrincipal) {
      this.#lastPrincipal = principal;
      this.#lastQuoted = JSON.stringify(principal);
    }
    return this.#lastQuoted;
  }

  /** Writes what still waits. */
  close(): void {
    this.#close();
  }

  #struck(text: string): string {
    return this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, '[redacted]'), text);
  }
}

/** The time as text; all but its milliseconds is made once a second. */
class Clock {
  #second = 0;
  #text = '';

  now(): string {
    const ms = Date.now();
    const rest = ms % 1000;
    if (ms - rest !== this.#second) {
      this.#second = ms - rest;
      this.#text = new Date(ms).toISOString().slice(0, -4);
    }
    return `${this.#text}${rest < 10 ? '00' : rest < 100 ? '0' : ''}${rest}Z`;
  }
}

function openFile(file: string): number {
  try {
    return openSync(file, 'a', 0o600);
  } catch (cause) {
    const { message } = cause as Error;
    throw new GatewayError('bad_config', `audit.file cannot be opened: ${message}`, { cause });
  }
}

/** The JSON of the arguments, or of the first part of it where they are long. */
function brief(args: unknown): string {
  const json = JSON.stringify(args) ?? 'null';
  return json.length <= maxArguments ? json : JSON.stringify(`${json.slice(0, maxArguments)}…`);
}
