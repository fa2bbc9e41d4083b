import { errnoOf } from '../sandbox/failure.ts';
import type { ChangeStep } from './record.ts';
import type { Trash } from './trash.ts';

/**
 * The record of one change while it is made. Each step is on disk before it takes effect, and says until it has that it
 * may not have: so a crash at any moment leaves a record that is true, or that `settleOpen` makes true.
 */
export class StepLog {
  readonly id: string | undefined;
  readonly #trash: Trash | undefined;
  readonly #tool: string;
  readonly #done: ChangeStep[] = [];
  #pending: ChangeStep | undefined;

  /** Without a trash nothing is recorded. */
  constructor(trash: Trash | undefined, tool: string) {
    this.#trash = trash;
    this.#tool = tool;
    this.id = trash?.newId();
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

  /** The step that ran has not happened. */
  takeBack(): void {
    this.#pending = undefined;
    this.#save();
  }

  /** The step that ran has happened. Never throws for a disk: what is done does not fail for what is to be said of it. */
  end(step = this.#pending): void {
    if (!step) return;
    this.#done.push(step);
    this.#pending = undefined;
    try {
      this.#save();
    } catch (error) {
      if (errnoOf(error) === undefined) throw error;
    }
  }

  #save(): void {
    if (!this.#trash || this.id === undefined) return;
    const steps = this.#pending ? [...this.#done, { ...this.#pending, pending: true as const }] : [...this.#done];
    if (steps.length === 0) this.#trash.forget(this.id);
    else this.#trash.save({ id: this.id, at: new Date().toISOString(), tool: this.#tool, steps });
  }
}
