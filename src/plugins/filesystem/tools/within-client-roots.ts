import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import type { Tool, ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { narrow } from '../sandbox/client-roots.ts';

const RootList = v.object({ roots: v.pipe(v.array(v.object({ uri: v.string() })), v.maxLength(100)) });

/** JSON-RPC's "method not found", by which a client says that it has no roots after all (2025-11-25, roots). */
const methodNotFound = -32601;

type Context = ToolContext<FilesystemDeps>;

/** The same tool, that reaches only what its caller's roots leave of the configured ones. */
export function narrowing(tool: Tool<FilesystemDeps>): Tool<FilesystemDeps> {
  return {
    ...tool,
    handler: (context, input) => withinClientRoots(context, (narrowed) => tool.handler(narrowed, input)),
  };
}

/**
 * Runs `work` on what is in the configured roots and in the client's. A client that offers none, or that the connection
 * cannot ask, reaches what is configured, at no cost. One that offers roots and does not tell them reaches nothing: what
 * it would have closed is not known.
 */
export async function withinClientRoots<T>(context: Context, work: (context: Context) => Promise<T> | T): Promise<T> {
  const { deps } = context;
  if (!deps.narrowsToClientRoots || !context.clientSupports('roots')) return work(context);
  const uris = await rootsOf(context);
  if (!uris) return work(context);
  const { sandbox, close } = await narrow(deps.sandbox, uris);
  try {
    return await work(withDeps(context, { ...deps, sandbox }));
  } finally {
    close();
  }
}

/** The same context with other deps; its members are made when they are taken, so they cannot be copied. */
function withDeps(context: Context, deps: FilesystemDeps): Context {
  return new Proxy(context, {
    get: (target, member) => (member === 'deps' ? deps : Reflect.get(target, member, target)),
  });
}

/** The URIs that the client names; undefined where it says that it has no roots after all. */
async function rootsOf(context: Context): Promise<string[] | undefined> {
  const told = await answerOf(context);
  if (told === undefined) return undefined;
  const answer = v.safeParse(RootList, told);
  if (answer.success) return answer.output.roots.map(({ uri }) => uri);
  throw unknown('it answered with something that is not a list of at most 100 roots.');
}

async function answerOf(context: Context): Promise<unknown> {
  try {
    return await context.listRoots({ key: 'roots' });
  } catch (error) {
    if (!(error instanceof GatewayError) || !['timeout', 'upstream', 'unsupported'].includes(error.code)) throw error;
    if (error.details?.rpcCode === methodNotFound) return undefined;
    throw unknown(error.message);
  }
}

function unknown(why: string): GatewayError {
  return new GatewayError(
    'unavailable',
    `The client offers roots, but which is not known: ${why} Until it tells them, no file is reached. (clientRoots: ignore in the configuration does without.)`,
  );
}
