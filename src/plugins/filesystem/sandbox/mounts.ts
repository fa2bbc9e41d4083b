import { readFileSync } from 'node:fs';

const refreshMs = 5000;

interface Mount {
  readonly point: string;
  /** `major:minor` of the file system. */
  readonly device: string;
  readonly type: string;
}

/**
 * Where other file systems are mounted, from the kernel's table: asking the mount itself could hang for ever when it is
 * a network share whose server is gone. The table is read again at most every five seconds.
 */
export class Mounts {
  #mounts = new Map<string, Mount>();
  #readAt = 0;

  /** The mount that a path is on; undefined where the system has no table. */
  of(path: string): Mount | undefined {
    this.#refresh();
    for (let at = path; ; at = at.slice(0, Math.max(1, at.lastIndexOf('/')))) {
      const mount = this.#mounts.get(at);
      if (mount || at === '/' || !at.startsWith('/')) return mount;
    }
  }

  /** Whether entering `path` leaves the file system `device`. */
  leaves(device: string, path: string): boolean {
    this.#refresh();
    const mount = this.#mounts.get(path);
    return mount !== undefined && mount.device !== device;
  }

  /** The mount points inside a directory that are on another file system than `device`. */
  below(directory: string, device: string | undefined): string[] {
    this.#refresh();
    if (device === undefined) return [];
    const prefix = directory === '/' ? '/' : `${directory}/`;
    return [...this.#mounts.values()]
      .filter(({ point, device: other }) => point.startsWith(prefix) && other !== device)
      .map(({ point }) => point);
  }

  #refresh(): void {
    const now = Date.now();
    if (now - this.#readAt < refreshMs) return;
    this.#readAt = now;
    try {
      this.#mounts = parse(readFileSync('/proc/self/mountinfo', 'utf8'));
    } catch {
      this.#mounts = new Map(); // no such table on this system: nothing is known to be a mount point
    }
  }
}

function parse(table: string): Map<string, Mount> {
  const mounts = new Map<string, Mount>();
  for (const line of table.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const fields = left.split(' ');
    const [, , device, , point] = fields;
    if (device === undefined || point === undefined) continue;
    const path = point.replaceAll(/\\([0-7]{3})/g, (_, octal: string) =>
      String.fromCharCode(Number.parseInt(octal, 8)),
    );
    mounts.set(path, { point: path, device, type: right.split(' ')[0] ?? '' });
  }
  return mounts;
}

/** File systems whose server can stop answering, and with it every call that looks a name up on them. */
export function mayHang(type: string): boolean {
  return /^(?:nfs|cifs|smb|fuse|9p|ceph|glusterfs|afs|sshfs)/.test(type);
}
