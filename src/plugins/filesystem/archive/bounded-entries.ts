import type { OpenFile } from '../sandbox/place.ts';
import { findDirectory } from './zip-directory.ts';
import { badArchive } from './zip-format.ts';
import { readEntries, type ZipEntry } from './zip-reader.ts';

export interface ZipLimits {
  readonly entries: number;
  readonly bytes: number;
}

/** The entries of a zip file that is to be unpacked. Throws where it is broken or over the limits. */
export async function boundedEntries(file: OpenFile, limits: ZipLimits, signal: AbortSignal): Promise<ZipEntry[]> {
  const directory = await findDirectory(file);
  if (directory.count > limits.entries)
    throw badArchive(`it has ${directory.count} entries, more than ${limits.entries} (limits.archiveEntries)`);
  const entries: ZipEntry[] = [];
  let total = 0;
  for await (const entry of readEntries(file, directory, signal)) {
    total += entry.size;
    if (total > limits.bytes) throw badArchive(`it unpacks to more than ${limits.bytes} bytes (limits.archiveBytes)`);
    entries.push(entry);
  }
  return entries;
}
