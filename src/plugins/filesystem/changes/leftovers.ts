import { unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GatewayError } from '../../../core/errors.ts';
import type { Log } from '../../../core/log.ts';
import type { Sandbox } from '../sandbox/sandbox.ts';
import type { Trash } from './trash.ts';

const recordsLookedAt = 200;

/** Removes the temporary files that a crash left behind: the last records name them before they are made. */
export async function removeLeftovers(sandbox: Sandbox, trash: Trash, log: Log): Promise<void> {
  for (const id of trash.ids().slice(0, recordsLookedAt)) {
    for (const step of trash.load(id)?.steps ?? []) {
      if (step.op !== 'write' || step.temporary === undefined) continue;
      const path = join(dirname(step.path), step.temporary);
      try {
        await sandbox.use(path, { access: 'write', follow: false }, (place) => {
          if (!place.stats?.isFile()) return;
          unlinkSync(place.at);
          log.info({ path }, 'removed a temporary file that a crash had left');
        });
      } catch (error) {
        if (!(error instanceof GatewayError)) throw error; // its directory is gone or no longer allowed: nothing to do
      }
    }
  }
}
