import { GatewayError } from '../../../../core/errors.ts';
import type { Database } from '../../deps.ts';
import { fixOf, isOfTheStatement } from '../failed-statement.ts';
import { displayName } from '../identifier.ts';
import { lockedFix, lockedWhy } from '../locked-relations.ts';
import { catalogSections, type Parts, type SectionName, sectionNames, type TableDescription } from './description.ts';
import { type Overview, overview } from './overview.ts';
import { type Basis, notesOn, readSections, type SectionResult } from './read-sections.ts';
import { readSample, type Sample } from './sample.ts';
import type { Section } from './section.ts';
import { shortTexts } from './short-texts.ts';

const mostCharacters = 4000;
const mostOfValue = 500;

/** The parts of a table's description that are wanted, in one statement, and one more for sample rows. */
export async function describeTable(
  database: Database,
  basis: Basis,
  wanted: readonly SectionName[],
  signal: AbortSignal,
): Promise<TableDescription> {
  const { table } = basis;
  const names = sectionNames.filter((name) => wanted.includes(name));
  const [found, sample] = await Promise.all([
    readSections(database.engine, basis, sectionsOf(names), signal),
    names.includes('sample') ? sampleOrWhy(database, basis, signal) : undefined,
  ]);
  const head = overviewOf(found, displayName(table.schema, table.name));
  const { countersSince, ...facts } = head;
  const all = [...found.values(), ...(sample ? [sample] : [])];
  const cut = all.flatMap(({ notes }) => notes.cuts);
  const { ddl, ...parts } = Object.fromEntries(names.map((name) => [name, found.get(name)?.value])) as Parts;
  return {
    schema: table.schema,
    name: table.name,
    type: table.kind,
    ...shortTexts({ ...facts, ...parts }, mostCharacters, 'execute_sql on the system catalogs has it whole.', cut),
    ...(names.includes('indexes') || names.includes('stats') ? { counters_since: countersSince } : {}),
    ...(sample?.value ? shortTexts({ sample: sample.value }, mostOfValue, 'execute_sql has it whole.', cut) : {}),
    ...(ddl === undefined ? {} : { ddl }),
    cut,
    unavailable: all.flatMap(({ notes }) => notes.unavailable),
  };
}

/** What heads the description; throws where there is none, since then nothing can be said. */
function overviewOf(found: ReadonlyMap<string, SectionResult<unknown>>, table: string): Overview {
  const result = found.get('overview');
  const [failure] = result?.notes.unavailable ?? [];
  if (result?.value) return result.value as Overview;
  if (failure) throw new GatewayError('upstream', `${table} cannot be described: ${failure.why} ${failure.fix}`);
  throw new GatewayError('invalid_input', `${table} was dropped just now.`);
}

function sectionsOf(names: readonly SectionName[]): ReadonlyMap<string, Section<unknown>> {
  const wanted = names.flatMap((name) => (name === 'sample' ? [] : [[name, catalogSections[name]] as const]));
  return new Map<string, Section<unknown>>([['overview', overview], ...wanted]);
}

async function sampleOrWhy(database: Database, basis: Basis, signal: AbortSignal): Promise<SectionResult<Sample>> {
  const notes = notesOn(basis);
  const { lockedBy } = basis.table;
  if (lockedBy !== undefined) {
    notes.unavailable.push({ what: 'sample', why: lockedWhy(lockedBy), fix: lockedFix });
    return { notes };
  }
  try {
    return { value: await readSample(database, notes, signal), notes };
  } catch (error) {
    if (signal.aborted || !isOfTheStatement(error)) throw error;
    notes.unavailable.push({ what: 'sample', why: error.message, fix: fixOf(error) });
    return { notes };
  }
}
