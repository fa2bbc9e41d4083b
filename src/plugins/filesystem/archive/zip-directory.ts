import { readAt } from '../io/read.ts';
import type { OpenFile } from '../sandbox/place.ts';
import {
  badArchive,
  end64Length,
  endLength,
  largest,
  largestDirectory,
  locator64Length,
  readUInt64,
  signatures,
} from './zip-format.ts';

/** Where a zip file says what is in it. */
export interface ZipDirectory {
  /** Entries that it claims to have. */
  readonly count: number;
  readonly length: number;
  readonly start: number;
  /** By how much offsets are off. */
  readonly shift: number;
}

interface End extends Omit<ZipDirectory, 'shift'> {
  /** Where the record itself is. */
  readonly at: number;
}

const longestComment = 65_535;

/** Finds the directory of a zip file, ZIP64 too. Throws for what is none. */
export async function findDirectory(file: OpenFile): Promise<ZipDirectory> {
  const { count, length, start, at } = await findEnd(file);
  if (length > largestDirectory) throw badArchive('its directory is too large');
  const shift = await shiftOf(file, at - length, start);
  return { count, length, start: start + shift, shift };
}

async function findEnd(file: OpenFile): Promise<End> {
  const tailLength = endLength + longestComment;
  const tailStart = Math.max(0, file.stats.size - tailLength);
  const tail = await readAt(file.fd, tailStart, Math.min(file.stats.size, tailLength));
  const found = endIn(tail);
  const record = tail.subarray(found);
  const [count, length, start] = [record.readUInt16LE(10), record.readUInt32LE(12), record.readUInt32LE(16)];
  const at = tailStart + found;
  const isFull = count === 0xffff || length === largest || start === largest;
  return (isFull ? await findEnd64(file, at) : undefined) ?? { count, length, start, at };
}

/** The record that ZIP64 has before the end record; undefined where there is none: then what that says is meant. */
async function findEnd64(file: OpenFile, end: number): Promise<End | undefined> {
  const locatorAt = end - locator64Length;
  if (locatorAt < end64Length) return undefined;
  const locator = await readAt(file.fd, locatorAt, locator64Length);
  if (locator.length < locator64Length || locator.readUInt32LE(0) !== signatures.locator64) return undefined;
  // It is where it is said to be, or (with something put before the archive) right before what says so.
  for (const at of [readUInt64(locator, 8), locatorAt - end64Length]) {
    const record = await readAt(file.fd, at, end64Length);
    if (record.length < end64Length || record.readUInt32LE(0) !== signatures.end64) continue;
    return { count: readUInt64(record, 32), length: readUInt64(record, 40), start: readUInt64(record, 48), at };
  }
  throw badArchive('its ZIP64 directory is not where it should be');
}

function endIn(tail: Buffer): number {
  for (let at = tail.length - endLength; at >= 0; at--) {
    if (tail.readUInt32LE(at) === signatures.end) return at;
  }
  throw badArchive('it is not a zip file');
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
