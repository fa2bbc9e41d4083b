import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';

/** The parameter that every tool on one database has. */
export const databaseParameter = v.optional(
  v.pipe(v.string(), v.maxLength(100), v.description('Id of a configured database; the first one if absent.')),
);

/** What a tool promises that only reads catalogs and statistics: the database is a closed world to it. */
export const readsOnly = {
  readOnlyHint: true,
  destructiveHint: false,
  idempotentHint: true,
  openWorldHint: false,
} as const;

/** PostgreSQL has no NUL in any text, and ends a query that brings one with an error about encodings. */
export function refuseNul(parameters: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (value?.includes('\0'))
      throw new GatewayError('invalid_input', `${name}: it holds a NUL character, which no name can.`);
  }
}
