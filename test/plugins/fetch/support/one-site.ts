import { afterEach, beforeEach } from 'vitest';
import type { FetchDeps } from '../../../../dist/plugins/fetch/deps.js';
import { openTestFetch, publicAddress } from './open-test-fetch.ts';
import { type OriginServer, startOrigin } from './origin-server.ts';

/** A plugin and one public site for each test of a file; both are gone after it. */
export interface OneSite {
  readonly site: OriginServer;
  readonly deps: FetchDeps;
  /** A URL of the site, by the name `site.example` or another of that domain. */
  url(path: string, host?: string): string;
  /** Opens the plugin again with other settings. */
  reopen(settings: Record<string, unknown>): Promise<void>;
}

export function oneSite(): OneSite {
  let site: OriginServer;
  let deps: FetchDeps;
  beforeEach(async () => {
    site = await startOrigin(publicAddress);
    deps = openTestFetch([site.port]);
  });
  afterEach(async () => {
    await deps.close();
    await site.close();
  });
  return {
    get site() {
      return site;
    },
    get deps() {
      return deps;
    },
    url: (path, host = 'site.example') => `http://${host}:${site.port}${path}`,
    async reopen(settings) {
      await deps.close();
      deps = openTestFetch([site.port], settings);
    },
  };
}
