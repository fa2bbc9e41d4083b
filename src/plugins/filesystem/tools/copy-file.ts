import { lstatSync } from 'node:fs';
import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { type Change, slotOf } from '../changes/change.ts';
import { destinationExists } from '../changes/destination-exists.ts';
import type { FilesystemDeps } from '../deps.ts';
import { bytesOnDisk, readChunks, requireCopyable } from '../io/chunks.ts';
import { changedMeanwhile, pathOf } from '../io/tree.ts';
import { TreeCopy } from '../io/tree-copy.ts';
import { printable } from '../sandbox/failure.ts';
import { type Place, refuseSpecial } from '../sandbox/place.ts';
import { isWithin } from '../sandbox/root.ts';
import { requireWritable } from '../sandbox/write-permission.ts';
import { Flag, PathParameter } from './parameters.ts';

const Output = v.object({
  source: v.string(),
  destination: v.string(),
  files: v.number(),
  directories: v.number(),
  links: v.number(),
  bytes: v.number(),
  skipped: v.number(),
  change_id: v.optional(v.string()),
});

/** Copies a file, or a directory with what is in it; links are copied as links and protected files are left out. */
export const copyFile = defineTool({
  name: 'copy_file',
  title: 'Copy File',
  description:
    'Copies a file, or with recursive a directory; fails if the destination exists, unless overwrite allows replacing a file.',
  input: v.strictObject({
    source: PathParameter,
    destination: PathParameter,
    overwrite: Flag('Replace a file that is at the destination', false),
    recursive: Flag('Copy a directory with everything in it', false),
  }),
  output: Output,
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  toText: ({ source, destination, skipped }) =>
    `Successfully copied ${source} to ${destination}${skipped > 0 ? ` (${skipped} protected, special, mounted or temporary entries left out)` : ''}`,
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { source, destination, overwrite, recursive }) {
    const read = { path: source, intent: { access: 'read' } } as const;
    const write = { path: destination, intent: { access: 'write', follow: false } } as const;
    return deps.sandbox.usePair(read, write, (from, to) =>
      deps.locks.run(to.path, async () => {
        to.requireParent();
        const change = deps.change('copy_file', signal);
        const count = from.existing.isDirectory()
          ? await copyDirectory(deps, from, to, recursive, change, signal)
          : await copyOne(from, to, { overwrite, maxBytes: deps.limits.copyBytes, change, signal });
        const paths = { source: printable(source), destination: printable(destination) };
        return { ...paths, ...count, ...(change.id === undefined ? {} : { change_id: change.id }) };
      }),
    );
  },
});

interface OneCopy {
  readonly overwrite: boolean;
  readonly maxBytes: number;
  readonly change: Change;
  readonly signal: AbortSignal;
}

async function copyOne(from: Place, to: Place, { overwrite, maxBytes, change, signal }: OneCopy) {
  to.requireFileName();
  const target = to.now();
  if (target && !overwrite) throw destinationExists(to, true);
  if (target) {
    refuseSpecial(target, to.requested);
    requireWritable(target, to);
  }
  const bytes = await from.withFile(async (file) => {
    requireCopyable(bytesOnDisk(file.stats), maxBytes);
    await change.writeChunks(to, readChunks(file.fd, signal), { replaces: target, mode: file.stats.mode });
    return file.stats.size;
  });
  return { files: 1, directories: 0, links: 0, bytes, skipped: 0 };
}

async function copyDirectory(
  deps: FilesystemDeps,
  from: Place,
  to: Place,
  recursive: boolean,
  change: Change,
  signal: AbortSignal,
) {
  if (!recursive) {
    throw new GatewayError(
      'invalid_input',
      `${printable(from.requested)} is a directory. Set recursive: true to copy it.`,
    );
  }
  if (isWithin(from.path, to.path)) {
    throw new GatewayError('invalid_input', 'A directory cannot be copied into itself.');
  }
  if (lstatSync(to.at, { throwIfNoEntry: false })) throw destinationExists(to, false);
  const mayRead = deps.sandbox.entryTest(from.root);
  return change.makeTree(to, async (made) => {
    const own = pathOf(made).length;
    const copy = new TreeCopy({
      maxEntries: deps.limits.walkEntries,
      maxBytes: deps.limits.copyBytes,
      signal,
      mayCopy: (path, at, stats) => mayRead(path, stats) && !deps.sandbox.isWriteProtected(to.path + at.slice(own), at),
    });
    await copy.copy(slotOf(from), made);
    // It was a directory when it was found: a link that has its name now is not what was to be copied.
    if (copy.count.directories === 0) throw changedMeanwhile(from.requested);
    return copy.count;
  });
}
