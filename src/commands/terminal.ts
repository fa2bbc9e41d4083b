import { styleText } from 'node:util';

type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** One of the two streams a command writes to. */
export interface Output {
  line(text: string): void;
  /** Over the line that stands there, for progress; nothing where it is no terminal. */
  progress(text: string): void;
  readonly isTerminal: boolean;
  /** Colours on a terminal that has them (NO_COLOR is honoured), the text alone elsewhere. */
  paint(style: Style, text: string): string;
}

/** What a command sees of the process. Only this file and main.ts touch the standard streams. */
export interface Terminal {
  readonly stdout: Output;
  readonly stderr: Output;
  /** All of standard input, as text. */
  readInput(): Promise<string>;
}

/** The terminal of this process. A reader that goes away (`… | head`) ends the command quietly. */
export function processTerminal(): Terminal {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit(0);
  });
  return { stdout: outputOf(process.stdout), stderr: outputOf(process.stderr), readInput };
}

function outputOf(stream: NodeJS.WriteStream): Output {
  const isTerminal = stream.isTTY === true;
  const hasColours = isTerminal && stream.hasColors();
  return {
    line: (text) => void stream.write(`${text}\n`),
    progress: (text) => void (isTerminal && stream.write(`\r\x1b[2K${text}`)),
    isTerminal,
    paint: (style, text) => (hasColours ? styleText(style, text) : text),
  };
}

async function readInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks).toString('utf8');
}

/** Text of others, made safe to show: what could steer a terminal is replaced. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, (control) => (control === '\n' || control === '\t' ? control : '\ufffd'));
}

/** Rows as columns of even width, two spaces apart. */
export function columns(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  return rows.map((row) =>
    row
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
