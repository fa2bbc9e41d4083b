import { lstatSync, type Stats } from 'node:fs';
import type { Slot } from '../io/replace-file.ts';
import { isTemporaryName } from '../io/temporary-name.ts';
import type { Place } from '../sandbox/place.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { ChangeStep } from './record.ts';

export type Step<Op extends ChangeStep['op']> = Extract<ChangeStep, { op: Op }>;

/** An entry under a name that the gateway gave it. */
interface Leftover {
  readonly slot: Slot;
  readonly stats: Stats;
}

/** Runs `work` at the path of a step, under the rights and patterns of now. */
export function atPath<T>(path: string, sandbox: Sandbox, work: (place: Place) => Promise<T> | T): Promise<T> {
  return sandbox.use(path, { access: 'write', follow: false }, work);
}

/** The same at both paths of a move, of which either may be gone. */
export function atMove<T>(
  { from, to }: Step<'move'>,
  sandbox: Sandbox,
  work: (from: Place, to: Place) => Promise<T> | T,
): Promise<T> {
  return atPath(from, sandbox, (source) => atPath(to, sandbox, (target) => work(source, target)));
}

/** What is beside a path under another name that the gateway gave; undefined where nothing is. */
export function beside({ directory, rest }: Place, name: string | undefined): Leftover | undefined {
  if (name === undefined || !isTemporaryName(name) || rest.length > 0) return undefined;
  const stats = lstatSync(directory.at(name), { throwIfNoEntry: false });
  return stats && { slot: { directory, name }, stats };
}
