/** The relations that hold rows a caller can read, by the letter that pg_class.relkind has for them. */
export const relationKinds = {
  table: 'r',
  partitioned_table: 'p',
  view: 'v',
  materialized_view: 'm',
  foreign_table: 'f',
} as const;

export type RelationKind = keyof typeof relationKinds;

export const relationKindNames = ['table', 'partitioned_table', 'view', 'materialized_view', 'foreign_table'] as const;

/** The kind of that letter, or undefined for an index, a sequence, a TOAST table or a composite type. */
export function relationKind(relkind: string): RelationKind | undefined {
  return relationKindNames.find((name) => relationKinds[name] === relkind);
}
