import { promisify } from 'node:util';
import { crc32, type InputType, inflateRaw, type ZlibOptions } from 'node:zlib';
import type { Body } from './read-body.ts';

interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}

// With `info`, zlib also tells how many bytes it took, which the declared type does not know.
const inflate = promisify(inflateRaw) as unknown as (
  data: InputType,
  options: ZlibOptions & { readonly info: true },
) => Promise<Inflated>;

const trailer = 8;
const mostMembers = 1000;

/**
 * What the gzip members at the start of the bytes hold, where other bytes follow them: browsers ignore those. Undefined
 * where not even the first member is whole. At most `maxBytes`.
 */
export async function leadingMembers(bytes: Buffer, maxBytes: number): Promise<Body | undefined> {
  const parts: Buffer[] = [];
  let left = maxBytes;
  let at = 0;
  for (let count = 0; count < mostMembers && left > 0; count++) {
    const start = afterHeader(bytes, at);
    if (start === undefined) break;
    try {
      const { buffer, engine } = await inflate(bytes.subarray(start), { info: true, maxOutputLength: left });
      const end = start + engine.bytesWritten;
      if (end + trailer > bytes.length || bytes.readUInt32LE(end) !== crc32(buffer)) break;
      parts.push(buffer);
      left -= buffer.length;
      at = end + trailer;
    } catch {
      break; // what is no whole member is such bytes as are ignored
    }
  }
  return parts.length === 0 ? undefined : { bytes: Buffer.concat(parts), cut: false };
}

/** Where the data of a member begins (RFC 1952 section 2.3); undefined where none is. */
function afterHeader(bytes: Buffer, from: number): number | undefined {
  if (bytes[from] !== 0x1f || bytes[from + 1] !== 0x8b || bytes[from + 2] !== 8) return undefined;
  const flags = bytes[from + 3] ?? 0;
  let at = from + 10;
  if ((flags & 4) !== 0) at += 2 + (bytes[at] ?? 0) + (bytes[at + 1] ?? 0) * 256;
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, at);
    if (end === -1) return undefined;
    at = end + 1;
  }
  if ((flags & 2) !== 0) at += 2;
  return at < bytes.length ? at : undefined;
}
