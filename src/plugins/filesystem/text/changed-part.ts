const newline = 10;

/** The lines of two texts between those that both begin and end with. */
export interface ChangedPart {
  readonly before: string;
  readonly after: string;
  /** Lines that both have before it. */
  readonly skipped: number;
}

/** What two texts with LF line ends differ in, with `context` lines more on both sides. */
export function changedPart(before: string, after: string, context: number): ChangedPart {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before.charCodeAt(head) === after.charCodeAt(head)) head++;
  let tail = 0;
  while (
    tail < shorter - head &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++;
  const start = linesBack(before, head, context);
  const kept = before.length - linesOn(before, before.length - tail, context + 1);
  return {
    before: before.slice(start, before.length - kept),
    after: after.slice(start, after.length - kept),
    skipped: lineEndsBefore(before, start),
  };
}

/** Where the line begins that is `count` lines above the one of a position. */
function linesBack(text: string, position: number, count: number): number {
  let at = position;
  for (let line = 0; line <= count && at >= 0; line++) at = at === 0 ? -1 : text.lastIndexOf('\n', at - 1);
  return at + 1;
}

/** Behind the line end that is `count` lines on from a position. */
function linesOn(text: string, position: number, count: number): number {
  let at = position;
  for (let line = 0; line < count && at < text.length; line++) {
    const next = text.indexOf('\n', at);
    at = next === -1 ? text.length : next + 1;
  }
  return at;
}

function lineEndsBefore(text: string, end: number): number {
  let count = 0;
  for (let at = 0; at < end; at++) if (text.charCodeAt(at) === newline) count++;
  return count;
}
