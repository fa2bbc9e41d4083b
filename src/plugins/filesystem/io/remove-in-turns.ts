import type { Slot } from './replace-file.ts';
import { TreeWork } from './tree.ts';

/**
 * Removes a tree of the gateway's, whatever its permissions and however many entries it has, letting others have their
 * turn; even where the call was cancelled: only the given signal ends it. Throws where it meets something that is mounted
 * in it, which stays.
 */
export async function removeInTurns(slot: Slot, signal: AbortSignal = new AbortController().signal): Promise<void> {
  await new TreeWork({ maxEntries: Number.MAX_SAFE_INTEGER, signal, own: true }).remove(slot);
}
