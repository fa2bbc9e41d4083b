import { isUtf8 } from 'node:buffer';
import { pathToFileURL } from 'node:url';
import type { ResourceContents } from '../../../core/content.ts';
import { GatewayError } from '../../../core/errors.ts';
import { defineResourceTemplate } from '../../../core/resource.ts';
import type { ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { mediaTypeOf } from '../io/media-type.ts';
import { readWhole } from '../io/read.ts';
import { escapeEncoding } from '../text/escape-encodings.ts';
import { withinClientRoots } from './within-client-roots.ts';

/** Files as read-only resources, held to the same roots, patterns and caps as the tools. */
export const fileResource = defineResourceTemplate<FilesystemDeps>({
  name: 'file',
  title: 'File',
  description: 'A file in an allowed directory, by its absolute path.',
  uriTemplate: 'file:///{+path}',
  async read(context, { path = '' }) {
    const absolute = process.platform === 'win32' ? path : `/${path}`;
    try {
      return await withinClientRoots(context, (narrowed) => contentsOf(narrowed, absolute));
    } catch (error) {
      throw asNoResource(error);
    }
  },
});

function contentsOf({ deps, signal }: ToolContext<FilesystemDeps>, path: string): Promise<ResourceContents[]> {
  return deps.sandbox.use(path, { access: 'read' }, async (place) => {
    const bytes = await place.withFile((file) => readWhole(file, deps.limits.mediaBytes, 'a resource', signal));
    const uri = pathToFileURL(place.path).href;
    const mimeType = mediaTypeOf(place.path, bytes);
    if (isUtf8(bytes) && !bytes.includes(0) && escapeEncoding(bytes) === undefined)
      return [{ uri, mimeType: textType(mimeType), text: bytes.toString('utf8') }];
    return [{ uri, mimeType, blob: bytes.toString('base64') }];
  });
}

/** To a client, a file that is not there and one that it may not have are both no resource: the protocol has no other word. */
function asNoResource(error: unknown): unknown {
  const isRefusal = error instanceof GatewayError && ['denied', 'invalid_input', 'too_large'].includes(error.code);
  return isRefusal ? new GatewayError('unknown_resource', error.message) : error;
}

function textType(mimeType: string): string {
  return mimeType === 'application/octet-stream' ? 'text/plain' : mimeType;
}
