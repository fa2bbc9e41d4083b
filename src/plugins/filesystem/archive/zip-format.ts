import { GatewayError } from '../../../core/errors.ts';

/** The record layouts of PKWARE's APPNOTE that both sides use. Offsets are from the start of each record. */
export const signatures = {
  local: 0x04034b50,
  central: 0x02014b50,
  end: 0x06054b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
  descriptor: 0x08074b50,
} as const;
export const endLength = 22;
export const end64Length = 56;
export const locator64Length = 20;
export const centralLength = 46;
export const localLength = 30;
export const stored = 0;
export const deflated = 8;
/** Sizes and checksum follow the data. */
export const streamedFlag = 0x0008;
export const utf8Flag = 0x0800;
export const encryptedFlag = 0x0001;
/** Extra fields: sizes that 32 bits cannot hold, and a name in UTF-8 beside one that is not. */
export const zip64Field = 0x0001;
export const unicodePathField = 0x7075;
/** The largest value of 32 bits: in ZIP64 it says that the value is elsewhere. */
export const largest = 0xffffffff;
/** Bytes of an archive's directory that are read, so no more are written. */
export const largestDirectory = 67_108_864;

export function badArchive(why: string): GatewayError {
  return new GatewayError('unsupported', `The archive cannot be used: ${why}.`);
}

/** A number of 64 bits; throws for one that no size or place can have. */
export function readUInt64(bytes: Buffer, at: number): number {
  const value = bytes.readBigUInt64LE(at);
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) throw badArchive('its sizes are impossible');
  return Number(value);
}
