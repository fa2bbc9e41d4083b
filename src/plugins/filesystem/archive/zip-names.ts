import { crc32 } from 'node:zlib';
import { printable } from '../sandbox/failure.ts';
import { fromCp437 } from './cp437.ts';
import { extraField } from './extra-fields.ts';
import { badArchive, unicodePathField, utf8Flag } from './zip-format.ts';

export interface DecodedName {
  readonly name: string;
  /** Whether it was read as CP437, for want of anything that says how to. */
  readonly isCp437: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * The name of an entry: in UTF-8 where the archive says so, or has it once more in UTF-8 (Info-ZIP's Unicode Path field,
 * which counts only while it belongs to the name beside it), or where it is; else in CP437. Throws where the archive says
 * what is not so.
 */
export function decodeName(raw: Buffer, flags: number, extra: Buffer): DecodedName {
  if ((flags & utf8Flag) !== 0) return { name: requiredUtf8(raw), isCp437: false };
  const other = extraField(extra, unicodePathField);
  if (other && other.length >= 5 && other[0] === 1 && other.readUInt32LE(1) === crc32(raw))
    return { name: requiredUtf8(other.subarray(5)), isCp437: false };
  const name = asUtf8(raw);
  return name === undefined ? { name: fromCp437(raw), isCp437: true } : { name, isCp437: false };
}

/** What is to be said of names that were read as CP437; undefined where none was. */
export function cp437Note(count: number): string | undefined {
  if (count === 0) return undefined;
  return `The archive does not say in which encoding ${count} of its names are, and they are not UTF-8: they were read as CP437, the default of zip files, and may look wrong`;
}

function requiredUtf8(raw: Buffer): string {
  const name = asUtf8(raw);
  if (name !== undefined) return name;
  throw badArchive(
    `it says that the name of the entry ${printable(raw.toString('utf8'))} is in UTF-8, which it is not. Make the archive anew`,
  );
}

function asUtf8(bytes: Buffer): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined; // not UTF-8, which is the question
  }
}
