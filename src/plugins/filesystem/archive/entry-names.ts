import { GatewayError } from '../../../core/errors.ts';
import { printable } from '../sandbox/failure.ts';
import { checkNewName } from '../sandbox/requested-path.ts';
import type { ZipEntry } from './zip-reader.ts';

const deepest = 256;

export interface PlannedEntry {
  readonly entry: ZipEntry;
  /** The names that its path is made of. */
  readonly names: readonly string[];
}

/**
 * What an archive would put where. Throws, before anything is made, for a path that could leave the folder it is
 * unpacked into, and for two entries that want one place: which of them to believe is what attackers play with. Names that
 * some file systems take for one (case, Unicode composition) are told apart by the one that is written to.
 */
export function planOf(entries: readonly ZipEntry[]): PlannedEntry[] {
  const top: Folder = new Map();
  return entries.map((entry) => {
    const names = namesOf(entry.name);
    let folder = top;
    for (const [index, name] of names.entries()) {
      const isFile = index === names.length - 1 && entry.kind !== 'directory';
      const known = folder.get(name);
      if (known === 'file' || (known && isFile)) throw twice(entry.name);
      const below: Folder = known ?? new Map();
      folder.set(name, isFile ? 'file' : below);
      folder = below;
    }
    return { entry, names };
  });
}

type Folder = Map<string, 'file' | Folder>;

function twice(path: string): GatewayError {
  return new GatewayError(
    'unsupported',
    `The archive cannot be used: it has ${printable(path)} twice, or as a file and as a directory. Nothing was unpacked.`,
  );
}

/** The names that an entry's path is made of. Throws for one that could leave the folder it is unpacked into. */
function namesOf(path: string): string[] {
  const names = path.replace(/\/$/, '').split('/');
  const unsafe =
    names.length > deepest ||
    names.some((name) => name === '' || name === '.' || name === '..' || /[\\:]/.test(name) || name.length > 255);
  if (unsafe)
    throw new GatewayError('denied', `The archive has an unsafe path: ${printable(path)}. Nothing was unpacked.`);
  for (const name of names) checkNewName(name);
  return names;
}
