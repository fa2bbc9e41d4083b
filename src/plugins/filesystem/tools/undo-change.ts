import * as v from 'valibot';
import { GatewayError } from '../../../core/errors.ts';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import { isReachable } from '../changes/reachable.ts';
import { undo } from '../changes/undo.ts';
import type { FilesystemDeps } from '../deps.ts';

/** Takes back what one tool call did to files. */
export const undoChange = defineTool({
  name: 'undo_change',
  title: 'Undo Change',
  description:
    'Takes back one change that a tool made, by its change_id, and returns what that did; the undo can be undone too.',
  input: v.strictObject({
    change_id: v.pipe(v.string(), v.description('As the change returned it, or from list_changes')),
  }),
  output: v.object({ undone: v.string(), steps: v.array(v.string()), change_id: v.optional(v.string()) }),
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: false },
  toText: ({ undone, steps, change_id }) =>
    `${change_id === undefined ? `Nothing was undone of ${undone}` : `Undid ${undone}`}:\n${steps.join('\n')}`,
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { change_id }) {
    const { trash } = deps;
    if (!trash) throw new GatewayError('unsupported', 'The configuration keeps no changes (trash.enabled: false).');
    return deps.locks.run(`change ${change_id}`, async () => {
      const record = trash.load(change_id);
      const damage = record ? undefined : trash.damageOf(change_id);
      if (damage) throw damagedRecord(change_id, damage);
      if (!record) {
        throw new GatewayError('invalid_input', 'No change of that id is kept. list_changes names those that are.');
      }
      if (record.undoneBy !== undefined) {
        throw new GatewayError(
          'invalid_input',
          `It is undone already, by ${record.undoneBy}; undo that to have it again.`,
        );
      }
      const leftOpen = trash.leftOpen(change_id);
      if (leftOpen !== undefined) throw openChange(change_id, isReachable(record, deps.sandbox) ? leftOpen : undefined);
      const change = deps.change('undo_change', signal);
      const context = {
        sandbox: deps.sandbox,
        trash,
        change,
        maxBytes: deps.limits.editBytes,
        maxEntries: deps.limits.walkEntries,
        signal,
      };
      const undoneBy = change.log.futureId ?? '';
      // Said before it begins: after a crash in the midst of it, what is there tells whether it was done.
      trash.save({ ...record, undoing: undoneBy });
      let isDone = false;
      let steps: string[];
      try {
        steps = await trash.hold(change_id, () => undo(record, context));
        isDone = true;
      } finally {
        trash.save(isDone && change.id !== undefined ? { ...record, undoneBy } : record);
      }
      return { undone: change_id, steps, ...(change.id === undefined ? {} : { change_id: change.id }) };
    });
  },
});

function openChange(id: string, reason: string | undefined): GatewayError {
  const why = reason === undefined ? 'its log says why' : reason;
  return new GatewayError(
    'unavailable',
    `A crash left this change open, and it could not be settled when the gateway started: ${why}. It is tried again at the next start. Nothing was undone. Where its directory will never come back, whoever runs the gateway can take that root out of the configuration, after which the change is dropped at a start when it is older than trash.keepDays, or remove changes/${id}.json in the folder of the trash (trash.folder).`,
  );
}

const mostItems = 10;

function damagedRecord(id: string, { reason, items }: { reason: string; items: readonly string[] }): GatewayError {
  const named = items.slice(0, mostItems).map((item) => `items/${item}`);
  if (items.length > mostItems) named.push(`and ${items.length - mostItems} more`);
  const kept = named.length > 0 ? `is ${named.join(', ')}` : 'may be in items';
  return new GatewayError(
    'unavailable',
    `The record of change ${id} is damaged: ${reason}. So it is not known what the change did, and it cannot be undone; nothing was changed. What it replaced or deleted ${kept}, and the record is changes/${id}.json, both in the folder of the trash (trash.folder, in the gateway's data folder by default): whoever runs the gateway can put it back by hand, and then remove the record.`,
  );
}
