import { readFileSync } from 'node:fs';
import { readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';

const heartbeatMs = 15_000;
const staleAfterMs = 60_000;
/** More than a race with other starts needs; what cannot be had by then is no ordinary file. */
const maxAttempts = 10;

/** Who has the folder: `identity` tells a process from a later one with the same id, where the system can. */
export interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly identity: string | undefined;
}

/**
 * A lock file that only one living process holds. On this host a holder lives while its process does; one of another host
 * or container that shares the folder is asked by its heartbeat, the file's time.
 */
export class FolderLock {
  readonly #file: string;
  readonly #content: string;
  readonly #heartbeat: NodeJS.Timeout;

  private constructor(file: string, content: string) {
    this.#file = file;
    this.#content = content;
    this.#heartbeat = setInterval(() => {
      const now = new Date();
      // where the file was taken away, somebody deleted it by hand: there is nothing to refresh
      utimes(file, now, now).catch(() => undefined);
    }, heartbeatMs).unref();
  }

  /** Takes the lock, or says who has it. Throws what the file system throws, such as EACCES. */
  static async acquire(file: string): Promise<FolderLock | Holder> {
    const self: Holder = { pid: process.pid, host: hostname(), identity: identityOf(process.pid) };
    const content = JSON.stringify(self);
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      try {
        await writeFile(file, content, { flag: 'wx', mode: 0o600 });
        return new FolderLock(file, content);
      } catch (error) {
        if (codeOf(error) !== 'EEXIST') throw error;
      }
      const found = await readLock(file);
      if (!found) continue; // released this instant
      if (isAlive(found.holder, found.changedAt)) return found.holder ?? self;
      await takeAway(file, found.content);
    }
    throw Object.assign(new Error(`${file} can be neither made nor read`), { code: 'ELOCK' });
  }

  async release(): Promise<void> {
    clearInterval(this.#heartbeat);
    const found = await readLock(this.#file);
    if (found?.content === this.#content) await rm(this.#file, { force: true });
  }
}

interface FoundLock {
  readonly content: string;
  readonly changedAt: number;
  /** Undefined while its owner is still writing it. */
  readonly holder: Holder | undefined;
}

async function readLock(file: string): Promise<FoundLock | undefined> {
  try {
    const [content, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
    return { content, changedAt: mtimeMs, holder: parseHolder(content) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parseHolder(content: string): Holder | undefined {
  try {
    const { pid, host, identity } = JSON.parse(content) as Record<string, unknown>;
    if (typeof pid !== 'number' || typeof host !== 'string') return undefined;
    return { pid, host, identity: typeof identity === 'string' ? identity : undefined };
  } catch {
    return undefined; // half written, or not a lock of ours: its age decides
  }
}

function isAlive(holder: Holder | undefined, changedAt: number): boolean {
  if (!holder || holder.host !== hostname()) return Date.now() - changedAt < staleAfterMs;
  try {
    process.kill(holder.pid, 0);
  } catch (error) {
    if (codeOf(error) === 'ESRCH') return false; // EPERM: it lives, as another user
  }
  const identity = identityOf(holder.pid);
  return identity === undefined || holder.identity === undefined || identity === holder.identity;
}

/** Of two processes that find the same dead lock, one renames it and the other finds nothing; a living one renamed by mistake is put back. */
async function takeAway(file: string, content: string): Promise<void> {
  const aside = `${file}.${process.pid}`;
  try {
    await rename(file, aside);
    if ((await readFile(aside, 'utf8')) === content) await rm(aside, { force: true });
    else await rename(aside, file);
  } catch (error) {
    if (codeOf(error) !== 'ENOENT') throw error;
  }
}

/** When the process of that id started: boot and clock tick on Linux; elsewhere only this process knows its own. */
function identityOf(pid: number): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();
    const status = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return `${boot}:${status.slice(status.lastIndexOf(')') + 2).split(' ')[19]}`;
  } catch {
    return pid === process.pid ? String(performance.timeOrigin) : undefined; // no /proc on this system
  }
}

function codeOf(error: unknown): unknown {
  return (error as { code?: unknown } | null)?.code;
}
