import { crc32, createDeflateRaw } from 'node:zlib';
import { drained } from './drained.ts';
import {
  badArchive,
  centralLength,
  deflated,
  endLength,
  largest,
  largestDirectory,
  localLength,
  signatures,
  stored,
  streamedFlag,
  utf8Flag,
} from './zip-format.ts';

/** Something to pack; `content` is opened only when its turn comes. */
export interface PackSource {
  readonly name: string;
  readonly mode: number;
  readonly modified: Date;
  /** Undefined for a directory, whose name ends in `/`. */
  content?(): AsyncIterable<Buffer>;
}

interface Packed {
  readonly source: PackSource;
  readonly offset: number;
  readonly crc: number;
  readonly compressed: number;
  readonly size: number;
}

/** A zip file, a piece at a time, packing as it goes: no entry is held in memory. */
export async function* pack(sources: AsyncIterable<PackSource>): AsyncGenerator<Buffer> {
  const packed: Packed[] = [];
  let offset = 0;
  let directoryLength = 0;
  for await (const source of sources) {
    const facts = { crc: 0, size: 0, compressed: 0 };
    const start = offset;
    for await (const piece of packOne(source, facts)) {
      offset += piece.length;
      if (offset >= largest) throw badArchive('it would be larger than 4 GB');
      yield piece;
    }
    packed.push({ source, offset: start, ...facts });
    directoryLength += centralLength + Buffer.byteLength(source.name);
    if (directoryLength > largestDirectory) throw badArchive('the names in it would be too long in all');
    if (packed.length >= 0xffff) throw badArchive('it would have more than 65,534 entries');
  }
  const directory = Buffer.concat(packed.map(centralRecord));
  yield directory;
  yield endRecord(packed.length, directory.length, offset);
}

async function* packOne(
  source: PackSource,
  facts: { crc: number; size: number; compressed: number },
): AsyncGenerator<Buffer> {
  const name = Buffer.from(source.name, 'utf8');
  const header = Buffer.alloc(localLength);
  header.writeUInt32LE(signatures.local, 0);
  writeCommon(header, 4, source);
  header.writeUInt16LE(name.length, 26);
  yield Buffer.concat([header, name]);
  if (!source.content) return;
  for await (const piece of deflate(source.content(), facts)) {
    facts.compressed += piece.length;
    yield piece;
  }
  const descriptor = Buffer.alloc(16);
  descriptor.writeUInt32LE(signatures.descriptor, 0);
  descriptor.writeUInt32LE(facts.crc, 4);
  descriptor.writeUInt32LE(facts.compressed, 8);
  descriptor.writeUInt32LE(facts.size, 12);
  yield descriptor;
}

async function* deflate(content: AsyncIterable<Buffer>, facts: { crc: number; size: number }): AsyncGenerator<Buffer> {
  const deflater = createDeflateRaw();
  const feeding = (async () => {
    for await (const chunk of content) {
      facts.crc = crc32(chunk, facts.crc);
      facts.size += chunk.length;
      if (!deflater.write(chunk)) await drained(deflater);
    }
    deflater.end();
  })();
  feeding.catch((error: Error) => deflater.destroy(error));
  for await (const chunk of deflater) yield chunk as Buffer;
}

/** Version needed, flags, method and time: the same in both headers. */
function writeCommon(header: Buffer, at: number, { modified, content }: PackSource): void {
  const date = modified.getFullYear() < 1980 ? new Date(1980, 0, 1) : modified;
  header.writeUInt16LE(20, at);
  header.writeUInt16LE(utf8Flag | (content ? streamedFlag : 0), at + 2);
  header.writeUInt16LE(content ? deflated : stored, at + 4);
  header.writeUInt16LE((date.getHours() << 11) | (date.getMinutes() << 5) | (date.getSeconds() >> 1), at + 6);
  header.writeUInt16LE(
    (((date.getFullYear() - 1980) & 0x7f) << 9) | ((date.getMonth() + 1) << 5) | date.getDate(),
    at + 8,
  );
}

function centralRecord({ source, offset, crc, compressed, size }: Packed): Buffer {
  const name = Buffer.from(source.name, 'utf8');
  const record = Buffer.alloc(centralLength);
  record.writeUInt32LE(signatures.central, 0);
  record.writeUInt16LE((3 << 8) | 20, 4); // made on Unix, so that the mode below is read
  writeCommon(record, 6, source);
  record.writeUInt32LE(crc, 16);
  record.writeUInt32LE(compressed, 20);
  record.writeUInt32LE(size, 24);
  record.writeUInt16LE(name.length, 28);
  record.writeUInt16LE((source.content ? 0o100000 : 0o040000) | (source.mode & 0o777), 40);
  record.writeUInt32LE(offset, 42);
  return Buffer.concat([record, name]);
}

function endRecord(count: number, length: number, offset: number): Buffer {
  const record = Buffer.alloc(endLength);
  record.writeUInt32LE(signatures.end, 0);
  record.writeUInt16LE(count, 8);
  record.writeUInt16LE(count, 10);
  record.writeUInt32LE(length, 12);
  record.writeUInt32LE(offset, 16);
  return record;
}
