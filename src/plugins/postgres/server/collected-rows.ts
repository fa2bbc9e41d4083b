import { GatewayError } from '../../../core/errors.ts';
import type { EngineColumn, EngineRows } from '../engine.ts';
import type { TextRow } from './connection.ts';

export interface RowBounds {
  readonly skipRows: number;
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** The rows of one result as they come, up to a number of them. */
export class CollectedRows {
  readonly #bounds: RowBounds;
  readonly #rows: TextRow[] = [];
  #columns: readonly EngineColumn[] = [];
  #seen = 0;

  constructor(bounds: RowBounds) {
    this.#bounds = bounds;
  }

  readonly add = (row: TextRow, columns: readonly EngineColumn[]): void => {
    this.#columns = columns;
    this.#seen += 1;
    if (this.#seen > this.#bounds.skipRows && this.#rows.length < this.#bounds.maxRows) this.#rows.push(row);
  };

  /** The result that came to its end, or to one row more than was asked for. */
  whole(columns: readonly EngineColumn[], notices: readonly string[]): EngineRows {
    const more = this.#seen > this.#bounds.skipRows + this.#bounds.maxRows;
    return { columns, rows: this.#rows, cutBy: more ? 'rows' : null, notices };
  }

  /** The rows that came before the byte limit; throws `too_large` where not even one did. */
  cutByBytes(notices: readonly string[]): EngineRows {
    if (this.#rows.length > 0) return { columns: this.#columns, rows: this.#rows, cutBy: 'bytes', notices };
    throw new GatewayError(
      'too_large',
      `Not even one row fits into the ${this.#bounds.maxBytes} bytes that a result may have. Select fewer columns, or a part of the large ones, as in left(column, 1000), substring(column from 1 for 1000) or length(column).`,
    );
  }
}
