import { parameterText } from '../parameters.ts';
import type { Request } from './pending-call.ts';

export type CatalogParameter = string | number | boolean | null | readonly string[];

/** The gateway's own SQL: bounded only against defects of its own. */
export function catalogRequest(text: string, params: readonly CatalogParameter[]): Request {
  return {
    kind: 'catalog',
    timeoutMs: 10_000,
    statement: { text, params: params.map(parameterText), maxRows: 1_000_000, maxBytes: 32 * 1024 * 1024, skipRows: 0 },
  };
}
