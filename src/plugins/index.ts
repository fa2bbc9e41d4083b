import type { Plugin } from '../core/plugin.ts';
import { fetchPlugin } from './fetch/plugin.ts';
import { filesystemPlugin } from './filesystem/plugin.ts';
import { postgresPlugin } from './postgres/plugin.ts';

/** The plugins that come with the gateway, in the order in which clients see them. */
export const builtInPlugins: readonly Plugin[] = [postgresPlugin, fetchPlugin, filesystemPlugin];
