import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { readText } from '../text/read-text.ts';
import { Flag, Lines, PathParameter, readOnly, Whole } from './parameters.ts';

const Output = v.object({
  content: v.string(),
  encoding: v.string(),
  bom: v.boolean(),
  eol: v.pipe(
    v.picklist(['lf', 'crlf', 'cr', 'mixed', 'none']),
    v.description('Line ends of the file; of one above 4 MiB, as far as it was seen'),
  ),
  size: v.number(),
  hash: v.optional(v.string()),
  total_lines: v.optional(v.number()),
  truncated: v.boolean(),
  next_offset: v.optional(v.number()),
  next_byte_offset: v.optional(v.number()),
  note: v.optional(v.string()),
});

/** Reads a text file or a part of it, in whatever encoding it is, of whatever size. */
export const readTextFile = defineTool({
  name: 'read_text_file',
  title: 'Read Text File',
  description:
    'Reads a file as text in its own encoding: all of it, the first (head) or last (tail) N lines, or a range (offset, limit).',
  input: v.strictObject({
    path: PathParameter,
    head: Lines('Return only the first N lines'),
    tail: Lines('Return only the last N lines; the empty line after a final newline counts'),
    offset: Whole('Line to start at, from 1'),
    limit: Whole('Lines to return, with offset'),
    byte_offset: Whole('Byte to start at, instead of lines', 0),
    line_numbers: Flag('Put the line number and a tab before each line', false),
    max_bytes: Whole('Bytes of the file to return at most'),
    encoding: v.optional(v.pipe(v.string(), v.description('Read as this encoding; found out where absent'))),
  }),
  output: Output,
  annotations: readOnly,
  toText: (output) =>
    [output.content, ...(output.truncated ? [truncation(output)] : []), ...bracketed(output.note)].join('\n'),
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, input) {
    const { head, tail, offset, limit, byte_offset, max_bytes } = input;
    if (head && tail) {
      throw new GatewayError('invalid_input', 'Cannot specify both head and tail parameters simultaneously');
    }
    const ways = [head || tail, offset ?? limit, byte_offset].filter((way) => way !== undefined && way !== 0);
    if (ways.length > 1) {
      throw new GatewayError('invalid_input', 'Give one of head, tail, offset with limit, or byte_offset.');
    }
    const request = {
      head,
      tail,
      offset,
      limit,
      byteOffset: byte_offset,
      encoding: input.encoding,
      lineNumbers: input.line_numbers,
      maxBytes: Math.min(max_bytes ?? deps.limits.readBytes, deps.limits.readBytes),
    };
    return deps.sandbox.use(input.path, { access: 'read' }, (place) =>
      place.withFile((file) => readText(file, request, signal)),
    );
  },
});

function bracketed(note: string | undefined): string[] {
  return note === undefined ? [] : [`[${note}]`];
}

function truncation({ content, size, next_offset, next_byte_offset }: v.InferOutput<typeof Output>): string {
  const cut = `[truncated: ${content.length} characters of a file of ${size} bytes; `;
  if (next_byte_offset === undefined) return `${cut}what is before them was asked for too: ask for less with tail]`;
  const next = next_offset === undefined ? `byte_offset: ${next_byte_offset}` : `offset: ${next_offset}`;
  return `${cut}go on with ${next}]`;
}
