import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GatewayError } from '../../../core/errors.ts';
import type { Directory } from './directory.ts';
import { isWithin, type Root } from './root.ts';
import type { Sandbox } from './sandbox.ts';

/** A sandbox over what a client's roots leave, with the directories that were opened for it. */
export interface Narrowed {
  readonly sandbox: Sandbox;
  close(): void;
}

/**
 * The intersection of the configured roots and a client's: of a client root in a configured one its own folder, of one
 * above a configured one that one whole, of one outside of all of them nothing. Rights stay those of the configuration.
 * `uris` are `file://` URIs; others, and folders that are not there, give nothing.
 */
export async function narrow(sandbox: Sandbox, uris: readonly string[]): Promise<Narrowed> {
  const wanted = [...new Set(uris.flatMap(pathOf))];
  const opened: Root[] = [];
  const close = () => {
    for (const root of opened) root.close();
  };
  try {
    for (const path of wanted) {
      const root = await openInside(sandbox, path);
      if (root) opened.push(root);
    }
  } catch (error) {
    close();
    throw error;
  }
  const tops = [...wanted, ...opened.map(({ real }) => real)];
  const whole = sandbox.roots.filter(({ real, configured }) =>
    tops.some((top) => isWithin(top, real) || isWithin(top, configured)),
  );
  const parts = opened.filter(({ real }) => !whole.some((root) => root.real === real));
  const left = [...whole, ...parts];
  if (left.length === 0) requireRoots(sandbox, wanted);
  return { sandbox: sandbox.over(left), close };
}

/** Throws where nothing is left only because the root that a client's folder is in was removed. */
function requireRoots(sandbox: Sandbox, wanted: readonly string[]): void {
  for (const path of wanted) {
    const trouble = sandbox.locate(path)?.root.trouble();
    if (trouble !== undefined) throw new GatewayError('unavailable', trouble);
  }
}

function pathOf(uri: string): string[] {
  if (!/^file:\/\//i.test(uri)) return [];
  try {
    return [resolve(fileURLToPath(uri))];
  } catch {
    return []; // of another machine, or not a path of this system: no folder here is meant
  }
}

/** The client's folder as a root; undefined where it is in no configured one, or not a directory that may be listed. */
async function openInside(sandbox: Sandbox, path: string): Promise<Root | undefined> {
  if (!sandbox.locate(path)) return undefined;
  try {
    return await sandbox.use(path, { access: 'list' }, (place) => {
      const { rights, device } = sandbox.rootOf(place.path) ?? place.root;
      return rootOf({ configured: path, real: place.path, rights, device }, place.openDirectory());
    });
  } catch (error) {
    if (error instanceof GatewayError && error.code !== 'busy') return undefined;
    throw error;
  }
}

/** For one call, so that it is not looked at again whether it is still there. */
function rootOf(about: Pick<Root, 'configured' | 'real' | 'rights' | 'device'>, directory: Directory): Root {
  return {
    ...about,
    hold: () => ({ directory, release: () => undefined }),
    trouble: () => undefined,
    close: () => directory.close(),
  };
}
