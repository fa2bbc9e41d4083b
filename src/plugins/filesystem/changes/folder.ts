import { lstatSync, statfsSync } from 'node:fs';
import * as v from 'valibot';
import type { Directory } from '../sandbox/directory.ts';
import type { Place } from '../sandbox/place.ts';
import { identityOf } from './fingerprint.ts';

/**
 * Which directory a step is made in, so that another one at its path (the empty mount point of a disk that is missing) is
 * not taken for it. Not the device, whose number may be another after the next boot.
 */
export const Folder = v.object({
  ino: v.number(),
  /** When it was made, in milliseconds: tells the root of one disk from that of another. 0 where that is not known. */
  born: v.number(),
});

export type Folder = v.InferOutput<typeof Folder>;

const overlayfs = 0x794c7630;

/** What tells that directory from another one at its path. */
export function folderOf(directory: Directory): Folder {
  const path = `${directory.self}/.`;
  const { ino, birthtimeMs } = lstatSync(path);
  // overlayfs gives a directory of a lower layer another time when something in it is first changed.
  return { ino, born: statfsSync(path).type === overlayfs ? 0 : birthtimeMs };
}

/** Whether the directory of a place is the one that was recorded; false where there is none. */
export function isIn({ directory, rest }: Place, folder: Folder): boolean {
  if (rest.length > 0) return false;
  const { ino, born } = folderOf(directory);
  return ino === folder.ino && (born === folder.born || born === 0 || folder.born === 0);
}

/** What a step's record says of where it is made. */
export function located({ path, directory }: Place): { path: string; folder: Folder } {
  return { path, folder: folderOf(directory) };
}

/** The same for a move, and what is moved. */
export function locatedMove(from: Place, to: Place) {
  const fromFolder = folderOf(from.directory);
  return {
    from: from.path,
    fromFolder,
    to: to.path,
    toFolder: folderOf(to.directory),
    entry: identityOf(from.existing),
  };
}
