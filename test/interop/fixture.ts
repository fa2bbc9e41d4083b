import { fixturePlugin } from '../support/fixture-plugin.ts';

/** The module that the gateway's configuration names: plugins of others are loaded this way too. */
export const plugin = fixturePlugin();
