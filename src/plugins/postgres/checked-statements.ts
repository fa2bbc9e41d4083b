import type { CheckedStatement } from './guard/checked-statement.ts';

/** Milliseconds that a verdict is kept: far less than the guard itself remembers what functions there are. */
const keptMs = 10_000;
const mostKept = 500;
/** Longer texts are hardly sent twice, and would fill the memory. */
const longestText = 4000;

interface Kept {
  readonly statement: CheckedStatement;
  readonly until: number;
}

/** Remembers for a moment what the guard let pass, because dashboards and loops send one text again and again. */
export class CheckedStatements {
  readonly #kept = new Map<string, Kept>();

  /** The statement as it was checked before with the same page, or what `check` gives; a refusal is not remembered. */
  async get(
    sql: string,
    page: { readonly maxRows: number; readonly offset: number },
    check: () => Promise<CheckedStatement>,
  ): Promise<CheckedStatement> {
    if (sql.length > longestText) return check();
    const key = `${page.maxRows} ${page.offset} ${sql}`;
    const kept = this.#kept.get(key);
    if (kept && kept.until > performance.now()) return kept.statement;
    const statement = await check();
    this.#kept.delete(key); // so that the newest are last
    this.#kept.set(key, { statement, until: performance.now() + keptMs });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= mostKept) break;
      this.#kept.delete(oldest);
    }
    return statement;
  }
}
