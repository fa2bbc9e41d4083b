import { randomBytes } from 'node:crypto';
import type { Call } from '../../core/call.ts';
import { GatewayError } from '../../core/errors.ts';
import type { Face } from '../../core/face.ts';
import type { Principal } from '../../core/principal.ts';
import type { Params } from '../envelope.ts';
import { Task } from './task.ts';

export interface TaskLimits {
  /** Milliseconds from its creation for which a task is kept, running or ended. */
  readonly ttlMs: number;
  /** Tasks that one principal may have, running and kept. */
  readonly perPrincipal: number;
  /** Characters that the results of all tasks may take; each running one counts with `resultBytes`. */
  readonly bytes: number;
  readonly resultBytes: number;
}

/** Every task of the gateway. A task is found only by its own principal, on the face that it was made on. */
export class TaskStore {
  readonly #limits: TaskLimits;
  /** In the order of their making, which is the order in which they expire. */
  readonly #tasks = new Map<string, Task>();
  readonly #perPrincipal = new Map<string, number>();
  #bytes = 0;
  #expiry: NodeJS.Timeout | undefined;

  constructor(limits: TaskLimits) {
    this.#limits = limits;
  }

  get size(): number {
    return this.#tasks.size;
  }

  hasRoomFor(principal: Principal): boolean {
    const { perPrincipal, bytes, resultBytes } = this.#limits;
    return (this.#perPrincipal.get(principal.id) ?? 0) < perPrincipal && this.#bytes + resultBytes <= bytes;
  }

  /** Keeps a call as a task from now on. Ask `hasRoomFor` before. */
  create(face: Face, call: Call, capabilities: Params): Task {
    const { ttlMs, resultBytes } = this.#limits;
    const task = new Task({
      id: randomBytes(24).toString('base64url'),
      face,
      call,
      capabilities,
      ttlMs,
      onEnd: ({ size }) => {
        this.#bytes += size - resultBytes;
      },
    });
    this.#tasks.set(task.id, task);
    this.#bytes += resultBytes;
    this.#perPrincipal.set(task.principal, (this.#perPrincipal.get(task.principal) ?? 0) + 1);
    this.#schedule();
    return task;
  }

  /** The task of that id, for its owner on its face only: unknown, foreign and expired ones look the same. */
  find(id: string, face: Face, principal: Principal): Task | undefined {
    const task = this.#tasks.get(id);
    return task?.face === face && task.principal === principal.id ? task : undefined;
  }

  /** Ends and forgets every task. */
  stop(): void {
    clearTimeout(this.#expiry);
    for (const task of [...this.#tasks.values()]) this.#remove(task, 'The gateway is shutting down.');
  }

  /** One timer for all: for the task that expires next. */
  #schedule(): void {
    const [oldest] = this.#tasks.values();
    if (this.#expiry || !oldest) return;
    const wait = Math.max(0, oldest.createdAt + oldest.ttlMs - Date.now());
    this.#expiry = setTimeout(() => this.#sweep(), wait).unref();
  }

  #sweep(): void {
    const now = Date.now();
    for (const task of this.#tasks.values()) {
      if (task.createdAt + task.ttlMs > now) break;
      this.#remove(task, 'The task did not end within its time to live (mcp.tasks.ttl).');
    }
    this.#expiry = undefined;
    this.#schedule();
  }

  #remove(task: Task, why: string): void {
    task.drop(why);
    this.#bytes -= task.size;
    this.#tasks.delete(task.id);
    const left = (this.#perPrincipal.get(task.principal) ?? 1) - 1;
    if (left === 0) this.#perPrincipal.delete(task.principal);
    else this.#perPrincipal.set(task.principal, left);
  }
}

/** Why no task can be made now. */
export function tooManyTasks(): GatewayError {
  return new GatewayError(
    'busy',
    'Too many tasks are running or kept for this key (mcp.tasks). Wait for some to end and expire, or cancel some.',
  );
}
