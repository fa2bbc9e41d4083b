import { realpathSync, type Stats, statSync } from 'node:fs';

/** A file's path as it is named and as its links lead. */
export function placesOf(path: string): readonly string[] {
  try {
    return [...new Set([path, realpathSync(path)])];
  } catch {
    return [path]; // gone since it was read: its name stays closed
  }
}

/** Whether it is one of those files under whatever name: a hard link, or another case where the system ignores case. */
export function isFileOf(paths: readonly string[], stats: Stats): boolean {
  if (!stats.isFile()) return false;
  return paths.some((path) => {
    const other = statSync(path, { throwIfNoEntry: false });
    return other?.isFile() === true && other.dev === stats.dev && other.ino === stats.ino;
  });
}
