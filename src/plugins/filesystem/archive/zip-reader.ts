import { crc32, createInflateRaw } from 'node:zlib';
import { readAt } from '../io/read.ts';
import type { OpenFile } from '../sandbox/place.ts';
import { drained } from './drained.ts';
import {
  badArchive,
  centralLength,
  deflated,
  encryptedFlag,
  endLength,
  largest,
  localLength,
  signatures,
  stored,
  utf8Flag,
} from './zip-format.ts';

export interface ZipEntry {
  /** With `/` between names; a directory's ends in one. Not yet checked. */
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'link' | 'special';
  readonly size: number;
  readonly compressed: number;
  readonly method: number;
  readonly crc: number;
  /** Permission bits; 0 where the archive has none. */
  readonly mode: number;
  readonly offset: number;
}

export interface ZipLimits {
  readonly entries: number;
  readonly bytes: number;
}

const longestComment = 65_535;
const largestDirectory = 67_108_864;
const chunkBytes = 262_144;
/** Deflate cannot do better than about 1032 to 1: more is a lie. */
const highestRatio = 1100;

/** The entries of a zip file. Throws before anything is unpacked where it is broken or over the limits. */
export async function readEntries(file: OpenFile, limits: ZipLimits): Promise<ZipEntry[]> {
  const tailStart = Math.max(0, file.stats.size - endLength - longestComment);
  const tail = await readAt(file.fd, tailStart, Math.min(file.stats.size, endLength + longestComment));
  const at = findEnd(tail);
  const count = tail.readUInt16LE(at + 10);
  const length = tail.readUInt32LE(at + 12);
  const start = tail.readUInt32LE(at + 16);
  if (count === 0xffff || length === largest || start === largest) throw badArchive('it is in the ZIP64 format');
  if (count > limits.entries)
    throw badArchive(`it has ${count} entries, more than ${limits.entries} (limits.archiveEntries)`);
  if (length > largestDirectory) throw badArchive('its directory is too large');
  const shift = await shiftOf(file, tailStart + at - length, start);
  const directory = await readAt(file.fd, start + shift, length);
  const entries: ZipEntry[] = [];
  let total = 0;
  for (let position = 0, i = 0; i < count; i++) {
    if (position + centralLength > directory.length || directory.readUInt32LE(position) !== signatures.central) {
      throw badArchive('its directory is broken');
    }
    const { entry, next } = readEntry(directory, position, shift);
    total += entry.size;
    if (total > limits.bytes) throw badArchive(`it unpacks to more than ${limits.bytes} bytes (limits.archiveBytes)`);
    if (entry.size > Math.max(1024, entry.compressed) * highestRatio) throw badArchive('its sizes are impossible');
    entries.push(entry);
    position = next;
  }
  return entries;
}

/**
 * By how much offsets are off where something was put before the archive, as a program that unpacks itself is: its
 * directory ends where its end record begins.
 */
async function shiftOf(file: OpenFile, found: number, said: number): Promise<number> {
  if (found <= said) return 0;
  const bytes = await readAt(file.fd, found, 4);
  return bytes.length === 4 && bytes.readUInt32LE(0) === signatures.central ? found - said : 0;
}

function findEnd(tail: Buffer): number {
  for (let at = tail.length - endLength; at >= 0; at--) {
    if (tail.readUInt32LE(at) === signatures.end) return at;
  }
  throw badArchive('it is not a zip file');
}

function readEntry(directory: Buffer, at: number, shift: number): { entry: ZipEntry; next: number } {
  const flags = directory.readUInt16LE(at + 8);
  const nameLength = directory.readUInt16LE(at + 28);
  const next = at + centralLength + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  const rawName = directory.subarray(at + centralLength, at + centralLength + nameLength);
  const name = rawName.toString((flags & utf8Flag) !== 0 || rawName.every((byte) => byte < 128) ? 'utf8' : 'latin1');
  const unix = directory.readUInt16LE(at + 40);
  if ((flags & encryptedFlag) !== 0) throw badArchive('it is encrypted');
  const entry: ZipEntry = {
    name,
    kind: kindOf(unix, name),
    method: directory.readUInt16LE(at + 10),
    crc: directory.readUInt32LE(at + 16),
    compressed: directory.readUInt32LE(at + 20),
    size: directory.readUInt32LE(at + 24),
    mode: unix & 0o777,
    offset: directory.readUInt32LE(at + 42) + shift,
  };
  return { entry, next };
}

/** FIFOs, devices and sockets are special. */
function kindOf(unix: number, name: string): ZipEntry['kind'] {
  const type = unix & 0o170000;
  if (type === 0o120000) return 'link';
  if ([0o010000, 0o020000, 0o060000, 0o140000].includes(type)) return 'special';
  return name.endsWith('/') ? 'directory' : 'file';
}

/** The content of an entry, unpacked a piece at a time; throws where it is not what the directory says it is. */
export async function* unpack(file: OpenFile, entry: ZipEntry, signal: AbortSignal): AsyncGenerator<Buffer> {
  if (entry.method !== stored && entry.method !== deflated)
    throw badArchive(`${entry.name} is packed in an unusual way`);
  const header = await readAt(file.fd, entry.offset, localLength);
  if (header.length < localLength || header.readUInt32LE(0) !== signatures.local)
    throw badArchive(`${entry.name} is not where it should be`);
  const start = entry.offset + localLength + header.readUInt16LE(26) + header.readUInt16LE(28);
  const packed = readRange(file.fd, start, entry.compressed, signal);
  let size = 0;
  let crc = 0;
  for await (const chunk of entry.method === stored ? packed : inflate(packed)) {
    size += chunk.length;
    if (size > entry.size) throw badArchive(`${entry.name} is larger than it says`);
    crc = crc32(chunk, crc);
    yield chunk;
  }
  if (size !== entry.size || crc !== entry.crc) throw badArchive(`${entry.name} is damaged`);
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
