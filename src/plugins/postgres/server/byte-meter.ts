import type { Socket } from 'node:net';

/**
 * Counts what arrives on a socket and cuts it once more comes than was allowed, so that one huge value costs little
 * more memory than the limit: neither the protocol nor the driver knows such a bound.
 */
export class ByteMeter {
  #left: number;
  #exceeded = false;

  constructor(socket: Socket, bytes: number) {
    this.#left = bytes;
    socket.on('data', (chunk: Buffer) => {
      this.#left -= chunk.length;
      if (this.#left >= 0) return;
      this.#exceeded = true;
      socket.destroy();
    });
    socket.resume();
  }

  /** Whether the socket was cut because more than the allowed bytes came. */
  get exceeded(): boolean {
    return this.#exceeded;
  }

  /** Allows this many bytes from now on. */
  allow(bytes: number): void {
    this.#left = bytes;
  }
}
