import { closeSync, constants, fchmodSync, openSync, type Stats } from 'node:fs';
import { safeOpenFlags } from '../sandbox/directory.ts';
import { giveAttributes } from './attributes.ts';
import { removeQuietly, type Slot, writeChunks } from './replace-file.ts';

export interface CreatedContent {
  readonly chunks: AsyncIterable<Buffer>;
  /** Permission bits; the system's default where absent. */
  readonly mode?: number | undefined;
  /** The file whose owner, permissions and times it is given, in place of `mode`. */
  readonly like?: Stats;
}

/** Makes a file in a tree that has no name of its own yet: under its name at once, and not synced. */
export async function createFile({ directory, name }: Slot, { chunks, mode, like }: CreatedContent): Promise<void> {
  const path = directory.at(name);
  const fd = openSync(
    path,
    constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | safeOpenFlags,
    like ? 0o600 : 0o666,
  );
  try {
    await writeChunks(fd, chunks);
    if (like) giveAttributes(fd, like);
    else if (mode !== undefined) fchmodSync(fd, mode & 0o777);
  } catch (error) {
    removeQuietly(path);
    throw error;
  } finally {
    closeSync(fd);
  }
}
