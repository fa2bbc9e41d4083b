import { readFileSync } from 'node:fs';
import { isWithin } from './root.ts';

const refreshMs = 5000;

interface Mount {
  readonly point: string;
  /** `major:minor` of the file system. */
  readonly device: string;
  readonly type: string;
}

/**
 * Where other file systems are mounted, from the kernel's table: asking the mount itself could hang for ever when it is
 * a network share whose server is gone. For what is only read the table may be five seconds old.
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

  /** The file system that a path is on at this moment; undefined where the system has no table. */
  deviceOf(path: string): string | undefined {
    this.read();
    return this.of(path)?.device;
  }

  /** Whether entering `path` leaves the file system `device`. */
  leaves(device: string, path: string): boolean {
    this.#refresh();
    const mount = this.#mounts.get(path);
    return mount !== undefined && mount.device !== device;
  }

  /** The mount points inside a directory that are on another file system than `device`, as they are at this moment. */
  below(directory: string, device: string | undefined): string[] {
    if (device === undefined) return [];
    return this.#within(directory).flatMap(({ point, device: other }) =>
      point === directory || other === device ? [] : [point],
    );
  }

  /** A mount point that is a directory or is in it, of whatever file system, at this moment; undefined where there is none. */
  anyWithin(directory: string): string | undefined {
    return this.#within(directory)[0]?.point;
  }

  /** Reads the table again: to be called before something is changed by it. */
  read(): void {
    this.#readAt = Date.now();
    try {
      this.#mounts = parse(readFileSync('/proc/self/mountinfo', 'utf8'));
    } catch {
      this.#mounts = new Map(); // no such table on this system: nothing is known to be a mount point
    }
  }

  #within(directory: string): Mount[] {
    this.read();
    return [...this.#mounts.values()].filter(({ point }) => isWithin(directory, point));
  }

  #refresh(): void {
    if (Date.now() - this.#readAt >= refreshMs) this.read();
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
