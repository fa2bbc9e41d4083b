/** Writes an expression in ways that mean the same to PostgreSQL, at random but the same for the same seed. */
export class Mutator {
  #state: number;

  constructor(seed: number) {
    this.#state = seed * 2_654_435_761 + 1;
  }

  dangerousCall(): string {
    return this.#pick([
      () => `${this.#name('pg_sleep')}(0.1)`,
      () => `${this.#name('pg_read_file')}('PG_VERSION')`,
      () => `${this.#name('pg_catalog')}${this.#gap()}.${this.#gap()}${this.#name('pg_ls_dir')}${this.#gap()}('.')`,
      () => `${this.#name('set_config')}('role', 'postgres', false)`,
      () => `${this.#name('dblink_exec')}('host=127.0.0.1', 'DELETE FROM orders')`,
      () => `${this.#name('public')}.${this.#name('dblink_connect')}('x')`,
      () => `${this.#name('query_to_xml')}('SELECT 1', true, true, '')`,
      () => `${this.#name('table_to_xml')}('pg_shadow', true, true, '')`,
      () => `${this.#name('pg_terminate_backend')}(pid${this.#gap()}=>${this.#gap()}1)`,
      () => `${this.#name('lo_import')}(VARIADIC ARRAY['x'])`,
      () => `${this.#name('cron')}.${this.#name('schedule')}('a', 'b')`,
    ]);
  }

  dangerousColumn(): string {
    return this.#pick([
      () => `('PG_VERSION'::text)${this.#gap()}.${this.#gap()}${this.#name('pg_read_file')}`,
      () => `(0.1::float8).${this.#name('pg_sleep')}`,
      () => `(SELECT x.${this.#name('pg_ls_dir')} FROM lower('.') x LIMIT 1)`,
      () => `(SELECT (q.f).${this.#name('pg_stat_file')} FROM (SELECT 'x'::text AS f) q)`,
    ]);
  }

  secretTable(): string {
    const table = this.#pick([
      () => this.#name('pg_shadow'),
      () => this.#name('pg_authid'),
      () => `${this.#name('pg_catalog')}${this.#gap()}.${this.#gap()}${this.#name('pg_user_mapping')}`,
      () => `${this.#name('pg_toast')}.pg_toast_1262`,
    ]);
    return this.#pick([
      () => `(SELECT count(*) FROM ${table})`,
      () => `(SELECT 1 FROM orders, LATERAL (TABLE ${table}) s LIMIT 1)`,
      () => `EXISTS${this.#gap()}(TABLE${this.#gap()} ${table})`,
      () => `(WITH pg_class AS (SELECT 1) SELECT 1 FROM pg_class, ONLY ${table})`,
      () => `(SELECT max(s::text) FROM (orders CROSS JOIN ${table} s))`,
    ]);
  }

  write(): string {
    return this.#pick([
      () => '(WITH d AS (DELETE FROM orders RETURNING 1) SELECT 1 FROM d)',
      () => "(WITH u AS NOT MATERIALIZED (UPDATE orders SET note = 'x' RETURNING id) SELECT max(id) FROM u)",
      () => '(WITH RECURSIVE i(x) AS (INSERT INTO orders(id) VALUES (-1) RETURNING id) SELECT x FROM i)',
      () => '(SELECT id FROM orders LIMIT 1 FOR UPDATE SKIP LOCKED)',
    ]);
  }

  harmless(): string {
    return this.#pick([
      () => `${this.#name('lower')}('X')`,
      () => `${this.#name('pg_catalog')}${this.#gap()}.${this.#gap()}${this.#name('length')}${this.#gap()}('abc')`,
      () => `(SELECT count(*) FROM ${this.#name('orders')})`,
      () => `('abc'::text)${this.#gap()}.${this.#name('upper')}`,
      () => '(WITH pg_shadow AS (SELECT 1 AS one) SELECT one FROM pg_shadow)',
      () => '(SELECT x.note FROM orders x LIMIT 1)',
    ]);
  }

  /** A statement with the expression somewhere in it. */
  statement(root: string): string {
    let expression = root;
    for (let depth = this.#below(4); depth > 0; depth--) expression = this.#around(expression);
    let query = this.#query(expression);
    for (let depth = this.#below(3); depth > 0; depth--) query = this.#queryAround(query);
    return this.#pick([
      () => query,
      () => `EXPLAIN${this.#gap()} ${query}`,
      () => `${this.#gap()};;${query}${this.#gap()};${this.#gap()}`,
      () => `${query} -- ; SELECT 1`,
    ]);
  }

  #around(inner: string): string {
    return this.#pick([
      () => `(${this.#gap()}${inner}${this.#gap()})`,
      () => `coalesce(NULL, (${inner})::text)`,
      () => `CASE WHEN (${inner}) IS NULL THEN 1 ELSE 2 END`,
      () => `ARRAY[(${inner})::text]`,
      () => `(SELECT ${inner})`,
      () => `ROW(1, ${inner})`,
      () => `jsonb_build_object('a', ${inner})`,
      () => `(${inner})::text || 'x'`,
      () => `NOT (${inner}) IS DISTINCT FROM NULL`,
      () => `(SELECT array_agg(1 ORDER BY (${inner})::text) FILTER (WHERE (${inner}) IS NOT NULL))`,
      () => `xmlforest(${inner} AS a)`,
      () => `(ARRAY[1])[CASE WHEN (${inner}) IS NULL THEN 1 END]`,
      () => `JSON_OBJECT('a': (${inner})::text)`,
    ]);
  }

  #query(expression: string): string {
    return this.#pick([
      () => `SELECT${this.#gap()} ${expression}`,
      () => `VALUES (1), ((SELECT 1 WHERE (${expression}) IS NULL))`,
      () => `SELECT 1 FROM orders WHERE (${expression}) IS NOT NULL`,
      () => `SELECT 1 GROUP BY (${expression})::text HAVING (${expression}) IS NULL`,
      () => `SELECT 1 ORDER BY (${expression})::text`,
      () => `SELECT 1 LIMIT CASE WHEN (${expression}) IS NULL THEN 1 END`,
      () => `SELECT 1 OFFSET (SELECT 0 WHERE (${expression}) IS NULL)`,
      () => `SELECT DISTINCT ON ((${expression})::text) 1`,
      () => `SELECT sum(1) OVER (PARTITION BY (${expression})::text ORDER BY 1)`,
      () => `SELECT * FROM orders a LEFT JOIN orders b ON (${expression}) IS NULL`,
      () => `SELECT * FROM generate_series(1, (SELECT 2 WHERE (${expression}) IS NULL)) g`,
      () => `SELECT * FROM JSON_TABLE('[]'::jsonb, '$' PASSING (${expression})::text AS p COLUMNS (a int PATH '$'))`,
    ]);
  }

  #queryAround(query: string): string {
    return this.#pick([
      () => `SELECT * FROM (${query}) q`,
      () => `WITH w AS${this.#gap()}(${query}) SELECT * FROM w`,
      () => `WITH RECURSIVE w AS MATERIALIZED (${query}) SELECT 1 UNION ALL SELECT 2`,
      () => `SELECT 1 WHERE EXISTS (${query})`,
      () => `(${query})`,
      () => `SELECT 1 FROM orders o CROSS JOIN LATERAL (${query}) l`,
      () => `SELECT ARRAY(SELECT 1 FROM (${query}) q)`,
      () => `(${query}) UNION ALL (SELECT NULL)`,
    ]);
  }

  /** A name in capitals and small letters, quoted, or with Unicode escapes. */
  #name(name: string): string {
    const escaped = (mark: string) =>
      [...name]
        .map((letter) =>
          this.#below(3) === 0 ? `${mark}${letter.charCodeAt(0).toString(16).padStart(4, '0')}` : letter,
        )
        .join('');
    return this.#pick([
      () => name,
      () => [...name].map((letter) => (this.#below(2) === 0 ? letter.toUpperCase() : letter)).join(''),
      () => `"${name}"`,
      () => `U&"${escaped('\\')}"`,
      () => `u&"${escaped('!')}" UESCAPE '!'`,
    ]);
  }

  #gap(): string {
    return this.#pick([
      () => '',
      () => ' ',
      () => '\n\t',
      () => '/**/',
      () => "/* ; /* -- */ ' */",
      () => "-- it's; a comment\n",
    ]);
  }

  #pick(ways: readonly (() => string)[]): string {
    return ways[this.#below(ways.length)]?.() ?? '';
  }

  /** A whole number below `limit` (mulberry32). */
  #below(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }
}
