import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Job, Report } from './job.ts';

/** Generous: a proxy that imports a thousand modules may need a minute of a slow machine for that alone. */
const driverMs = 300_000;

/** Runs a driver to its end and returns what it reports; throws what it says on standard error where it reports nothing. */
export async function drive(program: string, file: string, job: Job): Promise<Report> {
  // A group of its own: where a driver hangs, the programs it started go with it.
  const child = spawn(program, [file], { cwd: job.folder, env: environment(job), detached: true });
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (chunk) => (output.stdout += chunk));
  child.stderr.on('data', (chunk) => (output.stderr += chunk));
  child.stdin.end(JSON.stringify(job));
  const timer = setTimeout(() => endGroup(child), driverMs);
  const [code, signal] = await once(child, 'close');
  clearTimeout(timer);
  endGroup(child);
  const report = output.stdout.trim().split('\n').at(-1) ?? '';
  if (code === 0 && report.startsWith('{')) return JSON.parse(report) as Report;
  const why = signal === null ? `exit code ${code}` : `ended by ${signal} after at most ${driverMs / 1000} s`;
  throw new Error(`${why}\n${output.stderr.trim().split('\n').slice(-40).join('\n')}`);
}

/** Nothing of the environment but what programs need to run: no key or proxy setting of this machine reaches a client. */
function environment({ folder }: Job): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH, HOME: folder, TMPDIR: folder, LANG: 'C.UTF-8', NO_COLOR: '1' };
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // the whole group has ended by itself
  }
}
