import type { EngineColumn, EngineRows } from '../engine.ts';
import type { SqlErrorFields } from '../sql-error.ts';
import type { Statement } from './messages.ts';

const maxNotices = 20;
const noticeCharacters = 500;

type Caps = Pick<Statement, 'maxRows' | 'maxBytes' | 'skipRows'>;

/** Gathers what the backend answers to one statement, up to its caps; what is over them is dropped and said to be cut. */
export class ResultCollector {
  readonly #caps: Caps;
  readonly #rows: (string | null)[][] = [];
  readonly #notices: string[] = [];
  #columns: EngineColumn[] = [];
  #cutBy: EngineRows['cutBy'] = null;
  #skipped = 0;
  #bytes = 0;
  #suspended = false;
  #ended = false;
  #error: SqlErrorFields | undefined;

  constructor(caps: Caps) {
    this.#caps = caps;
  }

  get error(): SqlErrorFields | undefined {
    return this.#error;
  }

  /** Whether the statement came to an end that PostgreSQL told; where it did not, PGlite swallowed a crash. */
  get ended(): boolean {
    return this.#ended || this.#suspended || this.#error !== undefined;
  }

  /** How many more rows the portal should give: those still to skip, those still wanted, and one to know whether there are more. */
  get wanted(): number {
    if (!this.#suspended || this.#error || this.#cutBy) return 0;
    return this.#caps.skipRows - this.#skipped + this.#caps.maxRows - this.#rows.length + 1;
  }

  result(): EngineRows {
    return { columns: this.#columns, rows: this.#rows, cutBy: this.#cutBy, notices: this.#notices };
  }

  /** One backend message, by its type letter (PostgreSQL's "Message Formats"). */
  take(type: string, wireBytes: number, body: Buffer | undefined): void {
    if (type === 'D') this.#takeRow(wireBytes, body);
    else if (type === 's') this.#suspended = true;
    else if (type === 'C' || type === 'I') this.#end();
    else if (type === 'T' && body) this.#columns = readColumns(body);
    else if (type === 'E') this.#error ??= readError(body);
    else if (type === 'N' && body && this.#notices.length < maxNotices) this.#notices.push(readNotice(body));
  }

  #end(): void {
    this.#ended = true;
    this.#suspended = false;
  }

  #takeRow(wireBytes: number, body: Buffer | undefined): void {
    if (this.#cutBy) return;
    if (this.#skipped < this.#caps.skipRows) {
      this.#skipped++;
      return;
    }
    if (this.#rows.length >= this.#caps.maxRows) {
      this.#cutBy = 'rows';
      return;
    }
    this.#bytes += wireBytes;
    if (!body || this.#bytes > this.#caps.maxBytes) this.#cutBy = 'bytes';
    else this.#rows.push(readRow(body));
  }
}

function readColumns(body: Buffer): EngineColumn[] {
  const columns: EngineColumn[] = [];
  let at = 2;
  for (let left = body.readUInt16BE(0); left > 0; left--) {
    const end = body.indexOf(0, at);
    columns.push({ name: body.toString('utf8', at, end), oid: body.readUInt32BE(end + 7) });
    at = end + 19; // after the name: table, column, type, size, modifier, format
  }
  return columns;
}

function readRow(body: Buffer): (string | null)[] {
  const cells: (string | null)[] = [];
  let at = 2;
  for (let left = body.readUInt16BE(0); left > 0; left--) {
    const length = body.readInt32BE(at);
    at += 4;
    if (length === -1) {
      cells.push(null);
    } else {
      cells.push(body.toString('utf8', at, at + length));
      at += length;
    }
  }
  return cells;
}

function readFields(body: Buffer): Map<string, string> {
  const fields = new Map<string, string>();
  for (let at = 0; at < body.length && body[at] !== 0; ) {
    const end = body.indexOf(0, at);
    fields.set(body.toString('latin1', at, at + 1), body.toString('utf8', at + 1, end));
    at = end + 1;
  }
  return fields;
}

function readError(body: Buffer | undefined): SqlErrorFields {
  const fields = body ? readFields(body) : new Map<string, string>();
  return {
    code: fields.get('C') ?? 'XX000',
    message: fields.get('M') ?? 'The server answered with an error that is too long to read',
    detail: fields.get('D'),
    hint: fields.get('H'),
    position: fields.get('P'),
    where: fields.get('W'),
  };
}

function readNotice(body: Buffer): string {
  const fields = readFields(body);
  return `${fields.get('S') ?? 'NOTICE'}: ${fields.get('M') ?? ''}`.slice(0, noticeCharacters);
}
