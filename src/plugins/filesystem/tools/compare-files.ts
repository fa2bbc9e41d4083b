import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { readWhole } from '../io/read.ts';
import { printable } from '../sandbox/failure.ts';
import { decodeText, detectFormat, endsInHalf, looksBinary } from '../text/encoding.ts';
import { requireConvertible } from '../text/escape-encodings.ts';
import { lineEndNotes } from '../text/line-end-notes.ts';
import { unifiedDiff } from '../text/unified-diff.ts';
import { PathParameter, readOnly } from './parameters.ts';

/** Shows how two text files differ, whatever their encodings and line ends. */
export const compareFiles = defineTool({
  name: 'compare_files',
  title: 'Compare Files',
  description: 'Returns the unified diff of two text files; differences of encoding and line ends are named apart.',
  input: v.strictObject({
    a: PathParameter,
    b: PathParameter,
    context: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(100), v.description('Lines around each change')),
      3,
    ),
  }),
  output: v.object({ identical: v.boolean(), diff: v.string(), notes: v.array(v.string()) }),
  annotations: readOnly,
  toText: ({ identical, diff, notes }) => (identical ? 'The files are identical' : [...notes, diff].join('\n')),
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { a, b, context }) {
    const [left, right] = await Promise.all([a, b].map((path) => load(deps, path, signal)));
    if (!left || !right || left.bytes.equals(right.bytes)) return { identical: true, diff: '', notes: [] };
    const notes = [
      ...(left.encoding === right.encoding ? [] : [`Encodings differ: ${left.encoding} and ${right.encoding}.`]),
      ...lineEndNotes(left.text, right.text),
      ...[left, right].filter(({ half }) => half).map(({ name }) => `${name} ends in half a unit of UTF-16, left out.`),
    ];
    const diff = await unifiedDiff(left.text, right.text, printable(a), context, printable(b));
    return { identical: false, diff, notes };
  },
});

const comparing = { what: 'compare_files', advice: 'Compare hashes with get_file_info and hash: true.' };

function load(deps: FilesystemDeps, path: string, signal: AbortSignal) {
  return deps.sandbox.use(path, { access: 'read' }, async (place) => {
    const bytes = await place.withFile((file) => readWhole(file, deps.limits.editBytes, comparing, signal));
    const format = detectFormat(bytes, true);
    if (looksBinary(bytes, format)) {
      throw new GatewayError(
        'unsupported',
        `${printable(path)} is binary. Compare hashes with get_file_info and hash: true.`,
      );
    }
    requireConvertible(format.encoding, printable(path));
    const text = decodeText(bytes, format);
    return {
      name: printable(path),
      bytes,
      text,
      half: endsInHalf(bytes.length, format),
      encoding: format.bom ? `${format.encoding} with a mark` : format.encoding,
    };
  });
}
