import type { GatewayEvent, ListKind } from '../core/events.ts';
import type { Face } from '../core/face.ts';
import type { Principal } from '../core/principal.ts';
import { modernCapabilities } from '../mcp/capabilities.ts';
import { isObject, type Params } from '../mcp/envelope.ts';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';
import type { Runtime } from '../mcp/runtime.ts';
import { requireTasksExtension } from '../mcp/tasks/methods.ts';
import type { Task } from '../mcp/tasks/task.ts';

const maxNames = 1000;

const listMembers = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
} as const satisfies Readonly<Record<ListKind, string>>;

/** What one `subscriptions/listen` is told: what was asked for, as far as this face has it and this caller may know. */
export interface ListenFilter {
  /** As it is acknowledged. */
  readonly honoured: Params;
  readonly lists: ReadonlySet<ListKind>;
  readonly uris: ReadonlySet<string>;
  readonly tasks: readonly Task[];
}

/** Reads the parameters of a `subscriptions/listen`; throws RpcError. What the face does not offer is left out. */
export function readListenFilter(params: Params, face: Face, principal: Principal, { tasks }: Runtime): ListenFilter {
  const wanted = params.notifications;
  if (!isObject(wanted)) throw new RpcError(errorCode.invalidParams, 'params.notifications must be an object.');
  const offered = modernCapabilities(face);
  const lists = (['tools', 'prompts', 'resources'] as const).filter(
    (list) => isWanted(wanted, listMembers[list]) && offered[list] !== undefined,
  );
  const asked = namesIn(wanted, 'resourceSubscriptions');
  const uris = offered.resources === undefined ? undefined : asked;
  for (const uri of uris ?? []) requireResource(face, uri);
  const taskIds = namesIn(wanted, 'taskIds');
  if (taskIds) requireTasksExtension(params);
  const known = taskIds?.flatMap((id) => tasks.find(id, face, principal) ?? []);
  return {
    honoured: {
      ...Object.fromEntries(lists.map((list) => [listMembers[list], true])),
      ...(uris ? { resourceSubscriptions: uris } : {}),
      ...(known && known.length > 0 ? { taskIds: known.map(({ id }) => id) } : {}),
    },
    lists: new Set(lists),
    uris: new Set(uris),
    tasks: known ?? [],
  };
}

/** The notification that an event is to this filter; undefined where it did not ask for it. */
export function notificationOf(
  event: GatewayEvent,
  { lists, uris }: ListenFilter,
): { readonly method: string; readonly params: Params } | undefined {
  if (event.type === 'list_changed') {
    return lists.has(event.list) ? { method: `notifications/${event.list}/list_changed`, params: {} } : undefined;
  }
  return uris.has(event.uri) ? { method: 'notifications/resources/updated', params: { uri: event.uri } } : undefined;
}

/** Whether a list's changes are asked for; throws RpcError for what is neither true nor false. */
function isWanted(wanted: Params, member: string): boolean {
  const flag = wanted[member];
  if (flag === undefined || typeof flag === 'boolean') return flag === true;
  throw new RpcError(errorCode.invalidParams, `notifications.${member} must be true or false.`);
}

/** Throws RpcError for a URI that is no resource here, of which nobody would ever hear anything. */
function requireResource(face: Face, uri: string): void {
  if (face.resources.has(uri) || face.matchTemplate(uri)) return;
  throw new RpcError(
    errorCode.invalidParams,
    'notifications.resourceSubscriptions names a resource that is not here; resources/list and resources/templates/list name those that exist.',
    { uri },
  );
}

function namesIn(wanted: Params, member: 'resourceSubscriptions' | 'taskIds'): readonly string[] | undefined {
  const names = wanted[member];
  if (names === undefined) return undefined;
  if (Array.isArray(names) && names.length <= maxNames && names.every((name) => typeof name === 'string')) return names;
  throw new RpcError(
    errorCode.invalidParams,
    `notifications.${member} must be an array of at most ${maxNames} strings.`,
  );
}
