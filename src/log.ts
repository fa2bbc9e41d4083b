import { pino } from 'pino';
import type { Log } from './core/log.ts';

export interface LogOptions {
  readonly level: string;
  /** Texts that must never be written, such as keys: they are struck out of every line, wherever they stand. */
  readonly secrets?: readonly string[];
  /** Where lines go; standard error by default, since standard output belongs to commands. */
  readonly destination?: LineSink;
}

/** Takes lines, each with its line end. */
export interface LineSink {
  write(line: string): void;
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
      serializers: { err: readable },
      redact: { paths: secretFields.flatMap((name) => [`["${name}"]`, `*["${name}"]`]), censor: '[redacted]' },
      hooks: {
        streamWrite: (line) => struck.reduce((text, secret) => text.replaceAll(secret, '[redacted]'), line),
      },
    },
    destination ?? pino.destination({ dest: 2, sync: true }),
  );
}

/** What is told of an error, with its stack; of one that cannot be read (a cycle of causes, a throwing getter), that. */
function readable(error: Error): object {
  try {
    return pino.stdSerializers.err(error);
  } catch {
    return { type: 'Error', message: 'an error that cannot be written down', stack: new Error('seen here').stack };
  }
}

/** Bytes of lines that wait at most, and for how long. */
const bufferBytes = 16 * 1024;
const flushMs = 250;

/** Lines to an open file, written many at a time, in whole lines, and at the latest when the process ends by itself. */
export function bufferedLines(fd: number, onError: (error: Error) => void): LineSink & { close(): void } {
  const destination = pino.destination({ fd, sync: true, contentMode: 'buffer' });
  destination.on('error', onError);
  // In this mode it takes bytes, which its declaration does not say.
  const sink = destination as unknown as { write(bytes: Buffer): void };
  // Gathered here as bytes: texts put together would be made one, and encoded, once more for each line.
  const waiting = Buffer.alloc(bufferBytes);
  let end = 0;
  const flush = () => {
    if (end > 0) sink.write(Buffer.from(waiting.subarray(0, end)));
    end = 0;
  };
  const timer = setInterval(flush, flushMs).unref();
  process.on('exit', flush);
  return {
    write: (line) => {
      const mostBytes = 3 * line.length;
      if (end + mostBytes > bufferBytes) flush();
      if (mostBytes > bufferBytes) sink.write(Buffer.from(line));
      else end += waiting.write(line, end, 'utf8');
    },
    close: () => {
      clearInterval(timer);
      process.off('exit', flush);
      flush();
      if (fd > 2) destination.end();
    },
  };
}
