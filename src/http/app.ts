import { Hono } from 'hono';
import { GatewayError } from '../core/errors.ts';
import { Face } from '../core/face.ts';
import type { RunningPlugin } from '../core/running-plugin.ts';
import { nearestKey } from '../core/schema-issues.ts';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';
import type { HttpExchange } from '../transports/http-exchange.ts';
import { sendRpcError } from '../transports/respond.ts';
import { rest, restCalls } from '../transports/rest.ts';
import { rpc } from '../transports/rpc.ts';
import type { Mount, Services, TransportApp, TransportEnv } from '../transports/services.ts';
import { sse } from '../transports/sse.ts';
import { streamableHttp } from '../transports/streamable-http.ts';
import { Endpoints } from './endpoints.ts';
import { Gate, type GateOptions } from './gate.ts';
import { gatewayHealth, pluginHealth, readiness } from './health.ts';
import { gatewayIndex } from './index-page.ts';
import { resourceMetadata } from './jwt/resource-metadata.ts';
import { metrics } from './metrics.ts';
import { refuse } from './refuse.ts';
import { RouteTable } from './route-table.ts';

export interface AppOptions {
  readonly services: Services;
  readonly gate: GateOptions;
  readonly startedAt: number;
}

/** What a port serves: its guards, the endpoints that messages come to, and Hono with the rest. */
export class PortApp {
  readonly endpoints = new Endpoints();
  readonly gate: Gate;
  /** Serves what is no endpoint; finds the admitted request in its environment. */
  readonly hono: TransportApp;
  readonly #services: Services;

  constructor({ gate, services }: AppOptions) {
    this.#services = services;
    this.hono = new Hono<TransportEnv>({ getPath: (_request, options) => options?.env?.http.path ?? '/' });
    const routes = new RouteTable(this.endpoints, this.hono);
    this.gate = new Gate(gate, routes);
    if (gate.tokens) this.hono.route('/', resourceMetadata(gate.tokens.settings, gate.publicPath, routes));
    this.hono.notFound(({ env: { http } }) => refuseUnrouted(http, routes));
    this.hono.onError((error, { env: { http } }) => this.answerError(error, http));
  }

  /** All endpoints of one plugin, or of the aggregate, below the mount's path. */
  mount(mount: Mount): void {
    const { path } = mount;
    this.endpoints.add(path, rpc(mount, this.#services));
    this.endpoints.add(path, streamableHttp(mount, this.#services));
    this.endpoints.add(path, sse(mount, this.#services));
    this.endpoints.add(path, restCalls(mount, this.#services));
    this.hono.route(path === '' ? '/' : path, rest(mount, this.#services));
  }

  /** The answer to what an endpoint threw: a clear one to what the caller can mend, else a request id. */
  answerError(
    error: unknown,
    { outgoing, requestId, path }: Pick<HttpExchange, 'outgoing' | 'requestId' | 'path'>,
  ): Response {
    if (error instanceof GatewayError) {
      const status = error.code === 'invalid_input' ? 400 : 404;
      return sendRpcError(outgoing, status, new RpcError(errorCode.refused, error.message));
    }
    this.#services.runtime.log.error({ err: error, requestId, path }, 'unexpected error');
    return refuse(outgoing, 500, `Internal error. The gateway's log has it under request ${requestId}.`);
  }
}

/** The app of the one port of prefix mode: every plugin under its path, and the aggregate over all at the root. */
export function prefixApp(plugins: readonly RunningPlugin[], options: AppOptions): PortApp {
  const app = new PortApp(options);
  for (const running of plugins) {
    const path = `/${running.plugin.name}`;
    const face = Face.of(running);
    app.mount({ path, toolNames: [...face.tools.keys()], faceOf: () => face });
    app.hono.route(path, pluginHealth(running, options.services.runtime.version));
  }
  const aggregate = new AggregateFaces(plugins);
  const { all } = aggregate;
  app.mount({ path: '', toolNames: [...all.tools.keys()], faceOf: (http) => aggregate.of(askedPlugins(http)) });
  app.hono.route('/', gatewayHealth(plugins, options.services.runtime.version, options.startedAt));
  return withGatewayRoutes(app, plugins, options, (name) => `/${name}`);
}

/** The app of one plugin's own port: its endpoints at the root, and nothing of another plugin. */
export function portApp(running: RunningPlugin, options: AppOptions): PortApp {
  const app = new PortApp(options);
  const face = Face.of(running);
  app.mount({ path: '', toolNames: [...face.tools.keys()], faceOf: () => face });
  app.hono.route('/', pluginHealth(running, options.services.runtime.version));
  return withGatewayRoutes(app, [running], options, () => '');
}

/** 405 where the path is there for other methods, else 404. */
function refuseUnrouted({ incoming, outgoing, path, retryAfter }: HttpExchange, routes: RouteTable): Response {
  if (retryAfter > 0) return refuse(outgoing, 429, `Too many requests (limits.rate); try again in ${retryAfter} s.`);
  const allow = routes.methodsOf(path).join(', ');
  if (allow === '') return refuse(outgoing, 404, 'Not found. GET / lists the endpoints.');
  outgoing.setHeader('Allow', allow);
  return refuse(outgoing, 405, `${incoming.method} is not allowed here; use one of ${allow}.`);
}

function withGatewayRoutes(
  app: PortApp,
  plugins: readonly RunningPlugin[],
  { services, gate: { tokens } }: AppOptions,
  pathFor: (plugin: string) => string,
): PortApp {
  app.hono.route('/', readiness(plugins, services.runtime.activity));
  app.hono.route('/', metrics(plugins, services));
  app.hono.route('/', gatewayIndex(plugins, services.runtime.version, pathFor, tokens !== undefined));
  return app;
}

/** What `?plugins=` names, however often it is there. Throws `invalid_input` for spellings that mean it and would go unheard. */
function askedPlugins({ query }: HttpExchange): string | undefined {
  if (query.size === 0) return undefined;
  const meant = [...query.keys()].find((name) => name !== 'plugins' && /^plugins?(?:$|\[)/i.test(name));
  if (meant !== undefined) {
    throw new GatewayError('invalid_input', `Write ?plugins=one,two instead of ?${meant.slice(0, 64)}=.`);
  }
  const plugins = query.getAll('plugins');
  return plugins.length === 0 ? undefined : plugins.join(',');
}

/** The aggregate over all plugins, and over each part of them that somebody asked for; parts are few, so they are kept. */
class AggregateFaces {
  readonly #plugins: readonly RunningPlugin[];
  readonly #faces = new Map<string, Face>();
  readonly all: Face;

  constructor(plugins: readonly RunningPlugin[]) {
    this.#plugins = plugins;
    this.all = Face.aggregate(plugins);
  }

  /** `wanted`: names with commas between them, as in `?plugins=postgres,github`. Throws `unknown_plugin`. */
  of(wanted: string | undefined): Face {
    if (wanted === undefined) return this.all;
    const names = new Set(wanted.split(',').map((name) => name.trim()));
    const chosen = this.#plugins.filter(({ plugin }) => names.delete(plugin.name));
    const [unknown] = names;
    if (unknown !== undefined) throw unknownPlugin(unknown, this.#plugins);
    const key = chosen.map(({ plugin }) => plugin.name).join(',');
    let face = this.#faces.get(key);
    if (!face) {
      face = Face.aggregate(chosen);
      this.#faces.set(key, face);
    }
    return face;
  }
}

function unknownPlugin(name: string, plugins: readonly RunningPlugin[]): GatewayError {
  const known = plugins.map(({ plugin }) => plugin.name);
  const near = nearestKey(name, known);
  const hint = near ? `did you mean "${near}"?` : `running: ${known.join(', ')}`;
  return new GatewayError('unknown_plugin', `No plugin "${name.slice(0, 64)}" in ?plugins=; ${hint}`);
}
