import { GatewayError } from '../../../core/errors.ts';

/** The record layouts of PKWARE's APPNOTE that both sides use. Offsets are from the start of each record. */
export const signatures = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, descriptor: 0x08074b50 } as const;
export const endLength = 22;
export const centralLength = 46;
export const localLength = 30;
export const stored = 0;
export const deflated = 8;
/** Sizes and checksum follow the data. */
export const streamedFlag = 0x0008;
export const utf8Flag = 0x0800;
export const encryptedFlag = 0x0001;
export const largest = 0xffffffff;

export function badArchive(why: string): GatewayError {
  return new GatewayError('unsupported', `The archive cannot be used: ${why}.`);
}
