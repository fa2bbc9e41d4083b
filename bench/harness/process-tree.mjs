import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const ticksPerSecond = () => Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
let tick;

/** The fields of /proc/<pid>/stat after the name, from the state (field 3) on; undefined for a process that has gone. */
function statOf(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}

/**
 * CPU time and resident memory of a process, all its descendants, and (time alone) those that ended and were waited for.
 * Linux only, in steps of the kernel's clock tick, mostly 10 ms.
 */
export function treeUsage(root) {
  tick ??= 1_000_000 / ticksPerSecond();
  const children = new Map();
  const stats = new Map();
  for (const entry of readdirSync('/proc')) {
    const stat = /^\d+$/.test(entry) ? statOf(entry) : undefined;
    if (!stat) continue;
    stats.set(Number(entry), stat);
    const parent = Number(stat[1]);
    children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
  }
  let ticks = 0;
  let rss = 0;
  const visit = (pid) => {
    const stat = stats.get(pid);
    if (!stat) return;
    const [userTime, systemTime, childUserTime, childSystemTime] = stat.slice(11, 15).map(Number);
    ticks += userTime + systemTime + childUserTime + childSystemTime;
    rss += residentBytes(pid);
    for (const child of children.get(pid) ?? []) visit(child);
  };
  visit(root);
  return { cpuMicroseconds: ticks * tick, rss };
}

export function residentBytes(pid) {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return 1024 * Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1] ?? 0);
  } catch {
    return 0;
  }
}
