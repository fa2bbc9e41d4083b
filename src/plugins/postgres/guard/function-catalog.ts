import { nearestFunctions } from '../catalog/nearest-names.ts';
import type { Engine } from '../engine.ts';
import type { FunctionCatalog, FunctionFacts } from './checked-statement.ts';

/** Names remembered at most; the oldest are forgotten first. */
const capacity = 2000;
/** Milliseconds that an answer is trusted for: functions come and go with migrations, and soonest where there was none. */
const foundTtl = 60_000;
const missingTtl = 10_000;

/**
 * Every function of those names that SQL can call, in all schemas: which of them an unqualified name means depends on a
 * search_path that other connections may have otherwise. Trigger functions and the like, with arguments of type internal,
 * cannot be called. A type's name can be: `uuid('…')` is a cast. A function in an untrusted language (C, plpython3u) can
 * do what READ ONLY does not stop, so it is taken for an extension's.
 */
const query = `
select n.nspname as schema, p.proname as name,
  pg_catalog.bool_or(p.provolatile = 'v') as volatile,
  pg_catalog.bool_or(n.nspname = 'pg_catalog' or e.objid is not null or not l.lanpltrusted) as built_in
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
join pg_catalog.pg_language l on l.oid = p.prolang
left join pg_catalog.pg_depend e on e.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass and e.objid = p.oid
  and e.refclassid = 'pg_catalog.pg_extension'::pg_catalog.regclass and e.deptype = 'e'
where p.proname = any ($1::pg_catalog.text[])
  and not 'pg_catalog.internal'::pg_catalog.regtype = any (p.proargtypes::pg_catalog.oid[])
  and p.prorettype not in ('pg_catalog.trigger'::pg_catalog.regtype, 'pg_catalog.event_trigger'::pg_catalog.regtype)
group by 1, 2
union all
select n.nspname, t.typname, false, true
from pg_catalog.pg_type t
join pg_catalog.pg_namespace n on n.oid = t.typnamespace
where t.typname = any ($1::pg_catalog.text[])`;

interface Known {
  readonly facts: readonly FunctionFacts[];
  readonly until: number;
}

/** The functions of a live server, asked for by name and remembered for a while. */
export class LiveFunctionCatalog implements FunctionCatalog {
  readonly #engine: Pick<Engine, 'catalog'>;
  readonly #now: () => number;
  readonly #known = new Map<string, Known>();

  constructor(engine: Pick<Engine, 'catalog'>, now: () => number = Date.now) {
    this.#engine = engine;
    this.#now = now;
  }

  async lookup(
    names: readonly { readonly schema: string | undefined; readonly name: string }[],
    signal?: AbortSignal,
  ): Promise<readonly FunctionFacts[]> {
    const wanted = new Set(names.map(({ name }) => name));
    const facts = new Map<string, readonly FunctionFacts[]>();
    for (const name of wanted) {
      const known = this.#known.get(name);
      if (known && known.until > this.#now()) facts.set(name, known.facts);
    }
    const missing = [...wanted].filter((name) => !facts.has(name));
    if (missing.length > 0) {
      for (const [name, found] of await this.#ask(missing, signal)) facts.set(name, found);
    }
    return names.flatMap(({ schema, name }) =>
      (facts.get(name) ?? []).filter((fact) => schema === undefined || fact.schema === schema),
    );
  }

  nearest(name: string, signal?: AbortSignal): Promise<readonly string[]> {
    return nearestFunctions(this.#engine, name, signal);
  }

  async #ask(
    names: readonly string[],
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, readonly FunctionFacts[]>> {
    const rows = await this.#engine.catalog(query, [names], signal);
    const answers = new Map<string, FunctionFacts[]>(names.map((name) => [name, []]));
    for (const facts of rows.map(factsOf)) answers.get(facts.name)?.push(facts);
    for (const [name, facts] of answers) this.#remember(name, facts);
    return answers;
  }

  #remember(name: string, facts: readonly FunctionFacts[]): void {
    this.#known.delete(name); // so that the newest are last
    this.#known.set(name, { facts, until: this.#now() + (facts.length > 0 ? foundTtl : missingTtl) });
    for (const oldest of this.#known.keys()) {
      if (this.#known.size <= capacity) return;
      this.#known.delete(oldest);
    }
  }
}

function factsOf(row: Readonly<Record<string, string | null>>): FunctionFacts {
  return {
    schema: row.schema ?? '',
    name: row.name ?? '',
    volatile: row.volatile === 't' || row.volatile === 'true',
    builtIn: row.built_in === 't' || row.built_in === 'true',
  };
}
