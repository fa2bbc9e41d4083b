import { pathToFileURL } from 'node:url';
import * as v from 'valibot';
import { type ContentBlock, withContent } from '../../../core/content.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { mediaTypeOf } from '../io/media-type.ts';
import { readWhole } from '../io/read.ts';
import { PathParameter, readOnly, Whole } from './parameters.ts';

/**
 * Returns an image or a sound as content that a model sees or hears, and any other file as an embedded resource. The
 * block is all there is, as with the reference server: the bytes are not sent a second time as structured content.
 */
export const readMediaFile = defineTool({
  name: 'read_media_file',
  title: 'Read Media File',
  description: 'Returns an image or audio file as image or audio content, and any other file as an embedded resource.',
  input: v.strictObject({ path: PathParameter, max_bytes: Whole('Refuse the file if it is larger than this') }),
  annotations: readOnly,
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { path, max_bytes }) {
    const { mediaBytes } = deps.limits;
    return deps.sandbox.use(path, { access: 'read' }, async (place) => {
      const maxBytes = Math.min(max_bytes ?? mediaBytes, mediaBytes);
      const bytes = await place.withFile((file) => readWhole(file, maxBytes, reading(maxBytes, mediaBytes), signal));
      const mimeType = mediaTypeOf(place.path, bytes);
      return withContent([blockOf(place.path, mimeType, bytes.toString('base64'))]);
    });
  },
});

function reading(maxBytes: number, mediaBytes: number) {
  const larger = maxBytes < mediaBytes ? `Ask with max_bytes of up to ${mediaBytes}, or read` : 'Read';
  return {
    what: 'read_media_file',
    advice: `${larger} a part of it with read_text_file and byte_offset, or have limits.mediaBytes raised.`,
  };
}

function blockOf(path: string, mimeType: string, data: string): ContentBlock {
  if (mimeType.startsWith('image/')) return { type: 'image', data, mimeType };
  if (mimeType.startsWith('audio/')) return { type: 'audio', data, mimeType };
  return { type: 'resource', resource: { uri: pathToFileURL(path).href, mimeType, blob: data } };
}
