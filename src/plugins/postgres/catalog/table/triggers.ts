import * as v from 'valibot';
import { textOf, textOrNull } from '../row.ts';
import type { Section } from './section.ts';

const enabledWhen = { O: 'yes', D: 'disabled', R: 'on a replica', A: 'always' } as const;

export const Trigger = v.object({
  name: v.string(),
  enabled: v.pipe(v.picklist(Object.values(enabledWhen)), v.description('By session_replication_role.')),
  definition: v.string(),
  comment: v.nullable(v.string()),
});
export type Trigger = v.InferOutput<typeof Trigger>;

const triggersSql = `select t.tgname as name, t.tgenabled as enabled, pg_catalog.pg_get_triggerdef(t.oid) as definition,
  pg_catalog.obj_description(t.oid, 'pg_trigger') as comment
from pg_catalog.pg_trigger t
where t.tgrelid = $1::pg_catalog.oid and not t.tgisinternal
order by t.tgname`;

/** The triggers that somebody made, not those that carry foreign keys. */
export const triggers: Section<Trigger[]> = {
  queries: [triggersSql],
  waitsForLocks: true,
  read: ([rows = []]) =>
    rows.map((row) => ({
      name: textOf(row, 'name'),
      enabled: enabledWhen[textOf(row, 'enabled') as keyof typeof enabledWhen],
      definition: textOf(row, 'definition'),
      comment: textOrNull(row, 'comment'),
    })),
};
