import type { Activity } from '../core/activity.ts';
import type { DispatchOptions } from '../core/dispatcher.ts';
import type { GatewayEvents } from '../core/events.ts';
import type { Log } from '../core/log.ts';
import type { Metrics } from '../core/metrics.ts';
import type { StateSeal } from './request-state.ts';
import type { TaskStore } from './tasks/task-store.ts';

/** What every method and transport of one gateway shares. */
export interface Runtime {
  /** The gateway's own version, told to clients as the server's. */
  readonly version: string;
  readonly log: Log;
  readonly dispatch: DispatchOptions;
  readonly metrics: Metrics;
  readonly events: GatewayEvents;
  readonly activity: Activity;
  /** Seals the state of input-required results (2026-07-28). */
  readonly seal: StateSeal;
  /** Calls that go on as tasks (2026-07-28). */
  readonly tasks: TaskStore;
  /** `private` where callers have keys: a list may then depend on who asks. */
  readonly cacheScope: 'public' | 'private';
}
