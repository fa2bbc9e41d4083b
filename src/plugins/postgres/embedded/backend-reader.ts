const headerBytes = 5;

/** One message of PostgreSQL's backend: its type letter, its whole length on the wire, and its body unless that was over the limit. */
export type OnMessage = (type: string, wireBytes: number, body: Buffer | undefined) => void;

/**
 * Splits the backend's byte stream into messages, whatever the chunks. A body longer than `maxBodyBytes` is counted but
 * never held, so that one huge value costs no memory here.
 */
export class BackendReader {
  readonly #maxBodyBytes: number;
  readonly #onMessage: OnMessage;
  readonly #header = Buffer.alloc(headerBytes);
  #headerFilled = 0;
  #body: Buffer | undefined;
  #bodyBytes = 0;
  #bodyFilled = 0;

  constructor(maxBodyBytes: number, onMessage: OnMessage) {
    this.#maxBodyBytes = maxBodyBytes;
    this.#onMessage = onMessage;
  }

  /** Takes the next bytes; they are copied, because PGlite hands out views of its own memory. */
  push(chunk: Uint8Array): void {
    let at = 0;
    while (at < chunk.length) {
      at += this.#headerFilled < headerBytes ? this.#readHeader(chunk, at) : this.#readBody(chunk, at);
      if (this.#headerFilled === headerBytes && this.#bodyFilled === this.#bodyBytes) this.#emit();
    }
  }

  #readHeader(chunk: Uint8Array, at: number): number {
    const part = chunk.subarray(at, at + headerBytes - this.#headerFilled);
    this.#header.set(part, this.#headerFilled);
    this.#headerFilled += part.length;
    if (this.#headerFilled === headerBytes) {
      this.#bodyBytes = this.#header.readInt32BE(1) - 4;
      this.#bodyFilled = 0;
      this.#body = this.#bodyBytes <= this.#maxBodyBytes ? Buffer.allocUnsafe(this.#bodyBytes) : undefined;
    }
    return part.length;
  }

  #readBody(chunk: Uint8Array, at: number): number {
    const part = chunk.subarray(at, at + this.#bodyBytes - this.#bodyFilled);
    this.#body?.set(part, this.#bodyFilled);
    this.#bodyFilled += part.length;
    return part.length;
  }

  #emit(): void {
    this.#headerFilled = 0;
    this.#onMessage(this.#header.toString('latin1', 0, 1), headerBytes + this.#bodyBytes, this.#body);
  }
}
