import { fileURLToPath } from 'node:url';

/** The repository. */
export const project = fileURLToPath(new URL('../../', import.meta.url));
/** Servers of other people, with a package.json of their own. */
export const contendersFolder = fileURLToPath(new URL('../contenders/', import.meta.url));
export const resultsFolder = fileURLToPath(new URL('../results/', import.meta.url));

/** A server that runs on this project's own dependencies. */
export const ownServer = (name) => fileURLToPath(new URL(`../servers/${name}.mjs`, import.meta.url));
/** A server that runs on the contenders' packages. */
export const contender = (name) => `${contendersFolder}${name}.mjs`;
