import { createHash } from 'node:crypto';
import * as v from 'valibot';
import { GatewayError } from '../../../../core/errors.ts';

const Cursor = v.tuple([v.string(), v.string(), v.string()]);

export interface TablePosition {
  readonly schema: string;
  readonly name: string;
}

/**
 * The place after one table in a listing, as text that clients hand back. It holds a digest of the filter, so that a
 * cursor is not taken into another listing by mistake; it is no secret and gives no right.
 */
export function tableCursor(filter: unknown, { schema, name }: TablePosition): string {
  return Buffer.from(JSON.stringify([digest(filter), schema, name])).toString('base64url');
}

/** Throws `invalid_input` for what `tableCursor` did not make for this filter. */
export function parseTableCursor(filter: unknown, cursor: string): TablePosition {
  const parsed = v.safeParse(Cursor, decode(cursor));
  if (!parsed.success) {
    throw new GatewayError(
      'invalid_input',
      'cursor: not one that list_tables gave. Pass next_cursor unchanged, or leave cursor out to start again.',
    );
  }
  const [made, schema, name] = parsed.output;
  if (made !== digest(filter)) {
    throw new GatewayError(
      'invalid_input',
      'cursor: it belongs to a listing with other arguments. Repeat database, schema, pattern, types and include_partitions of the first page, or leave cursor out to start again.',
    );
  }
  return { schema, name };
}

function decode(cursor: string): unknown {
  try {
    return JSON.parse(Buffer.from(cursor, 'base64url').toString());
  } catch {
    return undefined; // not JSON, so no cursor of ours: the caller says so
  }
}

function digest(filter: unknown): string {
  return createHash('sha256').update(JSON.stringify(filter)).digest('base64url').slice(0, 8);
}
