import { displayName } from '../identifier.ts';
import { type Cell, oneLine, shorten, sizeText, textTable, unavailableLines } from '../text-table.ts';
import type { Column } from './columns.ts';
import type { Constraint } from './constraints.ts';
import type { TableDescription } from './description.ts';
import type { ForeignKey } from './foreign-keys.ts';
import type { Index } from './indexes.ts';
import type { Policy } from './policies.ts';
import type { Trigger } from './triggers.ts';

const longestCell = 200;

/** A table's description for a model to read: a heading, then each part that has something, a line an item. */
export function tableDescriptionText(info: TableDescription): string {
  const columns = info.columns ?? [];
  return [
    ...heading(info),
    ...(columns.length === 0
      ? []
      : textTable(['column', 'type', 'null', 'default', 'notes'], columns.map(columnCells))),
    ...constraintLines(info).map(oneLine),
    ...part('foreign keys', info.foreign_keys?.outgoing.map(foreignKeyText)),
    ...part('referenced by', info.foreign_keys?.incoming.map(foreignKeyText)),
    ...part('indexes', info.indexes?.map(indexText)),
    ...part('triggers', info.triggers?.map(triggerText)),
    ...part('policies', info.policies?.map(policyText)),
    ...partitionLines(info),
    ...statsLines(info),
    ...sampleLines(info),
    ...(info.ddl === undefined ? [] : ['ddl:', info.ddl]),
    ...info.cut.map((cut) => oneLine(`cut: ${cut}`)),
    ...unavailableLines(info.unavailable),
  ].join('\n');
}

function part(title: string, lines: readonly string[] | undefined): string[] {
  return lines === undefined || lines.length === 0 ? [] : [`${title}:`, ...lines.map((line) => `  ${oneLine(line)}`)];
}

/** The parts that are there, joined; nothing for none. */
function joined(parts: readonly (string | false | null | undefined)[], separator: string): string {
  return parts.filter((piece) => typeof piece === 'string' && piece !== '').join(separator);
}

function heading(info: TableDescription): string[] {
  const facts = [
    info.type,
    info.persistence !== 'permanent' && info.persistence,
    info.rows_estimate !== null && `~${info.rows_estimate} rows`,
    info.size_bytes !== null && sizeText(info.size_bytes),
    info.indexes_bytes !== null && info.indexes_bytes > 0 && `of it indexes ${sizeText(info.indexes_bytes)}`,
    `owner ${info.owner}`,
    info.rls !== 'off' && `row level security ${info.rls}`,
    info.populated === false && 'not populated: REFRESH it first',
    !info.readable && 'the role may not SELECT from it',
  ];
  const lines = [`${displayName(info.schema, info.name)}: ${joined(facts, ', ')}`];
  if (info.comment !== null) lines.push(`comment: ${info.comment}`);
  return lines.map(oneLine);
}

function columnCells(column: Column): Cell[] {
  const notes = joined(
    [
      column.identity && `identity ${column.identity}`,
      column.generated && `generated ${column.generated.kind} ${column.generated.expression ?? ''}`,
      column.domain_of && `domain of ${column.domain_of}`,
      column.enum_values && `one of ${column.enum_values.map((value) => JSON.stringify(value)).join(' ')}`,
      column.readable === false && 'the role may not SELECT it',
      column.collation && `collate ${column.collation}`,
      column.comment,
    ],
    '; ',
  );
  return [column.name, column.type, column.nullable ? 'yes' : 'no', column.default, notes];
}

function constraintLines({ constraints }: TableDescription): string[] {
  if (!constraints) return [];
  const { primary_key, unique, check, exclusion } = constraints;
  const text = ({ name, definition, comment }: Constraint) => joined([`${name} ${definition}`, comment], ' -- ');
  return [
    ...(primary_key ? [`primary key: ${text(primary_key)}`] : []),
    ...part('constraints', [...unique, ...check, ...exclusion].map(text)),
  ];
}

function foreignKeyText(key: ForeignKey): string {
  return joined(
    [
      `${key.name}: ${key.table} (${key.columns.join(', ')}) -> ${key.references.table} (${key.references.columns.join(', ')})`,
      key.match === 'full' && 'match full',
      key.on_update !== 'no action' && `on update ${key.on_update}`,
      key.on_delete !== 'no action' && `on delete ${key.on_delete}`,
      key.deferrable && `deferrable ${key.deferrable}`,
      !key.validated && 'not validated',
      key.enforced === false && 'not enforced',
    ],
    ' ',
  );
}

function indexText(index: Index): string {
  const facts = [
    index.size_bytes !== null && sizeText(index.size_bytes),
    index.scans !== null && `${index.scans} scans`,
    index.last_scan && `last ${index.last_scan}`,
    !index.valid && 'INVALID',
    index.comment,
  ];
  return joined([index.definition, joined(facts, ', ')], ' -- ');
}

function triggerText({ enabled, definition, comment }: Trigger): string {
  return joined([definition, enabled !== 'yes' && `enabled: ${enabled}`, comment], ' -- ');
}

function policyText(policy: Policy): string {
  return joined(
    [
      `${policy.name}: ${policy.permissive ? 'permissive' : 'restrictive'} for ${policy.command} to ${policy.roles.join(', ')}`,
      policy.using !== null && `using ${policy.using}`,
      policy.with_check !== null && `with check ${policy.with_check}`,
      policy.comment && `-- ${policy.comment}`,
    ],
    ' ',
  );
}

function partitionLines({ partitions }: TableDescription): string[] {
  if (!partitions) return [];
  const { strategy, key, parents, bounds, children, children_total } = partitions;
  const lines = [
    ...(strategy === undefined ? [] : [`partitioned by ${key}`]),
    ...(parents.length === 0 ? [] : [joined([`child of ${parents.join(', ')}`, bounds], ' ')]),
  ].map(oneLine);
  if (children_total === 0) return lines;
  const rows = children.map((child) => [child.table, child.bounds, child.rows_estimate, sizeText(child.size_bytes)]);
  return [...lines, `children: ${children_total}`, ...textTable(['table', 'bounds', 'rows', 'size'], rows)];
}

function statsLines({ stats, counters_since }: TableDescription): string[] {
  if (!stats) return [];
  const counters = Object.entries(stats.counters ?? {}).flatMap(([name, value]) =>
    value === null || value === undefined ? [] : [`${name} ${value}`],
  );
  const rows = stats.columns.map((column) => [
    column.name,
    column.null_frac,
    column.n_distinct,
    column.avg_width,
    column.correlation,
  ]);
  return [
    ...(counters.length === 0 ? [] : [`counted since ${counters_since ?? 'the beginning'}: ${counters.join(', ')}`]),
    ...(rows.length === 0 ? [] : textTable(['column', 'null_frac', 'n_distinct', 'avg_width', 'correlation'], rows)),
  ];
}

function sampleLines({ sample }: TableDescription): string[] {
  if (!sample) return [];
  if (sample.rows.length === 0) return ['sample: no rows'];
  const cell = (value: unknown) => shorten(JSON.stringify(value) ?? '', longestCell);
  const names = sample.columns.map(({ name }) => name);
  return [
    'sample:',
    ...textTable(
      names,
      sample.rows.map((row) => row.map(cell)),
    ),
  ];
}
