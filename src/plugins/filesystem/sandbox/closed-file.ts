import { realpathSync, type Stats, statSync } from 'node:fs';

/** A file's path as it is named and as its links lead. */
export function placesOf(path: string): readonly string[] {
  try {
    return [...new Set([path, realpathSync(path)])];
  } catch {
    return [path]; // gone since it was read: its name stays closed
  }
}

/** What a file is whatever its name: a hard link has the same, and another case where the system ignores case. */
export function identityOf({ dev, ino }: Pick<Stats, 'dev' | 'ino'>): string {
  return `${dev}:${ino}`;
}

/** The identities of those paths that are files now; folders are told by their path. */
export function identitiesOf(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    return stats?.isFile() ? [identityOf(stats)] : [];
  });
}
