import { join } from 'node:path';
import { Audit } from './audit.ts';
import { asksWhoCalls, refuseExposure } from './config/exposure.ts';
import { ownOrigins } from './config/ports.ts';
import type { GatewayConfig } from './config/schema.ts';
import { secretsOf } from './config/secrets.ts';
import { Activity } from './core/activity.ts';
import type { CallRecorder } from './core/call-record.ts';
import { GatewayError } from './core/errors.ts';
import { GatewayEvents } from './core/events.ts';
import type { Log } from './core/log.ts';
import { Metrics } from './core/metrics.ts';
import type { Plugin } from './core/plugin.ts';
import { RunningPlugin } from './core/running-plugin.ts';
import { type AppOptions, portApp, prefixApp } from './http/app.ts';
import { HostGuard } from './http/host-guard.ts';
import { TokenGuard } from './http/jwt/token-guard.ts';
import { KeyGuard } from './http/key-guard.ts';
import { type Listener, listen } from './http/listener.ts';
import { PublicPath } from './http/public-path.ts';
import { RateLimit } from './http/rate-limit.ts';
import type { LineSink } from './log.ts';
import { StateSeal } from './mcp/request-state.ts';
import { TaskStore } from './mcp/tasks/task-store.ts';
import { KeepAlive } from './transports/keep-alive.ts';
import type { Services } from './transports/services.ts';
import { SessionRegistry } from './transports/session-registry.ts';
import { version } from './version.ts';

export interface GatewayOptions {
  readonly config: GatewayConfig;
  readonly plugins: readonly Plugin[];
  readonly log: Log;
  /** Where the log goes, if not to standard error: the audit goes there too. */
  readonly logTo?: LineSink;
}

/** A gateway that runs. */
export interface Gateway {
  /** Where it listens; `plugin` is null for the port of prefix mode. */
  readonly listeners: readonly { readonly url: string; readonly plugin: string | null }[];
  /** Resolves when every plugin's first attempt to start has ended. */
  readonly ready: Promise<void>;
  /** Drains: new calls are refused, running ones may end, then streams are closed and plugins stopped. */
  stop(): Promise<void>;
}

/** How long connections may take to end after the drain. */
const closeGraceMs = 1000;

/**
 * Starts the plugins in the background and opens the ports. Throws `bad_config` for a configuration that cannot be
 * served (a busy port, a public address without a key); then nothing is left running.
 */
export async function startGateway({ config, plugins, log, logTo }: GatewayOptions): Promise<Gateway> {
  refuseExposure(config);
  const audit = openAudit(config, log, logTo);
  const metrics = new Metrics();
  const events = new GatewayEvents();
  const activity = new Activity();
  const running = startPlugins(config, plugins, log, events);
  const record = recorder(metrics, audit);
  const services = servicesOf(config, log, { events, activity, metrics, record });
  const listeners: { readonly listener: Listener; readonly plugin: string | null }[] = [];
  try {
    for (const { plugin, open } of planPorts(config, running, services))
      listeners.push({ plugin, listener: await open() });
  } catch (error) {
    await shutDown(listeners, running, services);
    audit?.close();
    throw error;
  }
  const stopOnce = once(async () => {
    log.info({ running: activity.running }, 'draining');
    const drained = await activity.drain(config.server.drainTimeout);
    if (!drained) {
      log.warn({ running: activity.running }, 'drain time is over, running calls are called off');
      await activity.callOff();
    }
    await shutDown(listeners, running, services);
    audit?.close();
  });
  return {
    listeners: listeners.map(({ listener, plugin }) => ({ url: listener.url, plugin })),
    ready: Promise.all(running.map(({ settled }) => settled)).then(() => undefined),
    stop: stopOnce,
  };
}

/** Starts the enabled plugins; each parses its own block, so a mistake there is `bad_config` before anything starts. */
export function startPlugins(
  config: GatewayConfig,
  plugins: readonly Plugin[],
  log: Log,
  events = new GatewayEvents(),
): RunningPlugin[] {
  const enabled = plugins.filter(({ name }) => config.plugins.get(name)?.enabled ?? true);
  const parsed = enabled.map((plugin) => ({
    plugin,
    settings: plugin.parseConfig(config.plugins.get(plugin.name)?.settings),
  }));
  return parsed.map(
    ({ plugin, settings }) =>
      new RunningPlugin(plugin, settings, {
        log: log.child({ plugin: plugin.name }),
        dataFolder: join(config.dataFolder, plugin.name),
        privateFiles: config.privateFiles,
        ownOrigins: ownOrigins(config, plugins),
        resourceUpdated: (uri) => events.emit({ type: 'resource_updated', plugin: plugin.name, uri }),
        listChanged: (list) => events.emit({ type: 'list_changed', plugin: plugin.name, list }),
      }),
  );
}

/** Undefined where the audit is off, or would go to a log that is told to leave such lines out. */
function openAudit(config: GatewayConfig, log: Log, logTo: LineSink | undefined): Audit | undefined {
  const { enabled, file, arguments: withArguments } = config.audit;
  if (!enabled || (file === null && !['info', 'debug', 'trace'].includes(config.log.level))) return undefined;
  return new Audit({ file, withArguments, secrets: secretsOf(config), log, ...(logTo ? { logTo } : {}) });
}

function recorder(metrics: Metrics, audit: Audit | undefined): CallRecorder {
  if (!audit) return metrics.countCall;
  return (record) => {
    metrics.countCall(record);
    audit.write(record);
  };
}

interface Observers {
  readonly events: GatewayEvents;
  readonly activity: Activity;
  readonly metrics: Metrics;
  readonly record: CallRecorder;
}

function servicesOf(config: GatewayConfig, log: Log, { events, activity, metrics, record }: Observers): Services {
  const { limits, mcp } = config;
  return {
    runtime: {
      version,
      log,
      dispatch: { callTimeoutMs: limits.callTimeout, resultBytes: limits.resultBytes, record },
      metrics,
      events,
      activity,
      seal: new StateSeal(mcp.stateSecret ?? undefined),
      tasks: new TaskStore({
        ttlMs: mcp.tasks.ttl,
        perPrincipal: mcp.tasks.perCaller,
        bytes: mcp.tasks.bytes,
        resultBytes: limits.resultBytes,
      }),
      cacheScope: asksWhoCalls(config) ? 'private' : 'public',
    },
    sessions: new SessionRegistry(limits.sessions),
    keepAlive: new KeepAlive(config.sse.keepAlive, config.sse.interval),
    bodyBytes: limits.bodyBytes,
    sessionMode: config.sessions.mode,
    sessionIdleMs: config.sessions.idleTimeout,
    releaseAfterMs: config.sessions.releaseAfter,
  };
}

interface PlannedPort {
  readonly plugin: string | null;
  open(): Promise<Listener>;
}

function planPorts(config: GatewayConfig, running: readonly RunningPlugin[], services: Services): PlannedPort[] {
  const { host, port, mode, publicUrl, allowedHosts, allowedOrigins, trustedProxies } = config.server;
  const publicHost = publicUrl === null ? [] : [new URL(publicUrl).host];
  const publicOrigin = publicUrl === null ? [] : [new URL(publicUrl).origin];
  const hosts = new HostGuard([host, ...publicHost, ...allowedHosts], [...publicOrigin, ...allowedOrigins]);
  const keys = new KeyGuard(config.auth.keys);
  const tokens = config.auth.jwt ? new TokenGuard(config.auth.jwt, services.runtime.log) : undefined;
  const rate = config.limits.rate ? new RateLimit(config.limits.rate) : undefined;
  const options = (publicPath: PublicPath): AppOptions => ({
    services,
    gate: { hosts, keys, tokens, publicPath, rate, metrics: services.runtime.metrics },
    startedAt: Date.now(),
  });
  const requestMs = config.limits.requestTime;
  const plan: PlannedPort[] = [];
  if (mode !== 'ports') {
    const app = prefixApp(running, options(new PublicPath(publicUrl, trustedProxies)));
    plan.push({ plugin: null, open: () => listen(app, { host, port, key: 'server.port', requestMs }) });
  }
  if (mode !== 'prefix') {
    for (const plugin of running) {
      const { name } = plugin.plugin;
      const ownPort = config.plugins.get(name)?.port ?? plugin.plugin.defaultPort;
      if (ownPort === undefined)
        throw new GatewayError(
          'bad_config',
          `plugins.${name}.port: this plugin has no port of its own by default; name one`,
        );
      const app = portApp(plugin, options(new PublicPath(null, trustedProxies)));
      plan.push({
        plugin: name,
        open: () => listen(app, { host, port: ownPort, key: `plugins.${name}.port`, requestMs }),
      });
    }
  }
  return plan;
}

async function shutDown(
  listeners: readonly { readonly listener: Listener }[],
  running: readonly RunningPlugin[],
  services: Services,
): Promise<void> {
  services.runtime.tasks.stop();
  services.sessions.endAll();
  services.keepAlive.stop();
  await Promise.all(listeners.map(({ listener }) => listener.close(closeGraceMs)));
  const stopped = await Promise.allSettled(running.map((plugin) => plugin.stop()));
  for (const result of stopped) {
    if (result.status === 'rejected') services.runtime.log.error({ err: result.reason }, 'a plugin failed to stop');
  }
}

function once(run: () => Promise<void>): () => Promise<void> {
  let result: Promise<void> | undefined;
  return () => {
    result ??= run();
    return result;
  };
}
