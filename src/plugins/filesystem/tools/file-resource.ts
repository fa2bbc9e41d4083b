import { isUtf8 } from 'node:buffer';
import { pathToFileURL } from 'node:url';
import { defineResourceTemplate } from '../../../core/resource.ts';
import type { FilesystemDeps } from '../deps.ts';
import { mediaTypeOf } from '../io/media-type.ts';
import { readWhole } from '../io/read.ts';

/** Files as read-only resources, held to the same roots, patterns and caps as the tools. */
export const fileResource = defineResourceTemplate<FilesystemDeps>({
  name: 'file',
  title: 'File',
  description: 'A file in an allowed directory, by its absolute path.',
  uriTemplate: 'file:///{+path}',
  async read({ deps, signal }, { path = '' }) {
    const absolute = process.platform === 'win32' ? path : `/${path}`;
    return deps.sandbox.use(absolute, { access: 'read' }, async (place) => {
      const bytes = await place.withFile((file) => readWhole(file, deps.limits.mediaBytes, 'a resource', signal));
      const uri = pathToFileURL(place.path).href;
      const mimeType = mediaTypeOf(place.path, bytes);
      if (isUtf8(bytes) && !bytes.includes(0))
        return [{ uri, mimeType: textType(mimeType), text: bytes.toString('utf8') }];
      return [{ uri, mimeType, blob: bytes.toString('base64') }];
    });
  },
});

function textType(mimeType: string): string {
  return mimeType === 'application/octet-stream' ? 'text/plain' : mimeType;
}
