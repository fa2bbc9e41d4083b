import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { hashOf } from '../io/read.ts';
import type { Place } from '../sandbox/place.ts';
import { requireWritable } from '../sandbox/write-permission.ts';
import { applyEdits, type Edit } from '../text/edits.ts';
import { encodeEdited, readTextFileAt, requireHash, requireKnownBytes } from '../text/text-file.ts';
import { fencedDiff, unifiedDiff } from '../text/unified-diff.ts';
import { EditedEncoding, ExpectedHash, Flag, PathParameter, Whole } from './parameters.ts';

const EditOperation = v.strictObject({
  oldText: v.pipe(v.string(), v.description('Text to search for - must match exactly, and once')),
  newText: v.pipe(v.string(), v.description('Text to replace with')),
  replaceAll: Flag('Replace every match', false),
  expected: Whole('Replace every match, if there are exactly this many'),
});

const Input = v.strictObject({
  path: PathParameter,
  edits: v.pipe(v.array(EditOperation), v.minLength(1), v.maxLength(1000), v.description('Applied in order')),
  dryRun: Flag('Only show the diff', false),
  expected_hash: ExpectedHash,
  encoding: EditedEncoding,
});

type Input = v.InferOutput<typeof Input>;

/** Replaces exact text in a file and leaves everything else of it as it is: line ends, encoding, mark, permissions. */
export const editFile = defineTool({
  name: 'edit_file',
  title: 'Edit File',
  description:
    'Replaces exact text in a file and returns a diff; text that occurs more than once is refused with its line numbers.',
  input: Input,
  output: v.object({
    content: v.string(),
    applied: v.boolean(),
    matches: v.number(),
    fuzzy: v.number(),
    hash: v.string(),
    change_id: v.optional(v.string()),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  toText: ({ content, fuzzy }) =>
    fuzzy === 0
      ? content
      : `${content}[${fuzzy} of the edits matched only when indentation was ignored; check the diff]\n`,
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, input) {
    return deps.sandbox.use(input.path, { access: 'write' }, (place) =>
      deps.locks.run(place.path, () => edit(deps, place, input, signal)),
    );
  },
});

async function edit(deps: FilesystemDeps, place: Place, input: Input, signal: AbortSignal) {
  // One after the other: what the texts of an edit and their diff take in memory is many times the file.
  const { file, bytes, ...answer } = await deps.locks.run('edit_file', () => build(deps, place, input, signal));
  if (!answer.applied) return answer;
  requireWritable(file.stats, place);
  const change = deps.change('edit_file', signal);
  await change.write(place, bytes, file.stats);
  return { ...answer, ...(change.id ? { change_id: change.id } : {}) };
}

async function build(deps: FilesystemDeps, place: Place, input: Input, signal: AbortSignal) {
  const { edits, dryRun, expected_hash, encoding } = input;
  signal.throwIfAborted();
  const { editBytes } = deps.limits;
  const file = await readTextFileAt(place, editBytes, encoding, signal);
  requireHash(expected_hash, file.bytes, place);
  const { text, matches, fuzzy } = applyEdits(file.text, edits as readonly Edit[], editBytes);
  const bytes = encodeEdited(text, file.format, editBytes);
  requireKnownBytes(file, bytes, place);
  const content = fencedDiff(await unifiedDiff(file.text, text, place.path));
  const applied = !dryRun && text !== file.text;
  return { file: { stats: file.stats }, bytes, content, applied, matches, fuzzy, hash: hashOf(bytes) };
}
