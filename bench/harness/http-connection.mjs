import { connect } from 'node:net';

const headEnd = Buffer.from('\r\n\r\n');
const empty = Buffer.alloc(0);

/**
 * One TCP connection that carries one request at a time, at a small fraction of the cost of `node:http`'s client: the load
 * must not be what is measured. Bodies are latin1 text, which is what comparing and `JSON.parse` of ASCII need.
 */
export class HttpConnection {
  #socket;
  #pending = empty;
  #settle;
  #head;
  #onData;

  /** Connects; `localAddress` gets past the ephemeral ports of one address. */
  static open(port, localAddress) {
    return new Promise((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', noDelay: true, ...(localAddress ? { localAddress } : {}) });
      socket.once('error', reject);
      socket.once('connect', () => {
        socket.off('error', reject);
        resolve(new HttpConnection(socket));
      });
    });
  }

  constructor(socket) {
    this.#socket = socket;
    socket.on('data', (chunk) => this.#receive(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the server closed the connection')));
  }

  /** Sends a whole request; resolves with its answer. */
  request(text) {
    return new Promise((resolve, reject) => {
      this.#settle = { resolve, reject };
      this.#socket.write(text, 'latin1');
    });
  }

  /** Sends a request whose answer never ends; `onData` gets its body as it comes. Resolves with status and head. */
  stream(text, onData) {
    this.#onData = onData;
    return this.request(text);
  }

  close() {
    this.#settle = undefined;
    this.#onData = undefined;
    this.#socket.destroy();
  }

  #fail(error) {
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.reject(error);
  }

  #receive(chunk) {
    this.#pending = this.#pending.length === 0 ? chunk : Buffer.concat([this.#pending, chunk]);
    if (!this.#head && !this.#readHead()) return;
    if (this.#onData) return this.#readStream();
    const { length, bodyAt } = this.#head;
    if (length === undefined) return this.#readChunked();
    if (this.#pending.length < bodyAt + length) return;
    this.#finish(this.#pending.latin1Slice(bodyAt, bodyAt + length), bodyAt + length);
  }

  #readHead() {
    const end = this.#pending.indexOf(headEnd);
    if (end === -1) return false;
    const head = this.#pending.latin1Slice(0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    const isChunked = /\r\ntransfer-encoding: *chunked/i.test(head);
    this.#head = {
      status: Number(head.slice(9, 12)),
      head,
      bodyAt: end + headEnd.length,
      length: isChunked ? undefined : Number(length ?? 0),
    };
    if (this.#onData) {
      const { status } = this.#head;
      this.#pending = this.#pending.subarray(this.#head.bodyAt);
      const settle = this.#settle;
      this.#settle = undefined;
      settle?.resolve({ status, head });
    }
    return true;
  }

  #readChunked() {
    let at = this.#head.bodyAt;
    let body = '';
    while (true) {
      const lineEnd = this.#pending.indexOf('\r\n', at);
      if (lineEnd === -1) return;
      const size = Number.parseInt(this.#pending.latin1Slice(at, lineEnd), 16);
      const end = lineEnd + 2 + size + 2;
      if (this.#pending.length < end) return;
      if (size === 0) return this.#finish(body, end);
      body += this.#pending.latin1Slice(lineEnd + 2, lineEnd + 2 + size);
      at = end;
    }
  }

  #readStream() {
    if (this.#head.length !== undefined) throw new Error('an event stream with a length');
    while (this.#onData) {
      const lineEnd = this.#pending.indexOf('\r\n');
      if (lineEnd === -1) return;
      const size = Number.parseInt(this.#pending.latin1Slice(0, lineEnd), 16);
      const end = lineEnd + 2 + size + 2;
      if (this.#pending.length < end) return;
      const data = this.#pending.latin1Slice(lineEnd + 2, lineEnd + 2 + size);
      this.#pending = this.#pending.subarray(end);
      this.#onData(data);
    }
  }

  #finish(body, end) {
    const { status, head } = this.#head;
    this.#head = undefined;
    this.#pending = end === this.#pending.length ? empty : this.#pending.subarray(end);
    const settle = this.#settle;
    this.#settle = undefined;
    settle?.resolve({ status, head, body });
  }
}
