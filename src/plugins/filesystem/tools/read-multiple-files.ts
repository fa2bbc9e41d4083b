import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { readText } from '../text/read-text.ts';
import { Lines, readOnly, Whole } from './parameters.ts';

const ReadFile = v.object({
  path: v.string(),
  content: v.optional(v.string()),
  hash: v.optional(v.string()),
  truncated: v.optional(v.boolean()),
  note: v.optional(v.string()),
  error: v.optional(v.string()),
});

/** Reads several files in one call, each on its own: one that fails does not fail the others. */
export const readMultipleFiles = defineTool({
  name: 'read_multiple_files',
  title: 'Read Multiple Files',
  description: 'Reads several files as text in one call; a file that fails is told beside those that worked.',
  input: v.strictObject({
    paths: v.pipe(v.array(v.string()), v.minLength(1), v.description('Paths of the files to read')),
    head: Lines('Return only the first N lines of each'),
    max_bytes: Whole('Bytes to return of each file at most'),
  }),
  output: v.object({ files: v.array(ReadFile), not_read: v.number(), note: v.optional(v.string()) }),
  annotations: readOnly,
  toText: ({ files, note }) => [...files.map(block), ...(note === undefined ? [] : [note])].join('\n---\n'),
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { paths, head, max_bytes }) {
    const { limits, sandbox } = deps;
    const files: v.InferOutput<typeof ReadFile>[] = [];
    let left = limits.totalBytes;
    for (const path of paths.slice(0, limits.files)) {
      signal.throwIfAborted();
      if (left <= 0) break;
      const maxBytes = Math.min(max_bytes ?? limits.readBytes, limits.readBytes, left);
      try {
        const read = await sandbox.use(path, { access: 'read' }, (place) =>
          place.withFile((file) => readText(file, { head, maxBytes }, signal)),
        );
        left -= Buffer.byteLength(read.content);
        const { content, hash, truncated, note } = read;
        files.push({ path, content, hash, truncated, ...(note === undefined ? {} : { note }) });
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error;
        files.push({ path, error: error.message });
      }
    }
    const notRead = paths.length - files.length;
    if (notRead === 0) return { files, not_read: 0 };
    const why = files.length >= limits.files ? `${limits.files} files` : `${limits.totalBytes} bytes in all`;
    return {
      files,
      not_read: notRead,
      note: `[${notRead} files not read: a call reads at most ${why}. Ask for the rest again.]`,
    };
  },
});

function block({ path, content, truncated, note, error }: v.InferOutput<typeof ReadFile>): string {
  if (error !== undefined) return `${path}: Error - ${error}`;
  const cut = truncated ? '[truncated: read the rest with read_text_file]\n' : '';
  return `${path}:\n${content}\n${cut}${note === undefined ? '' : `[${note}]\n`}`;
}
