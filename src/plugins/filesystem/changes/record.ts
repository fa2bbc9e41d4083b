import { isAbsolute } from 'node:path';
import * as v from 'valibot';
import { isTemporaryName } from '../io/temporary-name.ts';
import { Folder } from './folder.ts';

/** Set from before an act until it is known to be done: after a crash `settle` finds out. */
const pending = v.optional(v.literal(true));
/** Set with `pending` when it has been found out, before what tells it is taken away. */
const happened = v.optional(v.boolean());
/** Set when the rest of what is moved or deleted is to be removed, even after a crash: it is safe elsewhere, or not wanted. */
const removing = v.optional(v.literal(true));
/** Between two disks: when the original was last changed before it was copied, as `MoveRules.onCopied` tells it. */
const asOf = v.optional(v.number());
/** Set where a crash came before the original of a copy was removed, and something is at its name since then: what was changed, or made, meanwhile. */
const remains = v.optional(v.literal(true));
/** Set when it could not be found out and something is kept for it: then it is taken for one that has. */
const doubtful = v.optional(v.literal(true));
/** The directory that the path is in; absent in older records. */
const folder = v.optional(Folder);

const path = v.pipe(v.string(), v.check(isAbsolute));
const item = v.pipe(v.string(), v.regex(/^[0-9a-f]{24}$/));
const temporary = v.optional(v.pipe(v.string(), v.check(isTemporaryName)));
const bytes = v.optional(v.pipe(v.number(), v.minValue(0)));

/** One reversible act. Paths are real paths; `backup` names an item in the trash, null where there was nothing to keep. */
const Step = v.variant('op', [
  v.object({
    op: v.literal('write'),
    pending,
    happened,
    doubtful,
    path,
    folder,
    backup: v.nullable(item),
    created: v.boolean(),
    /** SHA-256 of the content that was written; empty until it is all there. */
    after: v.string(),
    /** Its bytes; absent until it is all there. */
    size: bytes,
    temporary,
  }),
  v.object({
    op: v.literal('delete'),
    pending,
    happened,
    removing,
    asOf,
    remains,
    path,
    folder,
    backup: v.nullable(item),
    directory: v.boolean(),
    /** Set where undoing took a directory away that the change had made, with nothing in it: bringing it back is making it. */
    empty: v.optional(v.literal(true)),
    /** What was deleted takes on disk, with all that is in it; absent until it has been measured. */
    bytes,
    /** The name beside its own at which a directory was checked. */
    aside: temporary,
  }),
  v.object({
    op: v.literal('move'),
    pending,
    happened,
    removing,
    asOf,
    remains,
    doubtful,
    from: path,
    fromFolder: folder,
    to: path,
    toFolder: folder,
    /** `identityOf` what is to be moved; absent in older records. */
    entry: v.optional(v.string()),
    backup: v.nullable(item),
    aside: temporary,
    /** The name beside the new one under which a copy is made, between two disks. */
    temporary,
    /** What was moved, as `isMoved` knows it; absent until it is there. */
    moved: v.optional(v.object({ identity: v.string(), hash: v.optional(v.string()) })),
  }),
  v.object({
    op: v.literal('create_directory'),
    pending,
    happened,
    path,
    folder,
    /** The item in the trash that is given back there, and the name beside its own under which it is copied. */
    restores: v.optional(item),
    temporary,
  }),
  v.object({
    op: v.literal('create_tree'),
    pending,
    happened,
    path,
    folder,
    /** `treeFingerprint` of what was made; absent until all of it is there. */
    after: v.optional(v.string()),
    /** The name beside its own under which it is made, where it is not made in place. */
    temporary,
    /** Set when all of it is there under that name. */
    complete: v.optional(v.literal(true)),
    /** The item in the trash, kept by the change that is undone, that is given back there. */
    restores: v.optional(item),
  }),
]);

export const ChangeRecord = v.object({
  id: v.string(),
  /** ISO 8601. */
  at: v.pipe(v.string(), v.isoTimestamp()),
  tool: v.string(),
  steps: v.array(Step),
  /** The change that undid this one. */
  undoneBy: v.optional(v.string()),
  /** The change that is about to undo this one; absent when it has, or has failed. */
  undoing: v.optional(v.string()),
  /** Set until all steps of a change that happens whole or not at all are done. */
  unfinished: v.optional(v.literal(true)),
});

export type ChangeStep = v.InferOutput<typeof Step>;
export type ChangeRecord = v.InferOutput<typeof ChangeRecord>;

/** Whether it is not known of a record if all it says has happened. */
export function isOpen(record: ChangeRecord): boolean {
  return record.undoing !== undefined || record.unfinished === true || isPending(record);
}

/** Whether it is not known if its last step has happened. */
export function isPending({ steps }: ChangeRecord): boolean {
  return steps.at(-1)?.pending === true;
}

/** The paths that a step touched. */
export function pathsOf(step: ChangeStep): string[] {
  return step.op === 'move' ? [step.from, step.to] : [step.path];
}

/** Names beside those paths that the gateway gave: after a crash something may still have one. */
export function temporariesOf(step: ChangeStep): string[] {
  const names = ['aside' in step ? step.aside : undefined, 'temporary' in step ? step.temporary : undefined];
  return names.filter((name) => name !== undefined);
}

/** The items in the trash that undoing a step needs. */
export function itemsOf(step: ChangeStep): string[] {
  const item = 'backup' in step ? step.backup : null;
  return item === null ? [] : [item];
}

/** Whether it could not be found out of a step that a crash left open if it has happened. */
export function isDoubtful(step: ChangeStep): boolean {
  return 'doubtful' in step && step.doubtful === true;
}

/** Whether what a crash kept from being moved or deleted stayed at its place, since it had been changed. */
export function hasRemains(step: ChangeStep): boolean {
  return 'remains' in step && step.remains === true;
}
