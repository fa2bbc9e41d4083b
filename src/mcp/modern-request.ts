import type { Face } from '../core/face.ts';
import { isObject, type Params, type RequestMessage } from './envelope.ts';
import { metaKey, metaOf } from './meta.ts';
import { hasModernMethod } from './methods.ts';
import { errorCode, RpcError } from './rpc-error.ts';
import { isModernVersion, type ModernVersion, supportedVersions } from './versions.ts';

/** Reads one request header by its lower-case name. */
export type HeaderReader = (name: string) => string | undefined;

/**
 * The parameter that `Mcp-Name` mirrors, by method (2026-07-28, streamable HTTP, "Standard Request Headers"; tasks
 * extension, "Routing Headers").
 */
const namedBy: Readonly<Record<string, string>> = {
  'tools/call': 'name',
  'prompts/get': 'name',
  'resources/read': 'uri',
  'tasks/get': 'taskId',
  'tasks/update': 'taskId',
  'tasks/cancel': 'taskId',
};

/** Methods that are answered by a stream of their own rather than by the dispatcher. */
const streamMethods = new Set(['subscriptions/listen']);

export interface ModernRefusal {
  readonly status: 400 | 404;
  readonly error: RpcError;
}

/** Whether a message speaks 2026-07-28 or later: by its `_meta`, or by a version header no older revision has. */
export function isModernMessage(params: Params, versionHeader: string | undefined): boolean {
  const version = metaOf(params)[metaKey.protocolVersion];
  return version !== undefined || (versionHeader !== undefined && versionHeader >= '2026');
}

/** -32022 with what is supported (2026-07-28, versioning), in that page's words unless others are given. */
export function unsupportedVersion(requested: unknown, message = 'Unsupported protocol version'): RpcError {
  return new RpcError(errorCode.unsupportedVersion, message, {
    supported: supportedVersions,
    requested: String(requested).slice(0, 40),
  });
}

/** Checks a request's headers against its body and its `_meta` against what is required; returns its revision. */
export function checkModernRequest(
  face: Face,
  message: RequestMessage,
  header: HeaderReader,
): ModernVersion | ModernRefusal {
  const { method, params } = message;
  const meta = metaOf(params);
  const versionHeader = header('mcp-protocol-version');
  const requested = meta[metaKey.protocolVersion];
  if (requested === undefined && versionHeader !== undefined && !isModernVersion(versionHeader))
    return { status: 400, error: unsupportedVersion(versionHeader) };
  if (typeof requested !== 'string')
    return refuse(errorCode.invalidParams, `_meta["${metaKey.protocolVersion}"] is required.`);
  if (versionHeader !== requested) {
    return mismatch('MCP-Protocol-Version', versionHeader, requested);
  }
  if (!isModernVersion(requested)) return { status: 400, error: unsupportedVersion(requested) };
  if (!isObject(meta[metaKey.clientCapabilities])) {
    return refuse(errorCode.invalidParams, `_meta["${metaKey.clientCapabilities}"] is required and must be an object.`);
  }
  if (header('mcp-method') !== method) return mismatch('Mcp-Method', header('mcp-method'), method);
  const nameMember = namedBy[method];
  const name = nameMember === undefined ? undefined : params[nameMember];
  if (typeof name === 'string') {
    const sent = decodeHeaderValue(header('mcp-name'));
    if (sent !== name) return mismatch('Mcp-Name', sent, name);
  }
  if (!hasModernMethod(face, method) && !streamMethods.has(method)) {
    return { status: 404, error: new RpcError(errorCode.methodNotFound, `Method not found: ${method.slice(0, 100)}`) };
  }
  return requested;
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const base64Form = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/;

/** A mirrored header's value: plain ASCII, or the base64 form; undefined where it is absent or malformed. */
export function decodeHeaderValue(value: string | undefined): string | undefined {
  if (value === undefined || !/^[\x20-\x7e\t]*$/.test(value)) return undefined;
  if (!value.startsWith('=?base64?') || !value.endsWith('?=')) return value;
  const encoded = base64Form.exec(value)?.[1];
  if (encoded === undefined) return undefined;
  const bytes = Buffer.from(encoded, 'base64');
  if (bytes.toString('base64') !== encoded) return undefined; // Node reads past wrong padding; the specification does not
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined; // bytes that are no text match no text
  }
}

export function mismatch(name: string, sent: string | undefined, inBody: string): ModernRefusal {
  const what =
    sent === undefined
      ? 'is missing or malformed'
      : `value '${sent.slice(0, 200)}' does not match body value '${inBody.slice(0, 200)}'`;
  return refuse(errorCode.headerMismatch, `Header mismatch: ${name} header ${what}`);
}

function refuse(code: number, message: string, data?: unknown): ModernRefusal {
  return { status: 400, error: new RpcError(code, message, data) };
}
