import { callerHeaders } from './caller-headers.ts';
import type { FetchSettings } from './config.ts';
import { WorkerPools } from './convert/worker-pools.ts';
import type { FetchDeps } from './deps.ts';
import { AddressPolicy } from './net/address-policy.ts';
import { readAuthorities } from './net/authorities.ts';
import { permittedAddresses, type Resolver, systemResolver } from './net/guarded-lookup.ts';
import { HostGate } from './net/host-gate.ts';
import { LazyAgent } from './net/lazy-agent.ts';
import { OwnAddresses } from './net/own-addresses.ts';
import { isSelf, portOf, UrlRules } from './net/url-rules.ts';
import { WayOut } from './net/way-out.ts';
import { newBoundary } from './page/frame.ts';
import { Robots } from './robots/robots.ts';
import { Documents } from './snapshot/documents.ts';
import { SnapshotCache } from './snapshot/snapshot-cache.ts';
import { Snapshots } from './snapshot/snapshots.ts';

const product = 'ModelContextProtocol/1.0';
const about = '+https://github.com/modelcontextprotocol/servers';

/** Puts the plugin together. `resolve` stands for the system's resolver; `ownOrigins` are the gateway's, and never fetched. Throws `bad_config` for settings that cannot work. */
export function openFetch(
  settings: FetchSettings,
  resolve: Resolver = systemResolver,
  ownOrigins: readonly string[] = [],
): FetchDeps {
  const userAgents = {
    autonomous: settings.userAgent ?? `${product} (Autonomous; ${about})`,
    user: settings.userAgent ?? `${product} (User-Specified; ${about})`,
  };
  const addresses = new AddressPolicy(settings.privateNetworks);
  const rules = new UrlRules(settings, addresses, ownOrigins);
  const own = new OwnAddresses(ownOrigins);
  const authorities = settings.caFile === undefined ? undefined : readAuthorities(settings.caFile);
  const agent = new LazyAgent(async () => {
    const { guardedAgent } = await import('./net/guarded-agent.ts');
    return guardedAgent(settings, addresses, resolve, own, authorities);
  });
  const gate = new HostGate(settings.hostConcurrency, settings.hostDelayMs);
  const behindProxy = settings.proxy === undefined ? {} : { checkName: proxiedName(resolve, addresses, own) };
  const wayOut = new WayOut({ rules, agent, gate, settings, ...behindProxy });
  const robots = new Robots(wayOut, userAgents.autonomous);
  const cache = new SnapshotCache(settings.cacheBytes);
  const snapshots = new Snapshots({ settings, rules, wayOut, robots, cache, userAgents });
  const pool = new WorkerPools(settings);
  const documents = new Documents(pool, cache);
  return {
    checkUrl: (url) => rules.check(url),
    take: (ask, asker) => snapshots.take(ask, asker),
    document: (snapshot, options, raw, asker) => documents.of(snapshot, options, raw, asker),
    keptDocument: (id) => documents.byId(id),
    work: (job, asker) => pool.run(job, asker),
    robots: (origin, asker) => robots.of(origin, asker),
    product: robots.product,
    request: (errand) => wayOut.run({ ...errand, headers: { 'user-agent': userAgents.autonomous, ...errand.headers } }),
    callerHeaders: (headers) => callerHeaders(headers, settings.allowHeaders),
    boundary: () => (settings.frame ? newBoundary() : null),
    health: () => ({ status: 'healthy', checks: { snapshots: cache.size, snapshotBytes: cache.bytes } }),
    close: async () => {
      await Promise.all([agent.destroy(), pool.close()]);
    },
  };
}

/** A proxy resolves names itself; what this machine knows to be private is refused all the same. */
function proxiedName(resolve: Resolver, addresses: AddressPolicy, own: OwnAddresses): (url: URL) => Promise<void> {
  return async (url) => {
    const host = url.hostname;
    const known = await resolve(host).catch(() => []); // a name that only the proxy can resolve is the proxy's to refuse
    if (known.length > 0) await permittedAddresses(host, () => Promise.resolve(known), addresses);
    if (known.some(({ address }) => own.has(address, portOf(url)))) throw isSelf(url.host);
  };
}
