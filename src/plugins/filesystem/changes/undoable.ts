import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Place } from '../sandbox/place.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import {
  existsAgain,
  isMovedThere,
  requireFree,
  requireItem,
  requireReplaced,
  requireSameTree,
  requireWritten,
} from './as-left.ts';
import { slotOf } from './change.ts';
import { Foresight } from './foreseen.ts';
import type { ChangeStep } from './record.ts';
import { atPath, type Step } from './step-places.ts';
import type { Trash } from './trash.ts';

export interface CheckContext {
  readonly sandbox: Sandbox;
  readonly trash: Trash;
  /** Entries of a tree that may be looked through. */
  readonly maxEntries: number;
  readonly signal: AbortSignal;
}

/**
 * Throws where what a step left was changed since, `NotUndoable` for good, or what it needs is not there: before any of
 * them is undone, each as it will be after those before it. `steps` are in the order in which they are undone. What one
 * of them brings back for another to take away is looked at when it is there.
 */
export async function requireUndoable(steps: readonly ChangeStep[], context: CheckContext): Promise<void> {
  const check = new UndoCheck(context);
  for (const step of steps) await check.require(step);
}

class UndoCheck {
  readonly #context: CheckContext;
  readonly #foresight = new Foresight();

  constructor(context: CheckContext) {
    this.#context = context;
  }

  require(step: ChangeStep): Promise<void> {
    if (step.op === 'write') return this.#requireWrite(step);
    if (step.op === 'delete') return this.#requireDelete(step);
    if (step.op === 'move') return this.#requireMove(step);
    if (step.op === 'create_directory') return this.#foreseeDirectory(step);
    return this.#requireTree(step);
  }

  async #requireWrite(step: Step<'write'>): Promise<void> {
    const { path, backup, created } = step;
    await this.#lookAt(path, async (place) => {
      await requireWritten(place, step, this.#context.signal);
      if (!created) place.requireParent();
    });
    if (!created) requireItem(backup, path, this.#context.trash.items);
    this.#foresight.expect(path, created ? 'nothing' : 'kept');
  }

  async #requireDelete({ path, backup, empty }: Step<'delete'>): Promise<void> {
    let isThere = false;
    if (empty)
      await this.#lookAt(path, (place) => {
        isThere = place.stats?.isDirectory() === true;
      });
    if (isThere) return;
    await this.#requireFree(path);
    if (!empty) requireItem(backup, path, this.#context.trash.items);
    this.#foresight.expect(path, 'kept');
  }

  async #requireTree(step: Step<'create_tree'>): Promise<void> {
    const { maxEntries, signal } = this.#context;
    await this.#lookAt(step.path, async (place) => {
      if (place.stats) await requireSameTree(slotOf(place), step, maxEntries, signal);
    });
    this.#foresight.expect(step.path, 'nothing');
  }

  async #requireMove(step: Step<'move'>): Promise<void> {
    const { from, to, backup } = step;
    const { sandbox, signal, trash } = this.#context;
    const left = backup === null ? 'nothing' : 'kept';
    let isThere = this.#foresight.at(to) === 'nothing' ? requireReplaced(step) : true;
    let ino: number | undefined;
    await this.#lookAt(to, async (place) => {
      isThere = await isMovedThere(place, step, signal);
      if (!isThere) place.requireParent();
      ino = place.stats?.ino;
    });
    if (backup !== null) requireItem(backup, to, trash.items);
    if (!isThere) return this.#foresight.expect(to, left);
    // One name in another spelling is free.
    const isSameName = ino !== undefined && (await atPath(from, sandbox, (place) => place.stats?.ino === ino));
    if (!isSameName) await this.#requireFree(from);
    this.#foresight.expectMove(to, from, left);
  }

  /** Undoing leaves a directory alone that is gone or not empty. */
  async #foreseeDirectory({ path }: Step<'create_directory'>): Promise<void> {
    await this.#lookAt(path, (place) => {
      const names = place.stats?.isDirectory() ? readdirSync(place.at) : [];
      const isEmpty = names.every((name) => this.#foresight.at(join(place.path, name)) === 'nothing');
      if (isEmpty) this.#foresight.expect(path, 'nothing');
    });
  }

  /** Runs `look` where what will be at a path is now; not where nothing is, or what only comes back. */
  async #lookAt(path: string, look: (place: Place) => Promise<void> | void): Promise<void> {
    const entry = this.#foresight.at(path);
    if (typeof entry !== 'string') await atPath(entry.path, this.#context.sandbox, look);
  }

  async #requireFree(path: string): Promise<void> {
    const { sandbox } = this.#context;
    const entry = this.#foresight.at(path);
    if (entry === 'kept') throw existsAgain(path);
    if (entry === 'nothing') return sandbox.requireWritable(path, path);
    await atPath(entry.path, sandbox, (place) => {
      requireFree(place, path);
      place.requireParent();
    });
  }
}
