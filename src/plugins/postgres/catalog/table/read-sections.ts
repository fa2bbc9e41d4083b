import type { Engine } from '../../engine.ts';
import { fixOf, isOfTheStatement } from '../failed-statement.ts';
import { lockedFix, lockedWhy } from '../locked-relations.ts';
import { readTogether } from './read-together.ts';
import type { Section, SectionNotes } from './section.ts';

/** What one section gave; `value` is absent where it could not be read, and the notes say why. */
export interface SectionResult<Value> {
  readonly value?: Value;
  readonly notes: SectionNotes;
}

export type Basis = Pick<SectionNotes, 'table' | 'version'>;

type Sections = ReadonlyMap<string, Section<unknown>>;
type Results = ReadonlyMap<string, SectionResult<unknown>>;

/**
 * Reads sections of one table's description with a single statement. One that this role or this table cannot have does not
 * take the others along: it says why instead. Where another session has locked the table, only what needs no lock is read.
 */
export async function readSections(
  engine: Engine,
  basis: Basis,
  sections: Sections,
  signal: AbortSignal,
): Promise<Results> {
  const { lockedBy } = basis.table;
  if (lockedBy !== undefined) return readUnlocked(engine, basis, sections, lockedWhy(lockedBy), signal);
  try {
    return await readAll(engine, basis, sections, signal);
  } catch (error) {
    if (signal.aborted || !isOfTheStatement(error)) throw error;
    if (error.code === 'timeout') return readUnlocked(engine, basis, sections, error.message, signal);
    const alone = Array.from(sections, ([name, section]) => readAlone(engine, basis, name, section, signal));
    return new Map(await Promise.all(alone));
  }
}

export function notesOn({ table, version }: Basis): SectionNotes {
  return { table, version, unavailable: [], cuts: [] };
}

async function readAll(engine: Engine, basis: Basis, sections: Sections, signal: AbortSignal): Promise<Results> {
  const queries = [...sections.values()].flatMap((section) => section.queries);
  const rows = await readTogether(engine, basis.table.oid, queries, signal);
  const results = new Map<string, SectionResult<unknown>>();
  let taken = 0;
  for (const [name, section] of sections) {
    const own = rows.slice(taken, taken + section.queries.length);
    taken += section.queries.length;
    const notes = notesOn(basis);
    results.set(name, { value: section.read(own, notes), notes });
  }
  return results;
}

async function readUnlocked(
  engine: Engine,
  basis: Basis,
  sections: Sections,
  why: string,
  signal: AbortSignal,
): Promise<Results> {
  const free = new Map(Array.from(sections).filter(([, section]) => !section.waitsForLocks));
  const read = await readAll(engine, basis, free, signal);
  return new Map(
    Array.from(sections.keys(), (name) => [name, read.get(name) ?? failed(basis, name, why, lockedFix)] as const),
  );
}

async function readAlone(
  engine: Engine,
  basis: Basis,
  name: string,
  section: Section<unknown>,
  signal: AbortSignal,
): Promise<readonly [string, SectionResult<unknown>]> {
  try {
    const results = await readAll(engine, basis, new Map([[name, section]]), signal);
    return [name, results.get(name) ?? { notes: notesOn(basis) }];
  } catch (error) {
    if (signal.aborted || !isOfTheStatement(error)) throw error;
    return [name, failed(basis, name, error.message, fixOf(error))];
  }
}

function failed(basis: Basis, what: string, why: string, fix: string): SectionResult<unknown> {
  const notes = notesOn(basis);
  notes.unavailable.push({ what, why, fix });
  return { notes };
}
