/*
 * The statements around a CREATE TABLE, rendered by the server's own quoting and deparsing: what goes before it and after it
 * to make the same table. The query takes the table's OID as $1 and gives one `line` a row, in order; `place` 0 goes before.
 */

/** A piece of the union: rows of one kind at one place, each a statement without its semicolon. */
const piece = (place: number, query: string) => `select ${place} as place, p.line, p.name from (${query}) p`;

/** `ALTER TABLE` is right for every kind of relation, views and materialized views too. */
const alter = `'ALTER TABLE ' || me.name`;

const pieces = [
  piece(
    0,
    `select s.relname as name, pg_catalog.format('CREATE SEQUENCE %I.%I AS %s START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s',
      sn.nspname, s.relname, pg_catalog.format_type(q.seqtypid, null), q.seqstart, q.seqincrement, q.seqmin, q.seqmax,
      q.seqcache, case when q.seqcycle then ' CYCLE' end) as line
    from owned join pg_catalog.pg_class s on s.oid = owned.oid
    join pg_catalog.pg_namespace sn on sn.oid = s.relnamespace
    join pg_catalog.pg_sequence q on q.seqrelid = s.oid`,
  ),
  piece(
    1,
    `select s.relname as name, pg_catalog.format('ALTER SEQUENCE %I.%I OWNED BY %s.%I', sn.nspname, s.relname, me.name, a.attname) as line
    from me cross join owned join pg_catalog.pg_class s on s.oid = owned.oid
    join pg_catalog.pg_namespace sn on sn.oid = s.relnamespace
    join pg_catalog.pg_attribute a on a.attrelid = me.oid and a.attnum = owned.attnum`,
  ),
  piece(
    2,
    `select a.attname as name, ${alter} || pg_catalog.format(' ALTER COLUMN %I %s', a.attname, change.what) as line
    from me
    join pg_catalog.pg_attribute a on a.attrelid = me.oid and a.attnum > 0 and not a.attisdropped
    join pg_catalog.pg_type t on t.oid = a.atttypid
    left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum and a.attgenerated = ''
    left join pg_catalog.pg_constraint nn on nn.conrelid = a.attrelid and nn.contype = 'n' and nn.conkey[1] = a.attnum
    cross join lateral (values
      ('SET DEFAULT ' || case when me.relkind = 'v' or not (a.attislocal or me.relispartition)
        then pg_catalog.pg_get_expr(d.adbin, d.adrelid) end),
      (case when a.attnotnull and not (a.attislocal or me.relispartition) and nn.conislocal is not false then 'SET NOT NULL' end),
      (case when a.attstorage <> t.typstorage and me.relkind in ('r', 'p', 'm') then 'SET STORAGE ' ||
        case a.attstorage when 'p' then 'PLAIN' when 'e' then 'EXTERNAL' when 'm' then 'MAIN' else 'EXTENDED' end end),
      ('SET STATISTICS ' || nullif(pg_catalog.to_jsonb(a) ->> 'attstattarget', '-1')),
      ('SET (' || pg_catalog.array_to_string(a.attoptions, ', ') || ')')
    ) change(what)
    where change.what is not null`,
  ),
  piece(
    3,
    `select i.relname as name, pg_catalog.replace(pg_catalog.pg_get_indexdef(x.indexrelid),
      pg_catalog.quote_ident(i.relname) || ' ON ONLY ', pg_catalog.quote_ident(i.relname) || ' ON ') as line
    from me join pg_catalog.pg_index x on x.indrelid = me.oid join pg_catalog.pg_class i on i.oid = x.indexrelid
    where not exists (select from pg_catalog.pg_constraint k where k.conindid = x.indexrelid and k.conrelid = me.oid and k.contype in ('p', 'u', 'x'))`,
  ),
  piece(
    4,
    `select i.relname as name, ${alter} || ' CLUSTER ON ' || pg_catalog.quote_ident(i.relname) as line
    from me join pg_catalog.pg_index x on x.indrelid = me.oid and x.indisclustered
    join pg_catalog.pg_class i on i.oid = x.indexrelid`,
  ),
  piece(
    5,
    `select null::pg_catalog.name as name, ${alter} || ' REPLICA IDENTITY ' || case me.relreplident
      when 'n' then 'NOTHING' when 'f' then 'FULL' else (
        select 'USING INDEX ' || pg_catalog.quote_ident(i.relname)
        from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid
        where x.indrelid = me.oid and x.indisreplident) end as line
    from me where me.relkind in ('r', 'p', 'm') and me.relreplident in ('n', 'f', 'i')`,
  ),
  piece(
    6,
    `select null::pg_catalog.name as name, pg_catalog.format('ALTER TABLE ONLY %I.%I ATTACH PARTITION %s %s', pn.nspname, p.relname, me.name,
      pg_catalog.pg_get_expr(me.relpartbound, me.oid)) as line
    from me join pg_catalog.pg_inherits i on i.inhrelid = me.oid
    join pg_catalog.pg_class p on p.oid = i.inhparent
    join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
    where me.relispartition`,
  ),
  piece(
    7,
    `select s.stxname as name, pg_catalog.pg_get_statisticsobjdef(s.oid) as line
    from me join pg_catalog.pg_statistic_ext s on s.stxrelid = me.oid`,
  ),
  piece(
    8,
    `select r.rulename as name, pg_catalog.rtrim(pg_catalog.pg_get_ruledef(r.oid), ';') as line
    from me join pg_catalog.pg_rewrite r on r.ev_class = me.oid and r.rulename <> '_RETURN'`,
  ),
  piece(
    9,
    `select t.tgname as name, pg_catalog.pg_get_triggerdef(t.oid) as line
    from me join pg_catalog.pg_trigger t on t.tgrelid = me.oid and not t.tgisinternal and t.tgparentid = 0`,
  ),
  piece(
    10,
    `select t.tgname as name, ${alter} || case t.tgenabled when 'D' then ' DISABLE' when 'R' then ' ENABLE REPLICA' else ' ENABLE ALWAYS' end
      || ' TRIGGER ' || pg_catalog.quote_ident(t.tgname) as line
    from me join pg_catalog.pg_trigger t on t.tgrelid = me.oid and not t.tgisinternal and t.tgparentid = 0
    where t.tgenabled <> 'O'`,
  ),
  piece(
    11,
    `select null::pg_catalog.name as name, ${alter} || rls.what as line
    from me cross join lateral (values
      (case when me.relrowsecurity then ' ENABLE ROW LEVEL SECURITY' end),
      (case when me.relforcerowsecurity then ' FORCE ROW LEVEL SECURITY' end)
    ) rls(what)
    where rls.what is not null`,
  ),
  piece(
    12,
    `select p.polname as name, pg_catalog.concat(pg_catalog.format('CREATE POLICY %I ON %s', p.polname, me.name),
      case when not p.polpermissive then ' AS RESTRICTIVE' end,
      ' FOR ' || case p.polcmd when 'r' then 'SELECT' when 'a' then 'INSERT' when 'w' then 'UPDATE' when 'd' then 'DELETE' else 'ALL' end,
      (
        select ' TO ' || pg_catalog.string_agg(case when r.role = 0 then 'PUBLIC'
          else pg_catalog.quote_ident(pg_catalog.pg_get_userbyid(r.role)) end, ', ')
        from pg_catalog.unnest(p.polroles) r(role)
      ),
      ' USING (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
      ' WITH CHECK (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')') as line
    from me join pg_catalog.pg_policy p on p.polrelid = me.oid`,
  ),
  piece(
    13,
    `select named.name, pg_catalog.format('COMMENT ON %s IS %L', named.what, named.comment) as line
    from me cross join lateral (
      select null::pg_catalog.name as name, case me.relkind when 'v' then 'VIEW ' when 'm' then 'MATERIALIZED VIEW '
        when 'f' then 'FOREIGN TABLE ' else 'TABLE ' end || me.name as what,
        pg_catalog.obj_description(me.oid, 'pg_class') as comment
      union all
      select a.attname, pg_catalog.format('COLUMN %s.%I', me.name, a.attname), pg_catalog.col_description(me.oid, a.attnum)
      from pg_catalog.pg_attribute a where a.attrelid = me.oid and a.attnum > 0 and not a.attisdropped
      union all
      select k.conname, pg_catalog.format('CONSTRAINT %I ON %s', k.conname, me.name), pg_catalog.obj_description(k.oid, 'pg_constraint')
      from pg_catalog.pg_constraint k where k.conrelid = me.oid
      union all
      select i.relname, pg_catalog.format('INDEX %I.%I', me.nspname, i.relname), pg_catalog.obj_description(i.oid, 'pg_class')
      from pg_catalog.pg_index x join pg_catalog.pg_class i on i.oid = x.indexrelid where x.indrelid = me.oid
      union all
      select t.tgname, pg_catalog.format('TRIGGER %I ON %s', t.tgname, me.name), pg_catalog.obj_description(t.oid, 'pg_trigger')
      from pg_catalog.pg_trigger t where t.tgrelid = me.oid and not t.tgisinternal
      union all
      select p.polname, pg_catalog.format('POLICY %I ON %s', p.polname, me.name), pg_catalog.obj_description(p.oid, 'pg_policy')
      from pg_catalog.pg_policy p where p.polrelid = me.oid
    ) named
    where named.comment is not null`,
  ),
];

export const statementsSql = `with me as (
  select c.*, n.nspname, pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name
  from pg_catalog.pg_class c
  join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  where c.oid = $1::pg_catalog.oid
), owned as (
  select d.objid as oid, d.refobjsubid as attnum
  from pg_catalog.pg_depend d
  join pg_catalog.pg_sequence q on q.seqrelid = d.objid
  where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refclassid = d.classid
    and d.refobjid = $1::pg_catalog.oid and d.deptype = 'a'
)
select s.line, s.place
from (
${pieces.join('\nunion all\n')}
) s
where s.line is not null
order by s.place, s.name nulls first, s.line
limit 5000`;
