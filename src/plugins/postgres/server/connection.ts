import type { Socket } from 'node:net';
import type { EngineColumn } from '../engine.ts';
import { ByteMeter } from './byte-meter.ts';
import { type Backend, cancelBackend } from './cancel-backend.ts';
import { createDriver, type Driver } from './driver.ts';
import { watchLogin } from './login-watch.ts';
import { ConnectError, lasting } from './outage.ts';
import { endTransaction, noTransaction, type Preamble, preambleFor } from './preamble.ts';
import type { Address, ServerTarget } from './target.ts';

/** Most notices that are kept of one statement, and the most characters of each. */
const maxNotices = 20;
const noticeCharacters = 500;
/** Bytes that anything but a statement's result may be answered with: a server that sends more is none. */
const protocolBytes = 1_048_576;

const whoAreYou = `SELECT pg_catalog.current_setting('server_version_num'), pg_catalog.pg_is_in_recovery(),
  pg_catalog.pg_backend_pid()`;

/** A row as the server sent it: text, or null for SQL NULL. */
export type TextRow = readonly (string | null)[];

/** Without `simple: false` the driver takes the simple protocol, and with it a second statement, where there are no parameters. */
const extendedProtocol = { prepare: false, simple: false };

/** One dialled connection with the driver's protocol on it, used for one statement at a time. */
export class Connection {
  readonly openedAt = performance.now();
  readonly meter: ByteMeter;
  /** `server_version_num`; known, as is the next, once `logIn` is done. */
  versionNum = 0;
  standby = false;
  readonly #driver: Driver;
  readonly #socket: Socket;
  readonly #target: ServerTarget;
  readonly #address: Address;
  readonly #loginWatch: { end(): void };
  #preamble: Preamble | undefined;
  #backend: Backend | undefined;
  #notices: string[] = [];
  #foundNoTransaction = false;
  #alive = true;

  constructor(socket: Socket, target: ServerTarget, address: Address) {
    this.#socket = socket;
    this.#target = target;
    this.#address = address;
    this.meter = new ByteMeter(socket, protocolBytes);
    this.#loginWatch = watchLogin(socket, (rounds) => {
      this.#alive = false;
      const what = `the server wants the password hashed ${rounds} times, which is no honest number`;
      socket.destroy(new ConnectError(lasting(what, 'Check that it is yours, and its scram_iterations')));
    });
    let handedOver = false;
    this.#driver = createDriver(target, {
      socket: () => {
        // When a server hangs up during the login, the driver dials again at once and for ever; and where it hung up
        // before, the driver does not hear of it.
        if (handedOver || !this.#alive) throw Object.assign(new Error('closed'), { code: 'CONNECTION_CLOSED' });
        handedOver = true;
        return socket;
      },
      password: () => (this.#alive ? target.password : new Promise<string>(() => undefined)),
      onNotice: (notice) => this.#note(notice),
    });
    for (const event of ['end', 'error', 'close']) {
      socket.once(event, () => {
        this.#alive = false;
      });
    }
  }

  get alive(): boolean {
    return this.#alive;
  }

  /** Calls back once, when the connection is gone for whatever reason. */
  onceClosed(listener: () => void): void {
    this.#socket.once('close', listener);
  }

  /** Logs in, which the driver does before its first statement, and shows that transactions can be opened and ended here. */
  async logIn(usualTimeoutMs: number): Promise<void> {
    const result = await withoutOrigin(this.#driver.unsafe(whoAreYou)).values();
    const [versionNum, standby, pid] = (result[0] ?? []) as TextRow;
    this.#loginWatch.end();
    this.#backend = result.state;
    this.standby = standby === 't';
    this.versionNum = Number(versionNum);
    this.#preamble = preambleFor({
      versionNum: this.versionNum,
      // A pooler gives out process ids of its own, because it may use another backend for every transaction.
      pooled: Number(pid) !== result.state.pid,
      searchPath: this.#target.searchPath,
      usualTimeoutMs,
    });
    await this.#command(this.#preamble.session);
    await this.openTransaction(usualTimeoutMs);
    await this.endTransaction();
  }

  /** Opens the read-only transaction that one statement runs in. It is sent before anything that is sent later. */
  async openTransaction(timeoutMs: number): Promise<void> {
    await this.#command(this.#preamble?.begin(timeoutMs) ?? '');
  }

  /** Rolls back; false where no transaction was open any more, after which anything may have changed. */
  async endTransaction(): Promise<boolean> {
    await this.#command(endTransaction);
    const wasOpen = !this.#foundNoTransaction;
    this.#foundNoTransaction = false;
    return wasOpen;
  }

  /**
   * Runs one statement by the extended protocol, which takes no second one, and reads at most `portalRows` rows of it.
   * Infinity costs a round trip less, for statements with a limit of their own. Resolves with the columns. Rows are
   * handed over as they come, so that those before a failure are not lost.
   */
  async query(
    text: string,
    params: readonly (string | null)[],
    portalRows: number,
    onRow: (row: TextRow, columns: readonly EngineColumn[]) => void,
  ): Promise<readonly EngineColumn[]> {
    const query = withoutOrigin(this.#driver.unsafe(text, [...params], extendedProtocol)).values();
    // The callback form of a cursor: the iterator form loses the rows of SHOW and EXPLAIN, which come without a count.
    if (Number.isFinite(portalRows)) void query.cursor(portalRows, () => this.#driver.CLOSE);
    let described: readonly EngineColumn[] | undefined;
    const result = await query.forEach((row: TextRow, { columns }) => {
      described ??= columns.map(toColumn);
      onRow(row, described);
    });
    return described ?? result.columns.map(toColumn);
  }

  /** Hands over the notices since the last time. */
  takeNotices(): readonly string[] {
    const taken = this.#notices;
    this.#notices = [];
    return taken;
  }

  /** Asks the server to cancel what runs here. */
  async cancel(): Promise<void> {
    if (this.#backend) await cancelBackend(this.#target, this.#address, this.#backend);
  }

  /** Ends the connection this instant, whatever runs on it. */
  destroy(): void {
    this.#alive = false;
    this.#socket.destroy();
  }

  /** Says goodbye to the server, so that its log does not name a lost connection. */
  close(): void {
    this.#alive = false;
    this.#socket.end(Buffer.from([0x58, 0, 0, 0, 4]));
    setTimeout(() => this.#socket.destroy(), 1000).unref();
  }

  /** Runs text of the gateway's own by the simple protocol, which takes several statements at once. */
  async #command(text: string): Promise<void> {
    this.meter.allow(protocolBytes);
    // Sent now and not when it is awaited: what is sent next must come after it.
    if (text !== '') await withoutOrigin(this.#driver.unsafe(text)).values().execute();
  }

  #note(notice: Readonly<Record<string, string>>): void {
    if (notice.code === noTransaction) {
      this.#foundNoTransaction = true;
    } else if (this.#notices.length < maxNotices) {
      this.#notices.push(`${notice.severity ?? 'NOTICE'}: ${notice.message ?? ''}`.slice(0, noticeCharacters));
    }
  }
}

function toColumn({ name, type }: { readonly name: string; readonly type: number }): EngineColumn {
  return { name, oid: type };
}

let areOriginsOff = false;

/**
 * For every statement that fails, the driver files its text under `origin` for ever. A property in the place of its class's
 * getter stops that; one on each statement would make every access to it slow.
 */
function withoutOrigin<Query extends object>(query: Query): Query {
  if (!areOriginsOff) Object.defineProperty(Object.getPrototypeOf(query), 'origin', { value: '' });
  areOriginsOff = true;
  return query;
}
