import { dirname } from 'node:path';
import { GatewayError } from '../../../core/errors.ts';
import { printable } from '../sandbox/failure.ts';
import type { Place } from '../sandbox/place.ts';
import { isWithin } from '../sandbox/root.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import { type Folder, isIn } from './folder.ts';
import type { ChangeStep } from './record.ts';
import { atMove, atPath, beside } from './step-places.ts';

/**
 * Throws where what is found at a step's paths tells nothing, since they are in another directory than when it was made:
 * as where a disk is not mounted, and its empty mount point is there. What has a name that the gateway gave it, or what the
 * step made if it `happened`, shows that it is the same one, whatever number it has by now.
 */
export async function requireItsFolders(step: ChangeStep, happened: boolean, sandbox: Sandbox): Promise<void> {
  const require = (place: Place, folder: Folder | undefined, name: string | undefined) => {
    if (!folder || isIn(place, folder) || beside(place, name) || (happened && place.now())) return;
    throw new GatewayError(
      'unavailable',
      `${printable(dirname(place.path))} is not the directory that it was then; a disk may not be mounted there.`,
    );
  };
  if (step.op === 'move') {
    await atMove(step, sandbox, (from, to) => {
      require(from, step.fromFolder, step.aside);
      require(to, step.toFolder, step.temporary);
    });
    return;
  }
  const name = step.op === 'delete' ? step.aside : step.temporary;
  await atPath(step.path, sandbox, (place) => require(place, step.folder, name));
}

/** The same for all steps of a change that are done; directories that it made itself may be gone. */
export async function requireAllFolders(steps: readonly ChangeStep[], sandbox: Sandbox): Promise<void> {
  const made = steps.flatMap((step) => (step.op === 'create_directory' ? [step.path] : []));
  for (const step of steps) {
    const isInMade = step.op !== 'move' && made.some((path) => path !== step.path && isWithin(path, step.path));
    if (!isInMade) await requireItsFolders(step, true, sandbox);
  }
}
