import { type IncomingMessage, type OutgoingHttpHeader, type OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { newRequestId } from './request-id.ts';

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

/** What `write` and `end` of Node's responses call, since its first versions, to send a text with the head before it. */
interface TextSender {
  _send?(text: string, encoding: 'utf8' | 'latin1'): boolean;
}

/** Node's own response, with the id of its request on whatever is answered. */
export class GatewayResponse extends ServerResponse<IncomingMessage> {
  readonly requestId = newRequestId();
  /** Whether the client sends its body only when told to go on (`Expect: 100-continue`). */
  asksFirst = false;
  /** Where the newest response of a connection is noted; emptied when that is out, so that an idle connection keeps none. */
  note: { newest: GatewayResponse | undefined } | undefined;

  /** Node comes here too where the head is not written by name. */
  override writeHead(status: number, phrase?: string, headers?: Headers): this;
  override writeHead(status: number, headers?: Headers): this;
  override writeHead(status: number, ...rest: [(string | Headers)?, Headers?]): this {
    if (!this.headersSent) this.setHeader('X-Request-Id', this.requestId);
    return super.writeHead(status, ...(rest as [string?, Headers?]));
  }

  /** Node comes here when an answer is out. */
  override detachSocket(socket: Socket): void {
    super.detachSocket(socket);
    if (this.note?.newest === this) this.note.newest = undefined;
  }

  /** Tells a client that asked first to send its body. */
  askForBody(): void {
    if (this.asksFirst) this.writeContinue();
    this.asksFirst = false;
  }

  /** Writes status, headers and text of `bytes` at once, to be ended after. What was set with `setHeader` goes along. */
  sendWhole(status: number, contentType: string, text: string, bytes: number): void {
    super.writeHead(status, [
      'X-Request-Id',
      this.requestId,
      'Content-Type',
      contentType,
      'Content-Length',
      String(bytes),
    ]);
    if (this.req.method !== 'HEAD') this.#send(text, text, bytes === text.length);
  }

  /** Writes a whole answer without a body. */
  sendEmpty(status: number): void {
    super.writeHead(status, ['X-Request-Id', this.requestId, 'Content-Length', '0']);
    this.end();
  }

  /** Writes a piece of an answer that goes on, and the head before the first. */
  sendPiece(text: string): void {
    if (!this.headersSent) this.writeHead(this.statusCode);
    const bytes = Buffer.byteLength(text);
    const framed = this.chunkedEncoding ? `${bytes.toString(16)}\r\n${text}\r\n` : text;
    this.#send(text, framed, bytes === text.length);
  }

  /**
   * `write` and `end` hand the socket an answer in two to five pieces, which it writes the slow way; as one text it costs
   * an eighth less of a whole small request. A Node without this way to send gets its `write`, which frames by itself.
   */
  #send(text: string, framed: string, isAscii: boolean): void {
    const sender = this as unknown as TextSender;
    // The same bytes, copied where UTF-8 would be looked at character by character.
    if (sender._send) sender._send(framed, isAscii ? 'latin1' : 'utf8');
    else this.write(text);
  }
}
