import * as v from 'valibot';
import { flagOf, listOf, textOf, textOrNull } from '../row.ts';
import type { Section } from './section.ts';

const commands = { r: 'select', a: 'insert', w: 'update', d: 'delete', '*': 'all' } as const;

export const Policy = v.object({
  name: v.string(),
  command: v.picklist(Object.values(commands)),
  permissive: v.pipe(v.boolean(), v.description('Permissive ones are joined by OR, the others all must hold.')),
  roles: v.array(v.string()),
  using: v.nullable(v.string()),
  with_check: v.nullable(v.string()),
  comment: v.nullable(v.string()),
});
export type Policy = v.InferOutput<typeof Policy>;

const policiesSql = `select p.polname as name, p.polcmd as command, p.polpermissive as permissive,
  (
    select pg_catalog.json_agg(case when r.role = 0 then 'public' else pg_catalog.pg_get_userbyid(r.role) end order by r.place)
    from pg_catalog.unnest(p.polroles) with ordinality as r(role, place)
  ) as roles,
  pg_catalog.pg_get_expr(p.polqual, p.polrelid) as using,
  pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as with_check,
  pg_catalog.obj_description(p.oid, 'pg_policy') as comment
from pg_catalog.pg_policy p
where p.polrelid = $1::pg_catalog.oid
order by p.polname`;

export const policies: Section<Policy[]> = {
  queries: [policiesSql],
  waitsForLocks: true,
  read: ([rows = []]) =>
    rows.map((row) => ({
      name: textOf(row, 'name'),
      command: commands[textOf(row, 'command') as keyof typeof commands],
      permissive: flagOf(row, 'permissive'),
      roles: listOf(row, 'roles'),
      using: textOrNull(row, 'using'),
      with_check: textOrNull(row, 'with_check'),
      comment: textOrNull(row, 'comment'),
    })),
};
