import { withContext } from '../core/dispatcher.ts';
import type { Face } from '../core/face.ts';
import type { Completer } from '../core/resource.ts';
import type { RunningPlugin } from '../core/running-plugin.ts';
import { isObject, type Params } from './envelope.ts';
import { completeResult, type Exchange } from './exchange.ts';
import { findPrompt } from './prompts.ts';
import { errorCode, RpcError } from './rpc-error.ts';

/** MCP's cap on one answer (2025-11-25, server/utilities/completion). */
const maxValues = 100;

/** `completion/complete` for a prompt's argument or a template's variable; an argument without a completer has no values. */
export async function complete(exchange: Exchange, params: Params): Promise<string> {
  const { argument, context } = params;
  if (!isObject(argument) || typeof argument.name !== 'string' || typeof argument.value !== 'string') {
    throw new RpcError(errorCode.invalidParams, 'params.argument must be { name, value }, both strings.');
  }
  const { name, value } = argument;
  const { plugin, completers } = completersOf(exchange.face, params.ref);
  const completer = Object.hasOwn(completers, name) ? completers[name] : undefined;
  const others = isObject(context) && isObject(context.arguments) ? context.arguments : {};
  const strings = Object.fromEntries(
    Object.entries(others).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
  const found = completer
    ? await withContext(plugin, exchange.call, exchange.runtime.dispatch.callTimeoutMs, `completing ${name}`, (run) =>
        completer(run, value, strings),
      )
    : [];
  const completion = { values: found.slice(0, maxValues), total: found.length, hasMore: found.length > maxValues };
  return completeResult(exchange, `"completion":${JSON.stringify(completion)}`);
}

function completersOf(
  face: Face,
  ref: unknown,
): { plugin: RunningPlugin; completers: { readonly [name: string]: Completer<never> } } {
  if (isObject(ref) && ref.type === 'ref/prompt') {
    const { plugin, prompt } = findPrompt(face, ref.name);
    return { plugin, completers: prompt.complete ?? {} };
  }
  if (isObject(ref) && ref.type === 'ref/resource') {
    const bound = face.templates.find(({ template }) => template.uriTemplate === ref.uri);
    if (bound) return { plugin: bound.plugin, completers: bound.template.complete ?? {} };
    throw new RpcError(
      errorCode.invalidParams,
      'Unknown resource template; resources/templates/list names those that exist.',
    );
  }
  throw new RpcError(
    errorCode.invalidParams,
    'params.ref must be { type: "ref/prompt", name } or { type: "ref/resource", uri }.',
  );
}
