import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { isReachable } from '../changes/reachable.ts';
import { type ChangeRecord, hasRemains, isDoubtful, pathsOf } from '../changes/record.ts';
import type { FilesystemDeps } from '../deps.ts';
import { escaped } from '../sandbox/failure.ts';
import { isWithin } from '../sandbox/root.ts';
import { readOnly } from './parameters.ts';

const Summary = v.object({
  change_id: v.string(),
  at: v.string(),
  tool: v.string(),
  paths: v.array(v.string()),
  recoverable: v.boolean(),
  undone_by: v.optional(v.string()),
  note: v.optional(v.string()),
});

const doubtful = 'may not have happened: a crash came in between, and it was changed since';
const remains =
  'what was moved or deleted is at its old place too: it was changed while a crash kept it from being removed; compare the two';
const mostPaths = 20;
const mostRead = 2000;

/** Names the changes that can be taken back, the newest first. */
export const listChanges = defineTool({
  name: 'list_changes',
  title: 'List Changes',
  description: 'Lists the changes that tools made to files, newest first, with the change_id that undo_change takes.',
  input: v.strictObject({
    path: v.optional(v.pipe(v.string(), v.description('Only changes to this path or below it'))),
    limit: v.optional(
      v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(500), v.description('Changes to return')),
      50,
    ),
  }),
  output: v.object({
    changes: v.array(Summary),
    kept: v.number(),
    searched: v.number(),
    dropped: v.optional(v.number()),
    truncated: v.boolean(),
  }),
  annotations: readOnly,
  toText: ({ changes, kept, searched, dropped = 0, truncated }) => {
    const lines = changes.map(
      ({ change_id, at, tool, paths, undone_by, note }) =>
        `${change_id} ${at} ${tool} ${paths.map(escaped).join(', ')}${undone_by === undefined ? '' : ' (undone)'}${note === undefined ? '' : ` (${note})`}`,
    );
    const rest = truncated
      ? [`[the newest ${searched} of ${kept} kept changes were looked through; give a path or a higher limit]`]
      : [];
    if (dropped > 0)
      rest.push(
        `[${dropped} older changes were dropped since the start of the gateway (trash.maxBytes, trash.keepDays)]`,
      );
    return [...(lines.length === 0 ? [kept === 0 ? 'No changes are kept' : 'No change found'] : lines), ...rest].join(
      '\n',
    );
  },
  async handler({ deps }: ToolContext<FilesystemDeps>, { path, limit }) {
    const { trash, sandbox } = deps;
    if (!trash) return { changes: [], kept: 0, searched: 0, truncated: false };
    const below =
      path === undefined
        ? undefined
        : await sandbox.use(path, { access: 'list', follow: false }, (place) => place.path);
    const ids = trash.ids();
    const changes: v.InferOutput<typeof Summary>[] = [];
    let read = 0;
    for (const id of ids) {
      if (changes.length >= limit || read >= mostRead) break;
      read++;
      const record = trash.load(id);
      const damage = record ? undefined : trash.damageOf(id);
      if (damage) changes.push(damagedSummary(id, damage.reason));
      if (record && isReachable(record, sandbox) && (below === undefined || touches(record, below)))
        changes.push(summaryOf(record, trash.leftOpen(id)));
    }
    return {
      changes,
      kept: ids.length,
      searched: read,
      ...(trash.dropped > 0 ? { dropped: trash.dropped } : {}),
      truncated: read < ids.length,
    };
  },
});

/** What it changed is not known, so it is told whatever path is asked for. The id says when it was. */
function damagedSummary(id: string, reason: string) {
  return {
    change_id: id,
    at: new Date(Number.parseInt(id, 36)).toISOString(),
    tool: 'unknown',
    paths: [],
    recoverable: false,
    note: `its record is damaged: ${reason}; undo_change says where what it kept is`,
  };
}

function touches({ steps }: ChangeRecord, below: string): boolean {
  return steps.some((step) => pathsOf(step).some((path) => isWithin(below, path)));
}

function summaryOf({ id, at, tool, steps, undoneBy }: ChangeRecord, leftOpen: string | undefined) {
  const isKept = steps.every((step) => step.op !== 'delete' || step.backup !== null);
  const isUnsure = undoneBy === undefined && steps.some(isDoubtful);
  const stays = undoneBy === undefined && steps.some(hasRemains);
  const note =
    leftOpen !== undefined
      ? `left open by a crash (${leftOpen}); settled at the next start of the gateway, if it can be`
      : isUnsure
        ? doubtful
        : stays
          ? remains
          : undefined;
  return {
    change_id: id,
    at,
    tool,
    paths: [...new Set(steps.flatMap(pathsOf))].slice(0, mostPaths),
    recoverable: undoneBy === undefined && isKept && leftOpen === undefined,
    ...(undoneBy === undefined ? {} : { undone_by: undoneBy }),
    ...(note === undefined ? {} : { note }),
  };
}
