import { pino } from 'pino';
import type { Log } from './core/log.ts';

export interface LogOptions {
  readonly level: string;
  /** Texts that must never be written, such as keys: they are struck out of every line, wherever they stand. */
  readonly secrets?: readonly string[];
  /** Where lines go; standard error by default, since standard output belongs to commands. */
  readonly destination?: { write(line: string): void };
}

/** Fields that hold credentials by their name, at the top of a line's object and one level down. */
const secretFields = ['authorization', 'cookie', 'password', 'token', 'key', 'secret', 'apiKey', 'x-api-key'];

/** pino with redaction, by field name and by content. The only place that makes a log. */
export function createLog({ level, secrets = [], destination }: LogOptions): Log {
  const struck = secrets.filter((secret) => secret.length >= 8);
  return pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: { paths: secretFields.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), censor: '[redacted]' },
      hooks: {
        streamWrite: (line) => struck.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), line),
      },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}
