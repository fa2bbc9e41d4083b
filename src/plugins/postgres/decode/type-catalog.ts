import type { Engine } from '../engine.ts';
import { builtInTypes, type TypeFacts } from './built-in-types.ts';

/** Names a type as SQL would here: schema only where search_path does not find it. Arrays by their element. */
const typesSql = `
SELECT t.oid, e.oid AS element, COALESCE(e.typdelim, t.typdelim) AS delimiter,
  CASE WHEN pg_catalog.pg_type_is_visible(COALESCE(e.oid, t.oid)) THEN '' ELSE n.nspname || '.' END
    || COALESCE(e.typname, t.typname) || CASE WHEN e.oid IS NULL THEN '' ELSE '[]' END AS name
FROM pg_catalog.pg_type t
LEFT JOIN pg_catalog.pg_type e ON e.oid = t.typelem AND e.typarray = t.oid
JOIN pg_catalog.pg_namespace n ON n.oid = COALESCE(e.typnamespace, t.typnamespace)
WHERE t.oid = ANY ($1::pg_catalog.oid[])`;

/** A type that is gone, or whose name could not be asked for, is looked up again after this long; others after much longer. */
const unknownMs = 10_000;
const knownMs = 10 * 60_000;
const mostTypes = 10_000;

/** Names and array elements of a database's types by OID, remembered for a while, since a type may be renamed. */
export class TypeCatalog {
  readonly #catalog: Engine['catalog'];
  readonly #known = new Map<number, { readonly facts: TypeFacts; readonly until: number }>();

  constructor(catalog: Engine['catalog']) {
    this.#catalog = catalog;
  }

  /** The facts of those types, and of the elements of arrays among them. Never fails: an unknown type is named by its OID. */
  async resolve(oids: readonly number[], signal: AbortSignal): Promise<(oid: number) => TypeFacts> {
    const missing = oids.filter((oid) => !this.#find(oid));
    if (missing.length > 0) await this.#learn([...new Set(missing)], signal);
    return (oid) => this.#find(oid) ?? unnamed(oid);
  }

  #find(oid: number): TypeFacts | undefined {
    const builtIn = builtInTypes.get(oid);
    if (builtIn) return builtIn;
    const known = this.#known.get(oid);
    return known && known.until > performance.now() ? known.facts : undefined;
  }

  async #learn(oids: readonly number[], signal: AbortSignal): Promise<void> {
    if (this.#known.size > mostTypes) this.#known.clear();
    const now = performance.now();
    for (const oid of oids) this.#known.set(oid, { facts: unnamed(oid), until: now + unknownMs });
    try {
      for (const row of await this.#catalog(typesSql, [oids.map(String)], signal)) {
        const element = row.element;
        const facts = {
          name: row.name ?? `oid ${row.oid}`,
          element: element ? Number(element) : undefined,
          delimiter: row.delimiter ?? ',',
        };
        this.#known.set(Number(row.oid), { facts, until: now + knownMs });
      }
    } catch {
      // the rows are there and worth more than the names of their types, which are asked for again soon
    }
  }
}

function unnamed(oid: number): TypeFacts {
  return { name: `oid ${oid}`, element: undefined, delimiter: ',' };
}
