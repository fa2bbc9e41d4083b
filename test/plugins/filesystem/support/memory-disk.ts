import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface MemoryDisk {
  readonly path: string;
  remove(): void;
}

/** A file system of its own, in memory; undefined where this machine does not let us mount one, which is said loudly. */
export function mountMemory(what: string, size = '256m'): MemoryDisk | undefined {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-disk-')));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', path], { stdio: 'ignore' });
  } catch {
    rmSync(path, { recursive: true });
    console.warn(`NOT RUN: ${what}, for leave to mount a tmpfs (root in a privileged container, or a CI machine).`);
    return undefined;
  }
  return {
    path,
    remove: () => {
      execFileSync('umount', [path]);
      rmSync(path, { recursive: true });
    },
  };
}
