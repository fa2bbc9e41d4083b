import { crc32, deflateRawSync } from 'node:zlib';

export interface Entry {
  /** As bytes where it is not UTF-8. */
  readonly name: string | Buffer;
  readonly data: Buffer;
  readonly mode?: number;
  /** What the directory claims, where that is a lie. */
  readonly claimed?: number;
  /** What it claims that the data takes, where that is a lie. */
  readonly claimedPacked?: number;
  /** General purpose bits; by default that the name is UTF-8. */
  readonly flags?: number;
  /** Extra fields of the directory. */
  readonly extra?: Buffer;
}

export interface ZipForm {
  /** ZIP64: every size and place stands in the records for those that 32 bits cannot hold. */
  readonly wide?: boolean;
  /** Bytes that are put before it, which places count. */
  readonly before?: number;
}

const empty = Buffer.alloc(0);
const saturated = 0xffffffff;

/** The extra field of ZIP64. */
function wideField(values: readonly number[]): Buffer {
  const field = Buffer.alloc(4 + 8 * values.length);
  field.writeUInt16LE(0x0001, 0);
  field.writeUInt16LE(8 * values.length, 2);
  for (const [i, value] of values.entries()) field.writeBigUInt64LE(BigInt(value), 4 + 8 * i);
  return field;
}

/** The end record of ZIP64, and what says where it is. */
function wideEnd(count: number, length: number, start: number): Buffer {
  const end = Buffer.alloc(76);
  end.writeUInt32LE(0x06064b50, 0);
  end.writeBigUInt64LE(44n, 4);
  end.writeBigUInt64LE(BigInt(count), 24);
  end.writeBigUInt64LE(BigInt(count), 32);
  end.writeBigUInt64LE(BigInt(length), 40);
  end.writeBigUInt64LE(BigInt(start), 48);
  end.writeUInt32LE(0x07064b50, 56);
  end.writeBigUInt64LE(BigInt(start + length), 64);
  end.writeUInt32LE(1, 72);
  return end;
}

/** A zip file made by hand, so that it can be a bad one. */
export function zip(entries: readonly Entry[], { wide = false, before = 0 }: ZipForm = {}): Buffer {
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = before;
  for (const entry of entries) {
    const { data, mode = 0o100644, claimed = data.length, flags = 0x0800 } = entry;
    const name = Buffer.from(entry.name);
    const packed = deflateRawSync(data);
    const taken = entry.claimedPacked ?? packed.length;
    const extra = Buffer.concat([entry.extra ?? empty, wide ? wideField([claimed, taken, offset]) : empty]);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(8, 8);
    local.writeUInt16LE(name.length, 26);
    const record = Buffer.alloc(46);
    record.writeUInt32LE(0x02014b50, 0);
    record.writeUInt16LE(flags, 8);
    record.writeUInt16LE(8, 10);
    record.writeUInt32LE(crc32(data), 16);
    record.writeUInt32LE(wide ? saturated : taken, 20);
    record.writeUInt32LE(wide ? saturated : claimed, 24);
    record.writeUInt16LE(name.length, 28);
    record.writeUInt16LE(extra.length, 30);
    record.writeUInt16LE(mode, 40);
    record.writeUInt32LE(wide ? saturated : offset, 42);
    parts.push(local, name, packed);
    central.push(record, name, extra);
    offset += 30 + name.length + packed.length;
  }
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(wide ? 0xffff : entries.length, 10);
  end.writeUInt32LE(wide ? saturated : directory.length, 12);
  end.writeUInt32LE(wide ? saturated : offset, 16);
  const end64 = wide ? wideEnd(entries.length, directory.length, offset) : empty;
  return Buffer.concat([...parts, directory, end64, end]);
}
