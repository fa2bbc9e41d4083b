export type LineEnd = 'lf' | 'crlf' | 'cr' | 'mixed' | 'none';

/**
 * What a line is, to every tool: it ends with LF, and a CR right before that belongs to its end. Only in a text without
 * any LF does CR end lines (as on the first Macs); in all others a CR by itself is a character like any.
 */
export function isCrOnly(text: string): boolean {
  return text.includes('\r') && !text.includes('\n');
}

/** The text with LF at the end of each line. */
export function withLf(text: string): string {
  if (!text.includes('\r')) return text;
  return isCrOnly(text) ? text.replaceAll('\r', '\n') : text.replaceAll('\r\n', '\n');
}

/** Which line ends a text has. */
export function lineEndOf(text: string): LineEnd {
  if (isCrOnly(text)) return 'cr';
  const crlf = text.split('\r\n').length - 1;
  const lf = text.split('\n').length - 1 - crlf;
  if (crlf > 0 && lf > 0) return 'mixed';
  return crlf > 0 ? 'crlf' : lf > 0 ? 'lf' : 'none';
}

const characters = { lf: '\n', crlf: '\r\n', cr: '\r' } as const;

/** The text with every line end written as `end`. */
export function withLineEnd(text: string, end: keyof typeof characters): string {
  return withLf(text).replaceAll('\n', characters[end]);
}
