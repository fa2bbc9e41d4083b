import * as v from 'valibot';
import { size } from '../../core/size.ts';
import { parseTarget } from './server/target.ts';

/** The word that stands for the database in this process, in place of a URL. */
export const embedded = 'embedded';

function wholeNumber(description: string, min: number, max: number) {
  const form = `must be a whole number from ${min} to ${max}`;
  return v.pipe(
    v.number(form),
    v.integer(form),
    v.minValue(min, form),
    v.maxValue(max, form),
    v.description(description),
  );
}

const Url = v.pipe(
  v.string('must be a database URL, or the word embedded'),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed || dataset.value === embedded) return;
    try {
      parseTarget(dataset.value);
    } catch (error) {
      // The URL holds the password, so only what parseTarget says of it is shown.
      addIssue({ message: error instanceof Error ? error.message : 'cannot be understood' });
    }
  }),
  v.description('postgres://user:password@host:5432/database, or the word embedded for the database in this process.'),
);

const Pool = v.pipe(
  v.strictObject({
    min: v.optional(wholeNumber('Connections kept ready.', 0, 100), 2),
    max: v.optional(wholeNumber("Connections for callers' statements at most; two more read the catalog.", 1, 100), 10),
    waitMs: v.optional(
      wholeNumber('Milliseconds that a statement waits for a free connection before it is refused.', 1, 300_000),
      5000,
    ),
  }),
  v.description('Connections to each database.'),
);

const AllowFunctions = v.pipe(
  v.array(v.pipe(v.string(), v.nonEmpty())),
  v.description(
    'Functions that statements may call although they are not known to be harmless, as name or schema.name.',
  ),
);

const Database = v.union([
  Url,
  v.strictObject({
    url: Url,
    pool: v.optional(Pool),
    statementTimeoutMs: v.optional(wholeNumber('The same as below, for this database.', 1, 600_000)),
    allowFunctions: v.optional(AllowFunctions),
  }),
]);

const idForm = 'must be a name of 1 to 32 characters: a letter, then letters, digits, - and _';

/** The postgres plugin's block of config.yaml. */
export const PostgresConfig = v.strictObject({
  databases: v.optional(
    v.pipe(
      v.record(v.pipe(v.string(), v.regex(/^[A-Za-z][A-Za-z0-9_-]{0,31}$/, idForm)), Database),
      v.minEntries(1, 'must name at least one database'),
      v.description('Databases by the name that tools know them by. The first one is used where a call names none.'),
    ),
    { main: embedded },
  ),
  pool: v.optional(Pool, {}),
  statementTimeoutMs: v.optional(
    wholeNumber('Milliseconds that a statement may run, where it asks for no less.', 1, 600_000),
    10_000,
  ),
  maxRows: v.optional(wholeNumber('Rows that a call may ask for at most.', 1, 100_000), 10_000),
  resultBytes: v.optional(
    size("Bytes of a statement's result at most; what comes after them is cut off.", '1KiB', '256MiB'),
    1_048_576,
  ),
  valueCharacters: v.optional(
    wholeNumber(
      'Characters of one value at most; longer ones are cut and marked. A row larger than resultBytes is refused instead.',
      16,
      16_777_216,
    ),
    65_536,
  ),
  allowFunctions: v.optional(AllowFunctions, []),
});

export type PostgresConfig = v.InferOutput<typeof PostgresConfig>;

/** What holds for one database, its own settings over the plugin's. */
export interface DatabaseSettings {
  readonly pool: { readonly min: number; readonly max: number; readonly waitMs: number };
  readonly statementTimeoutMs: number;
  readonly maxRows: number;
  readonly resultBytes: number;
  readonly valueCharacters: number;
  readonly allowFunctions: readonly string[];
}

/** The configured databases in their order: id, URL or `embedded`, and settings. */
export function settingsOf(config: PostgresConfig): { id: string; url: string; settings: DatabaseSettings }[] {
  return Object.entries(config.databases).map(([id, entry]) => {
    const { url, ...own } = typeof entry === 'string' ? { url: entry } : entry;
    const pool = own.pool ?? config.pool;
    return {
      id,
      url,
      settings: {
        pool: { ...pool, min: Math.min(pool.min, pool.max) },
        statementTimeoutMs: own.statementTimeoutMs ?? config.statementTimeoutMs,
        maxRows: config.maxRows,
        resultBytes: config.resultBytes,
        valueCharacters: config.valueCharacters,
        allowFunctions: own.allowFunctions ?? config.allowFunctions,
      },
    };
  });
}
