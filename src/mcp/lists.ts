import type { Face } from '../core/face.ts';
import type { Params } from './envelope.ts';
import { cacheableResult, type Exchange } from './exchange.ts';
import { errorCode, RpcError } from './rpc-error.ts';

/** How long a client may keep a list: lists change only when the gateway is restarted or says so. */
const listTtlMs = 60_000;

interface Lists {
  readonly 'tools/list': string;
  readonly 'prompts/list': string;
  readonly 'resources/list': string;
  readonly 'resources/templates/list': string;
}

const cache = new WeakMap<Face, Lists>();

/** A list method's whole result; its bytes are made once a face. Lists are one page, so any cursor is unknown. */
export function listResult(exchange: Exchange, method: keyof Lists, params: Params): string {
  if (params.cursor !== undefined) {
    throw new RpcError(
      errorCode.invalidParams,
      `Unknown cursor: ${method} answers everything in one page, call it without a cursor.`,
    );
  }
  return cacheableResult(exchange, listsOf(exchange.face)[method], listTtlMs, exchange.runtime.cacheScope);
}

function listsOf(face: Face): Lists {
  let lists = cache.get(face);
  if (!lists) {
    lists = makeLists(face);
    cache.set(face, lists);
  }
  return lists;
}

function makeLists(face: Face): Lists {
  const tools = [...face.tools.values()].map(({ description }) => description);
  const prompts = [...face.prompts.values()].map(({ name, prompt }) => ({
    name,
    title: prompt.title,
    description: prompt.description,
    icons: prompt.icons,
    arguments: prompt.arguments ?? [],
  }));
  const resources = [...face.resources.values()].map(({ resource: { read: _read, ...facts } }) => facts);
  const resourceTemplates = face.templates.map(({ template: { read: _read, complete: _complete, ...facts } }) => facts);
  return {
    'tools/list': `"tools":${JSON.stringify(tools)}`,
    'prompts/list': `"prompts":${JSON.stringify(prompts)}`,
    'resources/list': `"resources":${JSON.stringify(resources)}`,
    'resources/templates/list': `"resourceTemplates":${JSON.stringify(resourceTemplates)}`,
  };
}
