import { type Context, Hono } from 'hono';
import { GatewayError } from '../core/errors.ts';
import { Face } from '../core/face.ts';
import type { RunningPlugin } from '../core/running-plugin.ts';
import { nearestKey } from '../core/schema-issues.ts';
import { errorCode, RpcError } from '../mcp/rpc-error.ts';
import { sendRpcError } from '../transports/respond.ts';
import { rest } from '../transports/rest.ts';
import { rpc } from '../transports/rpc.ts';
import type { Mount, Services, TransportApp, TransportEnv } from '../transports/services.ts';
import { sse } from '../transports/sse.ts';
import { streamableHttp } from '../transports/streamable-http.ts';
import { type GateOptions, gate } from './gate.ts';
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

/** The app of the one port of prefix mode: every plugin under its path, and the aggregate over all at the root. */
export function prefixApp(plugins: readonly RunningPlugin[], options: AppOptions): TransportApp {
  const app = guardedApp(options);
  for (const running of plugins) {
    const path = `/${running.plugin.name}`;
    const face = Face.of(running);
    app.route(path, endpoints({ path, faceOf: () => face }, options.services));
    app.route(path, pluginHealth(running, options.services.runtime.version));
  }
  const aggregate = new AggregateFaces(plugins);
  app.route('/', endpoints({ path: '', faceOf: (c) => aggregate.of(askedPlugins(c)) }, options.services));
  app.route('/', gatewayHealth(plugins, options.services.runtime.version, options.startedAt));
  return withGatewayRoutes(app, plugins, options, (name) => `/${name}`);
}

/** The app of one plugin's own port: its endpoints at the root, and nothing of another plugin. */
export function portApp(running: RunningPlugin, options: AppOptions): TransportApp {
  const app = guardedApp(options);
  const face = Face.of(running);
  app.route('/', endpoints({ path: '', faceOf: () => face }, options.services));
  app.route('/', pluginHealth(running, options.services.runtime.version));
  return withGatewayRoutes(app, [running], options, () => '');
}

function guardedApp({ gate: gateOptions, services }: AppOptions): TransportApp {
  const { publicPath, tokens } = gateOptions;
  const app = new Hono<TransportEnv>({ getPath: (request) => publicPath.route(pathOf(request.url)) });
  const routes = new RouteTable(app);
  app.use(gate(gateOptions, routes));
  if (tokens) app.route('/', resourceMetadata(tokens.settings, publicPath, routes));
  app.notFound((c) => refuseUnrouted(c, routes));
  app.onError((error, c) => {
    if (error instanceof GatewayError) {
      const status = error.code === 'invalid_input' ? 400 : 404;
      return sendRpcError(c.env.outgoing, status, new RpcError(errorCode.refused, error.message));
    }
    services.runtime.log.error({ err: error, requestId: c.get('requestId'), path: c.req.path }, 'unexpected error');
    return refuse(c.env.outgoing, 500, `Internal error. The gateway's log has it under request ${c.get('requestId')}.`);
  });
  return app;
}

/** 405 where the path is there for other methods, else 404. */
function refuseUnrouted(c: Context<TransportEnv>, routes: RouteTable): Response {
  const { incoming, outgoing } = c.env;
  const allow = routes.methodsOf(c.req.path).join(', ');
  if (allow === '') return refuse(outgoing, 404, 'Not found. GET / lists the endpoints.');
  outgoing.setHeader('Allow', allow);
  return refuse(outgoing, 405, `${incoming.method} is not allowed here; use one of ${allow}.`);
}

function endpoints(mount: Mount, services: Services): TransportApp {
  return new Hono<TransportEnv>({ strict: false })
    .route('/', rpc(mount, services))
    .route('/', streamableHttp(mount, services))
    .route('/', sse(mount, services))
    .route('/', rest(mount, services));
}

function withGatewayRoutes(
  app: TransportApp,
  plugins: readonly RunningPlugin[],
  { services, gate: { tokens } }: AppOptions,
  pathFor: (plugin: string) => string,
): TransportApp {
  app.route('/', readiness(plugins, services.runtime.activity));
  app.route('/', metrics(plugins, services));
  app.route('/', gatewayIndex(plugins, services.runtime.version, pathFor, tokens !== undefined));
  return app;
}

/** What `?plugins=` names, however often it is there. Throws `invalid_input` for spellings that mean it and would go unheard. */
function askedPlugins({ req }: Context<TransportEnv>): string | undefined {
  if (!req.url.includes('?')) return undefined;
  const { plugins, ...others } = req.queries();
  const meant = Object.keys(others).find((name) => /^plugins?(?:$|\[)/i.test(name));
  if (meant !== undefined) {
    throw new GatewayError('invalid_input', `Write ?plugins=one,two instead of ?${meant.slice(0, 64)}=.`);
  }
  return plugins?.join(',');
}

/** The aggregate over all plugins, and over each part of them that somebody asked for; parts are few, so they are kept. */
class AggregateFaces {
  readonly #plugins: readonly RunningPlugin[];
  readonly #faces = new Map<string, Face>();
  readonly #all: Face;

  constructor(plugins: readonly RunningPlugin[]) {
    this.#plugins = plugins;
    this.#all = Face.aggregate(plugins);
  }

  /** `wanted`: names with commas between them, as in `?plugins=postgres,github`. Throws `unknown_plugin`. */
  of(wanted: string | undefined): Face {
    if (wanted === undefined) return this.#all;
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

/** The path of a request URL, found without parsing the rest; a trailing slash is the same path. */
function pathOf(url: string): string {
  const start = url.indexOf('/', url.indexOf(':') + 3);
  if (start === -1) return '/';
  const query = url.indexOf('?', start);
  const end = query === -1 ? url.length : query;
  return url.charCodeAt(end - 1) === 0x2f && end - start > 1 ? url.slice(start, end - 1) : url.slice(start, end);
}
