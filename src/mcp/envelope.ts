import { isObject, maxDepth, nestsDeeperThan } from '../core/json.ts';
import { errorCode, RpcError } from './rpc-error.ts';

export { isObject };
export type RequestId = string | number;
export type Params = Readonly<Record<string, unknown>>;

export interface RequestMessage {
  readonly kind: 'request';
  readonly id: RequestId;
  readonly method: string;
  readonly params: Params;
}

export type Message =
  | RequestMessage
  | { readonly kind: 'notification'; readonly method: string; readonly params: Params }
  | { readonly kind: 'response'; readonly id: RequestId; readonly result?: unknown; readonly error?: unknown }
  | { readonly kind: 'invalid'; readonly id: RequestId | null; readonly error: RpcError };

/** Longest string id: it is echoed, so it costs twice. */
const maxIdLength = 1024;
/** Entries a batch may have. */
export const maxBatch = 50;

/**
 * Numbers under the name `id`, at any depth; and one of them that is not spelled as it would come back: 1.0, 1e2. A quote
 * without a backslash before it never stands inside a text, so what looks like a member is one.
 */
const idNumbers = /(?<!\\)("(?:i|\\u0069)(?:d|\\u0064)"\s*:\s*)(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/g;
const respelledNumber = /(?<!\\)"(?:i|\\u0069)(?:d|\\u0064)"\s*:\s*-?\d+[.eE]/;

/**
 * Parses the JSON of one JSON-RPC message or a batch. Throws RpcError -32700 for what is not JSON, and -32600 for what nests
 * too deeply or has an id that could not be echoed as it is spelled, which only the text shows.
 */
export function parseJson(text: string): unknown {
  const parsed = parseArguments(text);
  if (respelledNumber.test(text) && hasRespelledId(text, parsed)) {
    throw new RpcError(
      errorCode.invalidRequest,
      'The id must be an integer without fraction and exponent, or a string.',
    );
  }
  return parsed;
}

/** Whether it is the id of a message, and not some other member of that name: told by parsing the numbers as texts. */
function hasRespelledId(text: string, parsed: unknown): boolean {
  const asTexts: unknown = JSON.parse(text.replaceAll(idNumbers, '$1"$2"'));
  const idsOf = (value: unknown) => [value].flat().map((message) => (isObject(message) ? message.id : undefined));
  const spelled = idsOf(asTexts);
  return idsOf(parsed).some((id, index) => typeof id === 'number' && spelled[index] !== String(id));
}

/** Parses any JSON body; throws RpcError -32700 for what is not JSON, -32600 for what nests too deeply. */
export function parseArguments(text: string): unknown {
  if (nestsDeeperThan(text, maxDepth)) {
    throw new RpcError(errorCode.invalidRequest, `The request nests deeper than ${maxDepth} levels.`);
  }
  try {
    return JSON.parse(text);
  } catch {
    // The parser's own message quotes the body, which may hold a secret.
    throw new RpcError(
      errorCode.parse,
      text.length === 0 ? 'The body is empty; send a JSON-RPC message.' : 'The body is not valid JSON.',
    );
  }
}

/** Tells what one parsed value is; never throws. Only exact member names count (`Method` is not `method`). */
export function classify(value: unknown): Message {
  if (!isObject(value)) return invalid(null, 'A JSON-RPC message must be an object.');
  const hasId = Object.hasOwn(value, 'id');
  const id = hasId ? readId(value.id) : undefined;
  if (hasId && id === undefined) {
    return invalid(
      null,
      `The id must be a string of at most ${maxIdLength} characters or an integer that JSON keeps exactly.`,
    );
  }
  if (!Object.hasOwn(value, 'jsonrpc') || value.jsonrpc !== '2.0')
    return invalid(id ?? null, 'The member "jsonrpc" must be "2.0".');
  if (!Object.hasOwn(value, 'method')) return responseOf(value, id);
  if (typeof value.method !== 'string') return invalid(id ?? null, 'The member "method" must be a string.');
  const params = Object.hasOwn(value, 'params') ? value.params : {};
  if (!isObject(params)) return invalid(id ?? null, 'The member "params" must be an object.', errorCode.invalidParams);
  if (id === undefined) return { kind: 'notification', method: value.method, params };
  return { kind: 'request', id, method: value.method, params };
}

function responseOf(value: Params, id: RequestId | undefined): Message {
  if (id === undefined || (!Object.hasOwn(value, 'result') && !Object.hasOwn(value, 'error'))) {
    return invalid(id ?? null, 'A JSON-RPC message needs a "method", or an "id" with a "result" or an "error".');
  }
  return { kind: 'response', id, result: value.result, error: value.error };
}

/** An id that will be echoed exactly: no fraction, no rounding, no negative zero. */
function readId(id: unknown): RequestId | undefined {
  if (typeof id === 'string') return id.length <= maxIdLength ? id : undefined;
  return typeof id === 'number' && Number.isSafeInteger(id) && !Object.is(id, -0) ? id : undefined;
}

function invalid(id: RequestId | null, message: string, code: number = errorCode.invalidRequest): Message {
  return { kind: 'invalid', id, error: new RpcError(code, message) };
}

/** Frames a result that is already JSON. */
export function resultReply(id: RequestId, resultJson: string): string {
  return `{"jsonrpc":"2.0","id":${typeof id === 'number' ? id : JSON.stringify(id)},"result":${resultJson}}`;
}

/** Frames an error; `id` is null where the request's own could not be read. */
export function errorReply(id: RequestId | null, error: RpcError): string {
  return `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"error":${JSON.stringify(error.toJSON())}}`;
}

export function notification(method: string, params: Params): string {
  return JSON.stringify({ jsonrpc: '2.0', method, params });
}
