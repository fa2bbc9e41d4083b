/*
 * The body of a CREATE statement, rendered by the server's own quoting and deparsing. Each query takes the OID of the table
 * as $1 and gives one `line` a row.
 */

/** `name='value'` of an array of storage options; numbers and switches bare. */
const optionList = (options: string, prefix = '') => `(
    select pg_catalog.string_agg(pg_catalog.format('${prefix}%I=%s', o.option_name,
      case when o.option_value ~ '^(-?[0-9.]+|true|false|on|off)$' then o.option_value
        else pg_catalog.quote_literal(o.option_value) end), ', ')
    from pg_catalog.pg_options_to_table(${options}) o)`;

/** `(name 'value', …)` as foreign tables and their columns have it. */
const foreignOptions = (options: string) => `(
    select pg_catalog.string_agg(pg_catalog.format('%I %L', o.option_name, o.option_value), ', ')
    from pg_catalog.pg_options_to_table(${options}) o)`;

/** What stands before and after the columns: kind, storage, parents, partition key; the query of a view. */
export const headSql = `select c.relkind as kind, c.relpersistence as persistence, c.relispopulated as populated,
  pg_catalog.quote_ident(n.nspname) || '.' || pg_catalog.quote_ident(c.relname) as name,
  case when c.relkind = 'p' then pg_catalog.pg_get_partkeydef(c.oid) end as partition_key,
  case when c.relispartition then pg_catalog.pg_get_expr(c.relpartbound, c.oid) end as bounds,
  (
    select pg_catalog.string_agg(pg_catalog.format('%I.%I', pn.nspname, p.relname), ', ' order by i.inhseqno)
    from pg_catalog.pg_inherits i
    join pg_catalog.pg_class p on p.oid = i.inhparent
    join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
    where i.inhrelid = c.oid
  ) as parents,
  case when am.amname <> 'heap' then pg_catalog.quote_ident(am.amname) end as access_method,
  pg_catalog.concat_ws(', ', ${optionList('c.reloptions')}, ${optionList('toast.reloptions', 'toast.')}) as options,
  pg_catalog.quote_ident(ts.spcname) as tablespace,
  pg_catalog.quote_ident(fs.srvname) as server, ${foreignOptions('ft.ftoptions')} as server_options,
  case when c.relkind in ('v', 'm') then pg_catalog.pg_get_viewdef(c.oid) end as query
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
left join pg_catalog.pg_class toast on toast.oid = c.reltoastrelid
left join pg_catalog.pg_am am on am.oid = c.relam
left join pg_catalog.pg_tablespace ts on ts.oid = c.reltablespace
left join pg_catalog.pg_foreign_table ft on ft.ftrelid = c.oid
left join pg_catalog.pg_foreign_server fs on fs.oid = ft.ftserver
where c.oid = $1::pg_catalog.oid`;

/** The options of an identity's sequence where they are not what a bare GENERATED … AS IDENTITY makes. */
const identityOptions = `(
    select ' (' || pg_catalog.concat_ws(' ',
      case when s.relname <> pg_catalog.left(c.relname || '_' || a.attname || '_seq', 63)
        then pg_catalog.format('SEQUENCE NAME %I.%I', sn.nspname, s.relname) end,
      pg_catalog.format('START WITH %s INCREMENT BY %s MINVALUE %s MAXVALUE %s CACHE %s%s', q.seqstart, q.seqincrement,
        q.seqmin, q.seqmax, q.seqcache, case when q.seqcycle then ' CYCLE' end)) || ')'
    from pg_catalog.pg_depend d
    join pg_catalog.pg_sequence q on q.seqrelid = d.objid
    join pg_catalog.pg_class s on s.oid = d.objid
    join pg_catalog.pg_namespace sn on sn.oid = s.relnamespace
    where d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass and d.refobjid = a.attrelid
      and d.refobjsubid = a.attnum and d.deptype = 'i'
      and (q.seqstart <> 1 or q.seqincrement <> 1 or q.seqmin <> 1 or q.seqcache <> 1 or q.seqcycle
        or s.relname <> pg_catalog.left(c.relname || '_' || a.attname || '_seq', 63)))`;

/**
 * A partition is written as a table of its own that is attached later, so it has all its columns, but no identity: that
 * comes with its parent. A child by inheritance has only what is not its parents'.
 */
export const columnLinesSql = `select pg_catalog.concat(
  pg_catalog.format('%I %s', a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod)),
  case when c.relkind = 'f' then ' OPTIONS (' || ${foreignOptions('a.attfdwoptions')} || ')' end,
  case pg_catalog.to_jsonb(a) ->> 'attcompression' when 'p' then ' COMPRESSION pglz' when 'l' then ' COMPRESSION lz4' end,
  case when a.attcollation <> t.typcollation then pg_catalog.format(' COLLATE %I.%I', cn.nspname, co.collname) end,
  case
    when a.attgenerated <> '' then pg_catalog.format(' GENERATED ALWAYS AS (%s)%s', pg_catalog.pg_get_expr(d.adbin, d.adrelid),
      case when a.attgenerated = 's' then ' STORED' end)
    when a.attidentity <> '' and not c.relispartition then pg_catalog.format(' GENERATED %s AS IDENTITY%s',
      case when a.attidentity = 'a' then 'ALWAYS' else 'BY DEFAULT' end, ${identityOptions})
    else ' DEFAULT ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) end,
  case when a.attnotnull and not exists (
    select from pg_catalog.pg_constraint nn
    where nn.conrelid = a.attrelid and nn.contype = 'n' and nn.conkey[1] = a.attnum
      and (nn.connoinherit or not nn.convalidated
        or nn.conname <> pg_catalog.left(c.relname || '_' || a.attname || '_not_null', 63))
  ) then ' NOT NULL' end) as line
from pg_catalog.pg_attribute a
join pg_catalog.pg_class c on c.oid = a.attrelid
join pg_catalog.pg_type t on t.oid = a.atttypid
left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
left join pg_catalog.pg_collation co on co.oid = a.attcollation
left join pg_catalog.pg_namespace cn on cn.oid = co.collnamespace
where a.attrelid = $1::pg_catalog.oid and a.attnum > 0 and not a.attisdropped and (a.attislocal or c.relispartition)
order by a.attnum`;

/** Constraints that CREATE TABLE can hold. One that is not valid can only be added to a table that is there. */
export const constraintLinesSql = `select pg_catalog.format('CONSTRAINT %I %s', k.conname, pg_catalog.pg_get_constraintdef(k.oid)) as line,
  not k.convalidated as later
from pg_catalog.pg_constraint k
join pg_catalog.pg_class c on c.oid = k.conrelid
left join pg_catalog.pg_constraint parent on parent.oid = k.conparentid
left join pg_catalog.pg_attribute a on a.attrelid = k.conrelid and a.attnum = k.conkey[1]
where k.conrelid = $1::pg_catalog.oid and (k.conislocal or c.relispartition)
  and parent.conrelid is distinct from k.conrelid
  and (k.contype in ('p', 'u', 'c', 'x', 'f')
    or k.contype = 'n' and (k.connoinherit or not k.convalidated
      or k.conname <> pg_catalog.left(c.relname || '_' || a.attname || '_not_null', 63)))
order by pg_catalog.strpos('npucxf', k.contype::pg_catalog.text), k.conname`;
