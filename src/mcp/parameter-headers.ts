import type { Face } from '../core/face.ts';
import { isObject, type Params } from './envelope.ts';
import { decodeHeaderValue, type HeaderReader, type ModernRefusal, mismatch } from './modern-request.ts';

/**
 * Checks the `Mcp-Param-*` headers of a `tools/call` against its arguments (2026-07-28, streamable HTTP, "Server
 * Behavior for Custom Headers"): there with the same value, or absent from both.
 */
export function checkParameterHeaders(face: Face, params: Params, header: HeaderReader): ModernRefusal | undefined {
  const parameters = typeof params.name === 'string' ? face.tools.get(params.name)?.headerParameters : undefined;
  if (!parameters) return undefined;
  for (const parameter of parameters) {
    const inBody = valueAt(params.arguments, parameter.path);
    const raw = header(parameter.header);
    if (inBody === undefined || inBody === null) {
      // A router may have trusted the header: one that the body does not back is refused like any other mismatch.
      if (raw !== undefined) return mismatch(parameter.title, raw, '(absent)');
      continue;
    }
    const sent = decodeHeaderValue(raw);
    if (sent === undefined || !isSame(sent, inBody)) return mismatch(parameter.title, sent, String(inBody));
  }
  return undefined;
}

function valueAt(args: unknown, path: readonly string[]): unknown {
  let value = args;
  for (const name of path) {
    if (!isObject(value) || !Object.hasOwn(value, name)) return undefined;
    value = value[name];
  }
  return value;
}

/** Numbers are compared as numbers: `42.0` is 42. */
function isSame(sent: string, inBody: unknown): boolean {
  if (typeof inBody === 'number') return /^-?\d+(\.\d+)?$/.test(sent) && Number(sent) === inBody;
  return sent === String(inBody);
}
