import { crc32, deflateRawSync } from 'node:zlib';

export interface Entry {
  /** As bytes where it is not UTF-8. */
  readonly name: string | Buffer;
  readonly data: Buffer;
  readonly mode?: number;
  /** What the directory claims, where that is a lie. */
  readonly claimed?: number;
  /** General purpose bits; by default that the name is UTF-8. */
  readonly flags?: number;
  /** Extra fields of the directory. */
  readonly extra?: Buffer;
}

/** A zip file made by hand, so that it can be a bad one. */
export function zip(entries: readonly Entry[]): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { data, mode = 0o100644, claimed = data.length, flags = 0x0800, extra = Buffer.alloc(0) } = entry;
    const name = Buffer.from(entry.name);
    const packed = deflateRawSync(data);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(name.length, 26);
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt16LE(flags, 8);
    record.writeUInt16LE(8, 10);
    record.writeUInt32LE(crc32(data), 16);
    record.writeUInt32LE(packed.length, 20);
    record.writeUInt32LE(claimed, 24);
    record.writeUInt16LE(name.length, 28);
    record.writeUInt16LE(extra.length, 30);
    record.writeUInt16LE(mode, 40);
    record.writeUInt32LE(offset, 42);
    parts.push(local, name, packed);
    central.push(record, name, extra);
    offset += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, directory, end]);
}
