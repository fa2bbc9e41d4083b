import type { TransportApp } from '../transports/services.ts';
import type { Endpoints } from './endpoints.ts';

interface Route {
  readonly pattern: RegExp;
  readonly methods: Set<string>;
}

/** Which paths there are, and by which methods: read from all routes when first asked, for requests that match none. */
export class RouteTable {
  readonly #endpoints: Endpoints;
  readonly #app: TransportApp;
  #routes: readonly Route[] | undefined;

  constructor(endpoints: Endpoints, app: TransportApp) {
    this.#endpoints = endpoints;
    this.#app = app;
  }

  /** The methods of a path, as Allow names them; none for a path that is not there. */
  methodsOf(path: string): readonly string[] {
    this.#routes ??= readRoutes(this.#app);
    const ofApp = this.#routes.flatMap(({ pattern, methods }) => (pattern.test(path) ? [...methods] : []));
    const methods = new Set([...ofApp, ...this.#endpoints.methodsOf(path)]);
    if (methods.size === 0) return [];
    if (methods.has('GET')) methods.add('HEAD');
    return [...methods, 'OPTIONS'];
  }
}

function readRoutes(app: TransportApp): Route[] {
  const routes = new Map<string, Route>();
  for (const { method, path } of app.routes) {
    if (method === 'ALL') continue; // middleware, which is there for unknown paths too
    const route = routes.get(path) ?? { pattern: patternOf(path), methods: new Set() };
    route.methods.add(method);
    routes.set(path, route);
  }
  return [...routes.values()];
}

/** Hono's wildcards: `:name` is a segment, `/*` at the end the path before it and all below. */
function patternOf(path: string): RegExp {
  const source = path
    .replaceAll(/[\\^$.+?()[\]{}|]/g, '\\$&')
    .replaceAll(/:[^/]+/g, '[^/]+')
    .replace(/\/\*$/, '(?:/.*)?');
  return new RegExp(`^${source}$`);
}
