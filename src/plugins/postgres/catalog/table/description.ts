import * as v from 'valibot';
import { relationKindNames } from '../relation-kind.ts';
import { Unavailable } from '../unavailable.ts';
import { Column, columns } from './columns.ts';
import { Constraints, constraints } from './constraints.ts';
import { ddl } from './ddl.ts';
import { ForeignKeys, foreignKeys } from './foreign-keys.ts';
import { Index, indexes } from './indexes.ts';
import { Partitions, partitions } from './partitions.ts';
import { Policy, policies } from './policies.ts';
import { Sample } from './sample.ts';
import type { Section } from './section.ts';
import { TableStats, tableStats } from './table-stats.ts';
import { Trigger, triggers } from './triggers.ts';

const Sections = {
  columns: v.optional(v.array(Column)),
  constraints: v.optional(Constraints),
  foreign_keys: v.optional(ForeignKeys),
  indexes: v.optional(v.array(Index)),
  triggers: v.optional(v.array(Trigger)),
  policies: v.optional(v.array(Policy)),
  partitions: v.optional(Partitions),
  stats: v.optional(TableStats),
  sample: v.optional(Sample),
  ddl: v.optional(v.string()),
};

export type SectionName = keyof typeof Sections;
export type Parts = { [Name in SectionName]?: TableDescription[Name] };

export const TableDescription = v.object({
  schema: v.string(),
  name: v.string(),
  type: v.picklist(relationKindNames),
  owner: v.string(),
  comment: v.nullable(v.string()),
  rows_estimate: v.pipe(
    v.nullable(v.number()),
    v.description('Of the planner; null where never analysed, and for views.'),
  ),
  size_bytes: v.pipe(v.nullable(v.number()), v.description('With indexes, TOAST and partitions.')),
  indexes_bytes: v.nullable(v.number()),
  rls: v.picklist(['off', 'on', 'forced']),
  readable: v.pipe(v.boolean(), v.description('Whether the connected role may SELECT from it.')),
  persistence: v.picklist(['permanent', 'unlogged', 'temporary']),
  populated: v.optional(v.boolean()),
  counters_since: v.optional(
    v.pipe(
      v.nullable(v.string()),
      v.description('When the counts of scans and rows began; null: when the database was made.'),
    ),
  ),
  ...Sections,
  cut: v.pipe(v.array(v.string()), v.description('What was cut short, and how to get the rest.')),
  unavailable: v.array(Unavailable),
});
export type TableDescription = v.InferOutput<typeof TableDescription>;

/** How each part is read; sample rows alone do not come from the catalog. */
export const catalogSections: { readonly [Name in Exclude<SectionName, 'sample'>]: Section<TableDescription[Name]> } = {
  columns,
  constraints,
  foreign_keys: foreignKeys,
  indexes,
  triggers,
  policies,
  partitions,
  stats: tableStats,
  ddl,
};

export const sectionNames = [
  'columns',
  'constraints',
  'foreign_keys',
  'indexes',
  'triggers',
  'policies',
  'partitions',
  'stats',
  'sample',
  'ddl',
] as const;
/** What is told unasked. */
export const structure = sectionNames.slice(0, 7);
