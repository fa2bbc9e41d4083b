import type { Sandbox } from '../sandbox/sandbox.ts';
import { type ChangeRecord, pathsOf } from './record.ts';

/** Whether all that a change is about is in a sandbox's roots; what is elsewhere is not told (a client's roots may be fewer). */
export function isReachable({ steps }: ChangeRecord, sandbox: Sandbox): boolean {
  return steps.every((step) => pathsOf(step).every((path) => sandbox.rootOf(path)));
}
