import type { Route } from '../transports/services.ts';

/**
 * The endpoints that messages come to, found by path and method at once. They are looked up before Hono is asked, because
 * making its Request, Context and Response costs a third of what a bare server needs for the whole call.
 */
export class Endpoints {
  readonly #byPath = new Map<string, Map<string, Route['handle']>>();

  /** Adds the routes of one mount, below its path. */
  add(base: string, routes: readonly Route[]): void {
    for (const { method, path, handle } of routes) {
      const methods = this.#byPath.get(base + path) ?? new Map<string, Route['handle']>();
      methods.set(method, handle);
      this.#byPath.set(base + path, methods);
    }
  }

  find(method: string | undefined, path: string): Route['handle'] | undefined {
    return this.#byPath.get(path)?.get(method === 'HEAD' ? 'GET' : (method ?? ''));
  }

  methodsOf(path: string): readonly string[] {
    return [...(this.#byPath.get(path)?.keys() ?? [])];
  }
}
