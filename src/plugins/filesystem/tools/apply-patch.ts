import type { Stats } from 'node:fs';
import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { type Change, slotOf } from '../changes/change.ts';
import type { FilesystemDeps } from '../deps.ts';
import { bytesOnDisk } from '../io/chunks.ts';
import { requireUnchanged } from '../io/replace-file.ts';
import { printable } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';
import { requireWritable } from '../sandbox/write-permission.ts';
import { applyHunks, type PatchedText } from '../text/apply-hunks.ts';
import { type FilePatch, readPatch } from '../text/read-patch.ts';
import { encodeEdited, readTextFileAt, requireKnownBytes } from '../text/text-file.ts';
import { EditedEncoding, Flag } from './parameters.ts';

const PatchedFile = v.object({
  path: v.string(),
  kind: v.picklist(['create', 'modify', 'delete']),
  moved: v.optional(v.array(v.object({ hunk: v.number(), line: v.number(), offset: v.number() }))),
});

/** One file's part of a patch, worked out but not yet done. */
interface Planned {
  readonly patch: FilePatch;
  /** The same for all names of one file. */
  readonly file: string;
  readonly bytes: Buffer;
  readonly moved: PatchedText['moved'];
  /** The file as it was when the plan was made. */
  readonly stats: Stats | undefined;
}

/** Applies a patch of several files, all of it or nothing. */
export const applyPatch = defineTool({
  name: 'apply_patch',
  title: 'Apply Patch',
  description:
    'Applies a unified diff to one or more files, all of it or nothing; --- /dev/null creates, +++ /dev/null deletes.',
  input: v.strictObject({
    patch: v.pipe(
      v.string(),
      v.maxLength(4_194_304),
      v.description('Unified diff; paths as for other tools, a/ and b/ are taken off'),
    ),
    encoding: EditedEncoding,
    dryRun: Flag('Only check that every hunk applies', false),
  }),
  output: v.object({
    files: v.array(PatchedFile),
    applied: v.boolean(),
    change_id: v.optional(v.string()),
  }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  toText: ({ files, applied }) => [`${applied ? 'Applied' : 'Can be applied'}:`, ...files.map(lineOf)].join('\n'),
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { patch, encoding, dryRun }) {
    const patches = await readPatch(patch);
    return deps.locks.run('apply_patch', async () => {
      const plan: Planned[] = [];
      for (const one of patches) plan.push(await planFile(deps, one, encoding, signal));
      refuseRepeated(plan);
      const files = plan.map(({ patch: { path, kind }, moved }) => ({
        path,
        kind,
        ...(moved.length > 0 ? { moved: [...moved] } : {}),
      }));
      if (dryRun) return { files, applied: false };
      if (plan.length > 1 && !deps.trash) {
        throw new GatewayError(
          'unsupported',
          'Several files at once need the trash (trash.enabled), to go back if one fails.',
        );
      }
      const replaced = plan.reduce((sum, { stats }) => sum + (stats ? bytesOnDisk(stats) : 0), 0);
      deps.trash?.items.requireRoom(replaced, `What the patch replaces, ${plan.length} files,`);
      const change = deps.change('apply_patch', signal);
      await deps.whole(change, async () => {
        for (const one of plan) await doFile(deps, one, change);
      });
      return { files, applied: true, ...(change.id === undefined ? {} : { change_id: change.id }) };
    });
  },
});

function lineOf({ path, kind, moved = [] }: v.InferOutput<typeof PatchedFile>): string {
  const places = moved.map(
    ({ hunk, line, offset }) =>
      `hunk ${hunk} at line ${line}, ${Math.abs(offset)} ${offset < 0 ? 'above' : 'below'} where the patch says`,
  );
  return `${kind} ${path}${places.length === 0 ? '' : ` (${places.join('; ')})`}`;
}

/** One file by two names would be written twice, each time from what it was before. */
function refuseRepeated(plan: readonly Planned[]): void {
  const names = new Map<string, string>();
  for (const { file, patch } of plan) {
    const first = names.get(file);
    if (first !== undefined) {
      throw new GatewayError(
        'invalid_input',
        `The patch cannot be applied: it names one file twice, as ${printable(first)} and as ${printable(patch.path)}; put all its hunks under one name. Nothing was changed.`,
      );
    }
    names.set(file, patch.path);
  }
}

function planFile(
  deps: FilesystemDeps,
  patch: FilePatch,
  encoding: string | undefined,
  signal: AbortSignal,
): Promise<Planned> {
  return deps.sandbox.use(patch.path, { access: 'write' }, async (place) => {
    if (patch.kind === 'create') {
      place.requireFileName();
      if (place.stats)
        throw new GatewayError('invalid_input', `EEXIST: ${patch.path} exists, but the patch creates it.`);
      const format = { encoding: 'utf-8', bom: false };
      const { text, moved } = applyHunks('', patch, deps.limits.editBytes);
      return {
        patch,
        file: place.path,
        bytes: encodeEdited(text, format, deps.limits.editBytes),
        moved,
        stats: undefined,
      };
    }
    if (patch.kind === 'delete' && place.isThroughLink) {
      throw new GatewayError(
        'invalid_input',
        `${patch.path} is a symbolic link: the patch would delete the file that it leads to. Nothing was changed. Delete the link with delete_path, or name the file itself.`,
      );
    }
    const file = await readTextFileAt(place, deps.limits.editBytes, encoding, signal);
    requireWritable(file.stats, place);
    const { text, moved } = applyHunks(file.text, patch, deps.limits.editBytes);
    if (patch.kind === 'delete' && text !== '') {
      throw new GatewayError(
        'invalid_input',
        `${patch.path} has more in it than the patch deletes. Nothing was changed.`,
      );
    }
    const bytes = encodeEdited(text, file.format, deps.limits.editBytes);
    if (patch.kind === 'modify') {
      requireKnownBytes(file, bytes, place);
      requireChange(file.bytes, bytes, patch.path);
    }
    const { stats } = file;
    return { patch, file: `${stats.dev}:${stats.ino}`, bytes, moved, stats };
  });
}

/** Throws where a patch changes nothing: most likely it is of line ends, which stay as they are. */
function requireChange(before: Buffer, after: Buffer, path: string): void {
  if (!before.equals(after)) return;
  throw new GatewayError(
    'invalid_input',
    `The patch cannot be applied: it changes nothing in ${printable(path)}, or only line ends, which patches and edits keep as the file has them. Nothing was changed. To change line ends, write the file with write_file and eol.`,
  );
}

async function doFile(deps: FilesystemDeps, { patch, bytes, stats }: Planned, change: Change): Promise<void> {
  if (patch.kind === 'create') {
    await deps.sandbox.use(patch.path, { access: 'write' }, (place) => {
      if (place.rest.length > 0) change.makeDirectories(place, [place.entryName, ...place.rest.slice(0, -1)]);
    });
  }
  await deps.sandbox.use(patch.path, { access: 'write' }, async (place: Place) => {
    if (patch.kind === 'delete') {
      requireUnchanged(slotOf(place), stats);
      await change.remove(place, false);
    } else await change.write(place, bytes, stats, patch.mode);
  });
}
