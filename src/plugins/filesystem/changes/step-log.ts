import { GatewayError } from '../../../core/errors.ts';
import type { ChangeStep } from './record.ts';
import type { Trash } from './trash.ts';
import { isTrashFull } from './trash-failure.ts';

/**
 * The record of one change while it is made. Each step is on disk before it takes effect, and says until it has that it
 * may not have: so a crash at any moment leaves a record that is true, or that `settleOpen` makes true.
 */
export class StepLog {
  readonly #id: string | undefined;
  readonly #trash: Trash | undefined;
  readonly #tool: string;
  readonly #done: ChangeStep[] = [];
  #pending: ChangeStep | undefined;
  #isUnfinished = false;
  #mayBeMissing = false;
  #isRecorded = false;

  /** Without a trash nothing is recorded. */
  constructor(trash: Trash | undefined, tool: string) {
    this.#trash = trash;
    this.#tool = tool;
    this.#id = trash?.newId();
  }

  /** Undefined where there is no record. */
  get id(): string | undefined {
    return this.#isRecorded ? this.#id : undefined;
  }

  /** The id that the record has once there is one; undefined without a trash. */
  get futureId(): string | undefined {
    return this.#id;
  }

  /** Has the steps to come taken back after a crash, all of them, unless `finish` is called before. */
  startWhole(): void {
    this.#isUnfinished = true;
  }

  /** All steps are done. Throws where that cannot be said: they would be taken back at the next start. */
  finish(): void {
    this.#isUnfinished = false;
    this.#save();
  }

  /** From here on a full disk is no reason not to go on: nothing is kept that a record could bring back. */
  needNoRecord(): void {
    this.#mayBeMissing = true;
  }

  /** Says what is about to be done; what was said before that has been. */
  begin(step: ChangeStep): void {
    if (this.#pending) this.#done.push(this.#pending);
    this.amend(step);
  }

  /** Says more of the step that runs. */
  amend(step: ChangeStep): void {
    this.#pending = step;
    this.#save();
  }

  /** The step that ran has not happened. Throws for a disk as little as `end`: the next start finds out. */
  takeBack(): void {
    this.#pending = undefined;
    this.#trySave();
  }

  /** The step that ran has happened. Never throws for a disk: what is done does not fail for what is to be said of it. */
  end(step = this.#pending): void {
    if (!step) return;
    this.#done.push(step);
    this.#pending = undefined;
    this.#trySave();
  }

  #trySave(): void {
    try {
      this.#save();
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
    }
  }

  #save(): void {
    const id = this.#id;
    if (!this.#trash || id === undefined) return;
    const steps = this.#pending ? [...this.#done, { ...this.#pending, pending: true as const }] : [...this.#done];
    try {
      if (steps.length === 0) this.#trash.forget(id);
      else {
        const unfinished = this.#isUnfinished ? { unfinished: true as const } : {};
        this.#trash.save({ id, at: new Date().toISOString(), tool: this.#tool, steps, ...unfinished });
      }
      this.#isRecorded = steps.length > 0;
    } catch (error) {
      if (!this.#mayBeMissing || !isTrashFull(error)) throw error;
      this.#isRecorded = false;
    }
  }
}
