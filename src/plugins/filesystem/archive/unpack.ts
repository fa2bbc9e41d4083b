import { crc32, createInflateRaw } from 'node:zlib';
import { readAt } from '../io/read.ts';
import { printable } from '../sandbox/failure.ts';
import type { OpenFile } from '../sandbox/place.ts';
import { drained } from './drained.ts';
import { badArchive, deflated, localLength, signatures, stored } from './zip-format.ts';
import type { ZipEntry } from './zip-reader.ts';

const chunkBytes = 262_144;

/** The content of an entry, unpacked a piece at a time; throws where it is not what the directory says it is. */
export async function* unpack(file: OpenFile, entry: ZipEntry, signal: AbortSignal): AsyncGenerator<Buffer> {
  const name = printable(entry.name);
  if (entry.method !== stored && entry.method !== deflated) throw badArchive(`${name} is packed in an unusual way`);
  const header = await readAt(file.fd, entry.offset, localLength);
  if (header.length < localLength || header.readUInt32LE(0) !== signatures.local)
    throw badArchive(`${name} is not where it should be`);
  const start = entry.offset + localLength + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = readRange(file.fd, start, entry.compressed, signal);
  let size = 0;
  let crc = 0;
  for await (const chunk of entry.method === stored ? packed : inflate(packed)) {
    size += chunk.length;
    if (size > entry.size) throw badArchive(`${name} is larger than it says`);
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (size !== entry.size || crc !== entry.crc) throw badArchive(`${name} is damaged`);
}

async function* readRange(fd: number, start: number, length: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  for (let done = 0; done < length; ) {
    signal.throwIfAborted();
    const chunk = await readAt(fd, start + done, Math.min(chunkBytes, length - done));
    if (chunk.length === 0) return;
    done += chunk.length;
    yield chunk;
  }
}

async function* inflate(packed: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const inflater = createInflateRaw();
  const feeding = (async () => {
    for await (const chunk of packed) {
      if (!inflater.write(chunk)) await drained(inflater);
      if (inflater.destroyed) return;
    }
    inflater.end();
  })();
  feeding.catch((error: Error) => inflater.destroy(error));
  try {
    for await (const chunk of inflater) yield chunk as Buffer;
  } catch (cause) {
    throw cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_')
      ? badArchive('its data is broken')
      : cause;
  } finally {
    inflater.destroy();
  }
}
