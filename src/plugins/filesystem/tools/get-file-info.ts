import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { countLines, fileSource, withLineEnds } from '../io/byte-source.ts';
import { mediaTypeOf } from '../io/media-type.ts';
import { hashFile, readAt } from '../io/read.ts';
import { kindOf } from '../sandbox/entry-kind.ts';
import { escaped } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';
import { detectFormat, looksBinary } from '../text/encoding.ts';
import { Flag, PathParameter, readOnly } from './parameters.ts';

const sampleBytes = 65_536;
/** Larger files are not read through for the number of their lines. */
const mostCounted = 67_108_864;

/** What is known of a file or directory without handing over its content. */
export const getFileInfo = defineTool({
  name: 'get_file_info',
  title: 'Get File Info',
  description:
    'Returns size, times, permissions and type of a file or directory, with its encoding and, if asked, its SHA-256.',
  input: v.strictObject({ path: PathParameter, hash: Flag('Compute the SHA-256 of the content', false) }),
  output: v.object({
    size: v.number(),
    created: v.string(),
    modified: v.string(),
    accessed: v.string(),
    isDirectory: v.boolean(),
    isFile: v.boolean(),
    permissions: v.string(),
    type: v.picklist(['file', 'directory', 'symlink', 'fifo', 'socket', 'device']),
    path: v.string(),
    mime_type: v.optional(v.string()),
    encoding: v.optional(v.string()),
    lines: v.optional(v.number()),
    link_target: v.optional(v.string()),
    hash: v.optional(v.string()),
  }),
  annotations: readOnly,
  toText: (info) =>
    [
      `size: ${info.size}`,
      `created: ${new Date(info.created)}`,
      `modified: ${new Date(info.modified)}`,
      `accessed: ${new Date(info.accessed)}`,
      `isDirectory: ${info.isDirectory}`,
      `isFile: ${info.isFile}`,
      `permissions: ${info.permissions}`,
      ...(info.link_target === undefined ? [] : [`link to: ${escaped(info.link_target)}`]),
      ...(info.hash === undefined ? [] : [`hash: ${info.hash}`]),
    ].join('\n'),
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { path, hash }) {
    return deps.sandbox.use(path, { access: 'read' }, async (place) => {
      const stats = place.existing;
      return {
        size: stats.size,
        created: stats.birthtime.toISOString(),
        modified: stats.mtime.toISOString(),
        accessed: stats.atime.toISOString(),
        isDirectory: stats.isDirectory(),
        isFile: stats.isFile(),
        permissions: stats.mode.toString(8).slice(-3),
        type: kindOf(stats),
        path: place.path,
        ...(place.isThroughLink ? { link_target: place.path } : {}),
        ...(stats.isFile() ? await contentFacts(place, hash, signal) : {}),
      };
    });
  },
});

function contentFacts(place: Place, hash: boolean, signal: AbortSignal) {
  return place.withFile(async (file) => {
    const sample = await readAt(file.fd, 0, Math.min(sampleBytes, file.stats.size));
    const format = detectFormat(sample, sample.length === file.stats.size);
    const isText = !looksBinary(sample, format);
    const counted = isText && !format.encoding.startsWith('utf-16') && file.stats.size <= mostCounted;
    return {
      mime_type: mediaTypeOf(place.path, sample),
      ...(isText ? { encoding: format.encoding } : {}),
      ...(counted ? { lines: await countLines(await withLineEnds(fileSource(file), signal), signal) } : {}),
      ...(hash ? { hash: await hashFile(file, signal) } : {}),
    };
  });
}
