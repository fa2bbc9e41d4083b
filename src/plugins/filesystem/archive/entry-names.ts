import { GatewayError } from '../../../core/errors.ts';
import { isTemporaryName } from '../io/temporary-name.ts';
import type { TreePace } from '../io/tree-bounds.ts';
import { printable } from '../sandbox/failure.ts';
import { isSafePath } from './safe-names.ts';
import { badArchive } from './zip-format.ts';
import type { ZipEntry } from './zip-reader.ts';

/** What comes to be in a directory, by name. */
export type Plan = Map<string, Planned>;

interface Planned {
  /** Undefined for a directory that no entry names by itself. */
  entry: ZipEntry | undefined;
  /** Undefined for what is no directory. */
  readonly below: Plan | undefined;
}

export interface PlanRules {
  readonly maxEntries: number;
  readonly pace: TreePace;
}

/**
 * What an archive would put where. Throws, before anything is made, for a path that could leave the folder it is
 * unpacked into, for more than may be made (the directories that an entry is in count as if they were entries), and for
 * two entries that want one place: which of them to believe is what attackers play with. Names that some file systems
 * take for one (case, Unicode composition) are told apart by the one that is written to.
 */
export async function planOf(entries: readonly ZipEntry[], { maxEntries, pace }: PlanRules): Promise<Plan> {
  const top: Plan = new Map();
  let planned = 0;
  for (const entry of entries) {
    await pace.rest();
    const names = namesOf(entry.name);
    let plan = top;
    for (const [index, name] of names.entries()) {
      const isLast = index === names.length - 1;
      const isFile = isLast && entry.kind !== 'directory';
      let known = plan.get(name);
      if (known && (isFile || !known.below)) throw twice(entry.name);
      if (!known) {
        if (++planned > maxEntries) throw tooMany(maxEntries);
        known = { entry: undefined, below: isFile ? undefined : new Map() };
        plan.set(name, known);
      }
      if (isLast) known.entry = entry;
      plan = known.below ?? plan;
    }
  }
  return top;
}

function twice(path: string): GatewayError {
  return badArchive(`it has ${printable(path)} twice, or as a file and as a directory. Nothing was unpacked`);
}

function tooMany(maxEntries: number): GatewayError {
  return badArchive(
    `it makes more than ${maxEntries} entries, with the directories they are in (limits.archiveEntries). Nothing was unpacked`,
  );
}

/** The names that an entry's path is made of. Throws for one that could leave the folder it is unpacked into. */
function namesOf(path: string): string[] {
  const names = path.replace(/\/$/, '').split('/');
  if (!isSafePath(names) || names.some(isTemporaryName))
    throw new GatewayError('denied', `The archive has an unsafe path: ${printable(path)}. Nothing was unpacked.`);
  return names;
}
