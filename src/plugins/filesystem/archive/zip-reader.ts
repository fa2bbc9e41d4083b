import { readAt } from '../io/read.ts';
import { TreePace } from '../io/tree-bounds.ts';
import type { OpenFile } from '../sandbox/place.ts';
import { extraField } from './extra-fields.ts';
import type { ZipDirectory } from './zip-directory.ts';
import { badArchive, centralLength, encryptedFlag, largest, readUInt64, signatures, zip64Field } from './zip-format.ts';
import { type DecodedName, decodeName } from './zip-names.ts';

export interface ZipEntry extends DecodedName {
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

/** Deflate cannot do better than about 1032 to 1: more is a lie. */
const highestRatio = 1100;
const pieceBytes = 1_048_576;
/** A record with the longest name, extra fields and comment. */
const longestRecord = centralLength + 3 * 0xffff;

/** The entries of a zip file, a piece of its directory at a time. Throws where that is broken. */
export async function* readEntries(
  file: OpenFile,
  { count, length, start, shift }: ZipDirectory,
  signal: AbortSignal,
): AsyncGenerator<ZipEntry> {
  const pace = new TreePace({ maxEntries: count, signal });
  const end = start + length;
  let piece: Buffer = Buffer.alloc(0);
  let pieceStart = start;
  let at = 0;
  for (let i = 0; i < count; i++) {
    await pace.rest();
    if (piece.length - at < longestRecord && pieceStart + piece.length < end) {
      pieceStart += at;
      at = 0;
      piece = await readAt(file.fd, pieceStart, Math.min(pieceBytes, end - pieceStart));
    }
    const { entry, next } = readEntry(piece, at, shift);
    if (entry.size > Math.max(1024, entry.compressed) * highestRatio) throw badArchive('its sizes are impossible');
    yield entry;
    at = next;
  }
}

function readEntry(directory: Buffer, at: number, shift: number): { entry: ZipEntry; next: number } {
  if (at + centralLength > directory.length || directory.readUInt32LE(at) !== signatures.central)
    throw badArchive('its directory is broken');
  const flags = directory.readUInt16LE(at + 8);
  if ((flags & encryptedFlag) !== 0) throw badArchive('it is encrypted');
  const nameEnd = at + centralLength + directory.readUInt16LE(at + 28);
  const extraEnd = nameEnd + directory.readUInt16LE(at + 30);
  const extra = directory.subarray(nameEnd, extraEnd);
  const decoded = decodeName(directory.subarray(at + centralLength, nameEnd), flags, extra);
  const unix = directory.readUInt16LE(at + 40);
  const [size, compressed, offset] = wideFields(
    [directory.readUInt32LE(at + 24), directory.readUInt32LE(at + 20), directory.readUInt32LE(at + 42)],
    extra,
  );
  const entry: ZipEntry = {
    ...decoded,
    kind: kindOf(unix, decoded.name),
    method: directory.readUInt16LE(at + 10),
    crc: directory.readUInt32LE(at + 16),
    compressed,
    size,
    mode: unix & 0o777,
    offset: offset + shift,
  };
  return { entry, next: extraEnd + directory.readUInt16LE(at + 32) };
}

type Fields = readonly [size: number, compressed: number, offset: number];

/** The same, with those that 32 bits cannot hold from the field of ZIP64, which has only these, in this order. */
function wideFields([size, compressed, offset]: Fields, extra: Buffer): Fields {
  const wide = extraField(extra, zip64Field);
  let at = 0;
  const widened = (narrow: number): number => {
    if (narrow !== largest || !wide || at + 8 > wide.length) return narrow;
    at += 8;
    return readUInt64(wide, at - 8);
  };
  return [widened(size), widened(compressed), widened(offset)];
}

/** FIFOs, devices and sockets are special. */
function kindOf(unix: number, name: string): ZipEntry['kind'] {
  const type = unix & 0o170000;
  if (type === 0o120000) return 'link';
  if ([0o010000, 0o020000, 0o060000, 0o140000].includes(type)) return 'special';
  return name.endsWith('/') ? 'directory' : 'file';
}
