import * as v from 'valibot';
import type { RichResult } from '../../../../dist/core/content.js';
import { GatewayError } from '../../../../dist/core/errors.js';
import type { ToolContext } from '../../../../dist/core/tool.js';
import { FetchConfig } from '../../../../dist/plugins/fetch/config.js';
import type { FetchDeps } from '../../../../dist/plugins/fetch/deps.js';
import type { Resolver } from '../../../../dist/plugins/fetch/net/guarded-lookup.js';
import { openFetch } from '../../../../dist/plugins/fetch/open-fetch.js';

/** The address that stands for the public internet: allowed by the configuration of the tests, as no other loopback is. */
export const publicAddress = '127.0.0.2';

/** Answers for the names that tests use; every other name does not exist. */
export function resolverOf(names: Readonly<Record<string, readonly string[]>>): Resolver {
  return async (host) => {
    const addresses = names[host] ?? (host.endsWith('.example') ? [publicAddress] : undefined);
    if (!addresses) throw Object.assign(new Error(`getaddrinfo ENOTFOUND ${host}`), { code: 'ENOTFOUND' });
    return addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  };
}

/** The plugin as built, with loopback sites for the internet: `site.example` and the like are at `publicAddress`. */
export function openTestFetch(
  ports: readonly number[],
  settings: Record<string, unknown> = {},
  resolver: Resolver = resolverOf({}),
  ownOrigins: readonly string[] = [],
): FetchDeps {
  return openFetch(
    v.parse(FetchConfig, { ports: [80, 443, ...ports], privateNetworks: [`${publicAddress}/32`], ...settings }),
    resolver,
    ownOrigins,
  );
}

const quietLog = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => quietLog };
function nothing(): void {
  // nobody reads the log of a test
}

/** What a handler is given beside its arguments, with nobody to ask; as the gateway's, it has no member of its own to spread. */
export function contextOf(
  deps: FetchDeps,
  signal: AbortSignal = new AbortController().signal,
  caller = 'anonymous',
): ToolContext<FetchDeps> {
  const nobody = () => Promise.reject(new Error('there is no client in this test'));
  return Object.create({
    deps,
    signal,
    clientSupports: () => false,
    principal: { id: caller, kind: caller === 'anonymous' ? 'anonymous' : 'key' },
    log: quietLog,
    progress: nothing,
    notify: nothing,
    elicit: nobody,
    elicitUrl: nobody,
    sample: nobody,
    listRoots: nobody,
    continueAsTask: () => false,
    releaseConnection: nothing,
  });
}

interface CallableTool {
  readonly input: v.GenericSchema;
  readonly output?: v.GenericSchema;
  toText?(data: never): string;
  handler(context: never, input: never): unknown;
}

export interface Called<Data> {
  readonly data: Data;
  readonly text: string;
  readonly content: RichResult['content'];
}

/** Calls a tool as the gateway does: arguments parsed, data checked, text made from it. */
export async function call<Data = Record<string, unknown>>(
  tool: CallableTool,
  deps: FetchDeps,
  input: Record<string, unknown>,
  signal?: AbortSignal,
  caller?: string,
): Promise<Called<Data>> {
  const parsed = v.safeParse(tool.input, input);
  if (!parsed.success) throw new GatewayError('invalid_input', parsed.issues.map(({ message }) => message).join('; '));
  const returned = await tool.handler(contextOf(deps, signal, caller) as never, parsed.output as never);
  const isRich = typeof returned === 'object' && returned !== null && 'content' in returned && 'data' in returned;
  const rich = isRich ? (returned as RichResult) : { data: returned, content: [] };
  const data = tool.output ? v.parse(tool.output, rich.data) : rich.data;
  return { data: data as Data, text: tool.toText?.(data as never) ?? JSON.stringify(data), content: rich.content };
}
