import { withContext } from '../core/dispatcher.ts';
import type { BoundPrompt, Face } from '../core/face.ts';
import { nearestKey } from '../core/schema-issues.ts';
import { blockFor } from './content-blocks.ts';
import { isObject, type Params } from './envelope.ts';
import { completeResult, type Exchange } from './exchange.ts';
import { withInput } from './multi-round-trip.ts';
import { errorCode, RpcError } from './rpc-error.ts';

/** `prompts/get`: arguments are strings, required ones present, unknown ones named back. */
export function getPrompt(exchange: Exchange, params: Params): Promise<string> | string {
  const bound = findPrompt(exchange.face, params.name);
  const args = promptArguments(bound, params.arguments);
  return withInput(exchange, 'prompts/get', params, { name: bound.name, arguments: args }, async (call) => {
    const { dispatch } = exchange.runtime;
    const messages = await withContext(bound.plugin, call, dispatch.callTimeoutMs, `prompt ${bound.name}`, (context) =>
      bound.prompt.get(context, args),
    );
    const readable = messages.map(({ role, content }) => ({ role, content: blockFor(exchange.version, content) }));
    const description =
      bound.prompt.description === undefined ? '' : `"description":${JSON.stringify(bound.prompt.description)},`;
    return completeResult(exchange, `${description}"messages":${JSON.stringify(readable)}`);
  });
}

/** The prompt of that name; throws -32602 naming the nearest one. */
export function findPrompt(face: Face, name: unknown): BoundPrompt {
  if (typeof name !== 'string')
    throw new RpcError(errorCode.invalidParams, 'params.name must be the name of a prompt.');
  const bound = face.prompts.get(name);
  if (bound) return bound;
  const near = nearestKey(name, [...face.prompts.keys()]);
  throw new RpcError(
    errorCode.invalidParams,
    `Unknown prompt "${name.slice(0, 100)}". ${near ? `Did you mean "${near}"?` : 'prompts/list names those that exist.'}`,
  );
}

function promptArguments({ name, prompt }: BoundPrompt, given: unknown): Readonly<Record<string, string>> {
  const args = given ?? {};
  if (!isObject(args)) throw new RpcError(errorCode.invalidParams, 'params.arguments must be an object of strings.');
  const known = prompt.arguments ?? [];
  for (const [key, value] of Object.entries(args)) {
    if (!known.some((argument) => argument.name === key)) {
      throw new RpcError(
        errorCode.invalidParams,
        `Prompt ${name} has no argument "${key.slice(0, 100)}"; it takes ${known.map((argument) => argument.name).join(', ') || 'none'}.`,
      );
    }
    if (typeof value !== 'string')
      throw new RpcError(errorCode.invalidParams, `Argument "${key}" of prompt ${name} must be a string.`);
  }
  const missing = known.find((argument) => argument.required && !Object.hasOwn(args, argument.name));
  if (missing) throw new RpcError(errorCode.invalidParams, `Prompt ${name} needs the argument "${missing.name}".`);
  return args as Readonly<Record<string, string>>;
}
