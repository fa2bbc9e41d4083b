import { isAscii } from 'node:buffer';
import type { Stats } from 'node:fs';
import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { Change } from '../changes/change.ts';
import type { FilesystemDeps } from '../deps.ts';
import { hashOf, readWhole } from '../io/read.ts';
import { printable } from '../sandbox/failure.ts';
import { type Place, refuseSpecial } from '../sandbox/place.ts';
import { requireWritable } from '../sandbox/write-permission.ts';
import { decodeText, detectFormat, encodeText, isGuess, namedEncoding, type TextFormat } from '../text/encoding.ts';
import { lineEndOf, withLineEnd } from '../text/line-ends.ts';
import {
  requireEditable,
  requireEncoding,
  requireHash,
  requireKnownBytes,
  requireReversible,
} from '../text/text-file.ts';
import { ExpectedHash, Flag, PathParameter } from './parameters.ts';

const Input = v.strictObject({
  path: PathParameter,
  content: v.pipe(v.string(), v.description('The text to write')),
  mode: v.optional(
    v.pipe(
      v.picklist(['overwrite', 'create', 'append']),
      v.description('create: fail if the file exists; append: add at its end'),
    ),
    'overwrite',
  ),
  create_parents: Flag('Make missing parent directories', false),
  expected_hash: ExpectedHash,
  encoding: v.optional(
    v.pipe(
      v.string(),
      v.description('Encoding to write; keep: that of the file (what append does). UTF-8 where absent'),
    ),
  ),
  eol: v.optional(
    v.pipe(
      v.picklist(['keep', 'lf', 'crlf', 'cr']),
      v.description('Line ends to write; keep: those of the file (what append does). As given where absent'),
    ),
  ),
});

type Input = v.InferOutput<typeof Input>;

/** Writes a whole file in one step: whoever reads it meets the old content or the new. */
export const writeFile = defineTool({
  name: 'write_file',
  title: 'Write File',
  description:
    'Creates a file, replaces its content, or appends to it; what it replaces can be brought back with undo_change.',
  input: Input,
  output: v.object({
    path: v.string(),
    bytes: v.number(),
    hash: v.string(),
    created: v.boolean(),
    change_id: v.optional(v.string()),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: true, openWorldHint: false },
  toText: ({ path }) => `Successfully wrote to ${path}`,
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, input) {
    const change = deps.change('write_file', signal);
    const inPlace = () =>
      deps.sandbox.use(input.path, { access: 'write' }, (place) => {
        place.requireFileName();
        place.requireParent(', or set create_parents');
        return deps.locks.run(place.path, () => write(deps, place, input, change, signal));
      });
    if (!input.create_parents) return inPlace();
    return deps.whole(change, async () => {
      await makeParents(deps, input.path, change);
      return inPlace();
    });
  },
});

function makeParents(deps: FilesystemDeps, path: string, change: Change): Promise<void> {
  return deps.sandbox.use(path, { access: 'write' }, (place) => {
    place.requireFileName();
    if (place.rest.length > 0) change.makeDirectories(place, [place.entryName, ...place.rest.slice(0, -1)]);
  });
}

async function write(deps: FilesystemDeps, place: Place, input: Input, change: Change, signal: AbortSignal) {
  const stats = place.now();
  if (stats) refuseSpecial(stats, place.requested);
  if (stats && input.mode === 'create') {
    throw new GatewayError(
      'invalid_input',
      `EEXIST: ${printable(place.requested)} already exists. Use mode: "overwrite".`,
    );
  }
  if (stats) requireWritable(stats, place);
  const old = stats && needsOld(input) ? await readOld(deps, place, signal) : undefined;
  requireHash(input.expected_hash, old?.bytes, place);
  if (old && input.mode === 'append') {
    requireEncoding(old.bytes, place, input.encoding === 'keep' ? undefined : input.encoding);
    requireReversible(old.bytes, place);
  }
  const bytes = newBytes(input, old?.bytes);
  if (old && input.mode === 'append') requireEditable(bytes.length, deps.limits.editBytes);
  if (old && encodingOf(input) === 'keep') requireKept(old.bytes, bytes, place);
  await change.write(place, bytes, old?.stats ?? stats);
  return {
    path: printable(input.path),
    bytes: bytes.length,
    hash: hashOf(bytes),
    created: !stats,
    ...(change.id === undefined ? {} : { change_id: change.id }),
  };
}

function needsOld({ mode, encoding, eol, expected_hash }: Input): boolean {
  return mode === 'append' || encoding === 'keep' || eol === 'keep' || expected_hash !== undefined;
}

const writing = {
  what: 'writing with append, keep or expected_hash',
  advice: 'Nothing was changed. Write it whole without them, or to another file, or have limits.editBytes raised.',
};

function readOld(deps: FilesystemDeps, place: Place, signal: AbortSignal): Promise<{ stats: Stats; bytes: Buffer }> {
  return place.withFile(async (file) => ({
    stats: file.stats,
    bytes: await readWhole(file, deps.limits.editBytes, writing, signal),
  }));
}

function encodingOf({ encoding, mode }: Input): string {
  return encoding ?? (mode === 'append' ? 'keep' : 'utf-8');
}

/** Throws where what is written would be in another encoding than what is kept of the file; ASCII alone is in all of them. */
function requireKept(before: Buffer, after: Buffer, place: Place): void {
  const format = detectFormat(before, true);
  if (!isAscii(after)) requireKnownBytes({ bytes: before, format, guessed: isGuess(format) }, after, place);
}

function newBytes(input: Input, old: Buffer | undefined): Buffer {
  const append = input.mode === 'append';
  const format = formatOf(encodingOf(input), old);
  const eol = input.eol ?? (append ? 'keep' : undefined);
  const content = eol === undefined ? input.content : withEnds(input, eol, old, format);
  if (!append || !old) return encodeText(content, format);
  return Buffer.concat([old, encodeText(content, { ...format, bom: false })]);
}

function formatOf(encoding: string, old: Buffer | undefined): TextFormat {
  if (encoding !== 'keep') {
    // "UTF-16" is marked, and the two that name their byte order are not (RFC 2781).
    return { encoding: namedEncoding(encoding), bom: /^\s*utf-16\s*$/i.test(encoding) };
  }
  return old && old.length > 0 ? detectFormat(old, true) : { encoding: 'utf-8', bom: false };
}

function withEnds(
  { content, mode }: Input,
  eol: 'keep' | 'lf' | 'crlf' | 'cr',
  old: Buffer | undefined,
  format: TextFormat,
): string {
  if (eol !== 'keep') return withLineEnd(content, eol);
  const kept = old ? lineEndOf(decodeText(old, format)) : 'none';
  if (kept === 'mixed' || kept === 'none') return content;
  // What is appended is part of a file that has an LF, so CRs by themselves end no lines in it.
  if (mode === 'append' && kept !== 'cr' && !content.includes('\n')) return content;
  return withLineEnd(content, kept);
}
