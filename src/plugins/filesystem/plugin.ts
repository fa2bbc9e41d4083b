import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { GatewayError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { definePlugin, type Health, type PluginHost } from '../../core/plugin.ts';
import { allOrNothing, rollBack } from './changes/all-or-nothing.ts';
import { Change } from './changes/change.ts';
import { settleOpen } from './changes/settle.ts';
import { Trash } from './changes/trash.ts';
import { FilesystemConfig, type FilesystemSettings } from './config.ts';
import type { FilesystemDeps } from './deps.ts';
import { KeyedLock } from './io/keyed-lock.ts';
import { placesOf } from './sandbox/closed-file.ts';
import { hasDescriptorPaths } from './sandbox/directory.ts';
import { Mounts, mayHang } from './sandbox/mounts.ts';
import { OpenRoot } from './sandbox/open-root.ts';
import { patternsOutside, withHomeFolder } from './sandbox/patterns-outside.ts';
import { codePatterns, secretPatterns } from './sandbox/protected-patterns.ts';
import { Protection } from './sandbox/protection.ts';
import { Sandbox } from './sandbox/sandbox.ts';
import { DirectorySearch } from './search/directory-search.ts';
import { SearchPool } from './search/search-pool.ts';
import { fileResource } from './tools/file-resource.ts';
import { allTools, writingTools } from './tools/index.ts';

/** Files below configured roots: read, search, and where the operator allows it change, with every change undoable. */
export const filesystemPlugin = definePlugin({
  name: 'filesystem',
  title: 'Filesystem',
  description:
    'Reads, searches and (where allowed) edits files in the directories that list_allowed_directories names. Changes can be undone with undo_change.',
  defaultPort: 8003,
  config: FilesystemConfig,
  tools: allTools,
  resourceTemplates: [fileResource],
  offers: (config, tool) => isWritable(config) || !writingTools.has(tool.name),
  start: (config, host) => start(config, host),
  health: (deps) => deps.health(),
  stop: (deps) => deps.close(),
});

function isWritable({ write, roots }: FilesystemSettings): boolean {
  return write && roots.some((root) => typeof root === 'string' || root.rights !== 'ro');
}

interface Closable {
  close(): void | Promise<void>;
}

async function start(config: FilesystemSettings, host: PluginHost): Promise<FilesystemDeps> {
  const opened: Closable[] = [];
  try {
    return await open(config, host, opened);
  } catch (error) {
    // It is tried again, over and over.
    for (const one of opened.reverse()) await one.close();
    throw error;
  }
}

/** `opened` is given what is to be closed where it throws. */
async function open(config: FilesystemSettings, host: PluginHost, opened: Closable[]): Promise<FilesystemDeps> {
  const { log, dataFolder } = host;
  const byDescriptor = hasDescriptorPaths();
  const mounts = new Mounts();
  const { roots, missing } = openRoots(config, byDescriptor, mounts, log, opened);
  for (const path of missing) log.warn({ path }, 'a root could not be opened and is left out');
  if (!byDescriptor) log.warn({}, 'no /proc/self/fd here: paths are checked by name and a small race remains');

  const denied = { read: withHomeFolder(config.deny.read), write: withHomeFolder(config.deny.write) };
  const outside = patternsOutside(
    [...denied.read, ...denied.write],
    [...roots.map(({ real }) => real), ...missing.map((path) => resolve(path))],
  );
  if (outside.length > 0)
    log.warn(
      { patterns: outside },
      'deny patterns that begin with / are whole paths, and these name nothing in a root',
    );
  const trashFolder = resolve(config.trash.folder ?? join(dataFolder, 'trash'));
  const secrets = [...(config.deny.defaults ? secretPatterns : []), ...denied.read];
  const code = [...(config.deny.defaults ? codePatterns : []), ...denied.write];
  const closed = [trashFolder, ...host.privateFiles.flatMap(placesOf)];
  const sandbox = new Sandbox(roots, {
    secrets: new Protection(secrets),
    code: new Protection(code),
    closed,
    gitDirectories: config.deny.defaults,
    insideTrees: config.deny.insideTrees,
    crossDevices: config.crossDevices,
    refuseHardLinks: config.refuseHardLinks,
    mounts,
  });
  const { limits } = config;
  const trash =
    isWritable(config) && config.trash.enabled
      ? new Trash(trashFolder, { ...config.trash, maxEntries: limits.walkEntries }, byDescriptor, log)
      : undefined;
  if (trash) opened.push(trash);
  const changes = {
    trash,
    maxEntries: limits.walkEntries,
    requireWritable: (path: string) => sandbox.requireWritable(path, path),
    onChanged: (path: string) => host.resourceUpdated(pathToFileURL(path).href),
  };
  if (trash) {
    const context = { ...changes, sandbox, trash };
    const hasAllRoots = missing.length === 0;
    await settleOpen({ sandbox, trash, log, hasAllRoots, rollBack: (record) => rollBack(record, context) });
  }
  const pool = new SearchPool(limits.searches);
  const search = new DirectorySearch({
    pool,
    limits,
    secrets,
    closed,
    mounts: (root) => sandbox.closedMounts(root),
    ripgrep: config.search.ripgrep === 'auto' ? ripgrepPath() : undefined,
  });
  return {
    sandbox,
    limits,
    narrowsToClientRoots: config.clientRoots === 'narrow',
    search,
    locks: new KeyedLock(),
    trash,
    change: (tool, signal) => new Change(tool, { ...changes, signal }),
    whole: (change, work) => (trash ? allOrNothing(change, { ...changes, sandbox, trash }, work) : work()),
    health: () => healthOf(roots, missing, byDescriptor, trash),
    close: async () => {
      await pool.close();
      await trash?.close();
      sandbox.close();
    },
  };
}

/** Opens every root that is there; throws where none is, so that the plugin is degraded and tried again. */
function openRoots(config: FilesystemSettings, byDescriptor: boolean, mounts: Mounts, log: Log, opened: Closable[]) {
  const roots: OpenRoot[] = [];
  const missing: string[] = [];
  for (const entry of config.roots) {
    const { path, rights } = typeof entry === 'string' ? { path: entry, rights: undefined } : entry;
    try {
      const root = new OpenRoot({
        path,
        rights: config.write && rights !== 'ro' ? 'rw' : 'ro',
        allowSystemRoot: config.allowSystemRoot,
        byDescriptor,
        log,
        deviceOf: (real) => mounts.deviceOf(real),
      });
      opened.push(root);
      roots.push(root);
      const type = mounts.of(root.real)?.type;
      if (type !== undefined && mayHang(type)) {
        log.warn({ root: root.real, type }, 'a root on a network file system can block the gateway');
      }
    } catch (error) {
      if (error instanceof GatewayError) throw error;
      missing.push(path);
    }
  }
  if (roots.length === 0) throw new Error(`none of the roots can be opened: ${missing.join(', ')}`);
  return { roots, missing };
}

function healthOf(
  roots: readonly OpenRoot[],
  missing: readonly string[],
  byDescriptor: boolean,
  trash: Trash | undefined,
): Health {
  const trouble = trash?.trouble();
  const gone = roots.filter((root) => root.trouble() !== undefined);
  const elsewhere = roots.filter((root) => !gone.includes(root) && root.isElsewhere());
  const named = (some: readonly OpenRoot[]) => some.map(({ configured }) => configured).join(', ');
  const checks = {
    roots: roots.map(({ configured, rights }) => ({ path: configured, rights })),
    confinement: byDescriptor ? 'descriptors' : 'checked paths',
    ...(trash ? { trash: trouble ?? 'writable' } : {}),
  };
  const reasons = [
    ...(missing.length === 0 ? [] : [`roots that could not be opened: ${missing.join(', ')}`]),
    ...(gone.length === 0 ? [] : [`roots whose directory was removed: ${named(gone)}`]),
    ...(elsewhere.length === 0
      ? []
      : [
          `roots whose directory was moved and is still the one that is used (restart to use the path): ${named(elsewhere)}`,
        ]),
    ...(trouble === undefined ? [] : [`the trash (trash.folder) is ${trouble}, so that files cannot be changed`]),
  ];
  if (reasons.length === 0) return { status: 'healthy', checks };
  return { status: 'degraded', reason: reasons.join('; '), checks };
}

/** The program of the optional package, without loading anything of it that is not there. */
function ripgrepPath(): string | undefined {
  const require = createRequire(import.meta.url);
  const program = process.platform === 'win32' ? 'rg.exe' : 'rg';
  try {
    const own = createRequire(require.resolve('@vscode/ripgrep'));
    return own.resolve(`@vscode/ripgrep-${process.platform}-${process.arch}/bin/${program}`);
  } catch {
    return undefined; // not installed: our own engine does the whole search
  }
}
