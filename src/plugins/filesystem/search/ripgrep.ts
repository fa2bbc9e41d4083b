import { spawn } from 'node:child_process';
import type { ContentJob } from './job.ts';

const mostOutput = 33_554_432;
const longestLine = 65_536;
const mostLarge = 100_000;

/**
 * The paths, relative to the job's base, of files that ripgrep says match or are too large for it; undefined where it
 * cannot say (it failed, or said too much). Only a hint: every path is opened and matched again by our own walk, so ripgrep
 * following something it should not leads to nothing. Its --binary and --stats would tell of binary files and of how many
 * it searched, at half again the time of the search.
 */
export function findCandidates(job: ContentJob, binary: string): Promise<string[] | undefined> {
  const { fd, path } = job.base;
  const child = spawn(binary, argumentsFor(job), {
    cwd: fd === undefined ? path : `/proc/${process.pid}/fd/${fd}`,
    env: {}, // no RIPGREP_CONFIG_PATH, no secrets
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: Math.max(100, job.rules.deadline - Date.now()),
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const large = new LargeFiles();
    child.stderr.setEncoding('utf8').on('data', (text: string) => large.read(text));
    child.on('error', () => resolve(undefined));
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostOutput) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.on('close', (code) => {
      const said = Buffer.concat(chunks).toString('utf8').split('\0').slice(0, -1);
      resolve(code === 0 || code === 1 ? inOrder([...said, ...large.paths]) : undefined);
    });
  });
}

/** Files that ripgrep leaves out for their size, which it tells nobody but who is debugging it. */
class LargeFiles {
  readonly paths: string[] = [];
  #rest = '';

  read(text: string): void {
    const lines = (this.#rest + text).split('\n');
    this.#rest = (lines.pop() ?? '').slice(0, longestLine);
    for (const line of lines) {
      const path = /: ignoring (.+): \d+ bytes$/.exec(line)?.[1];
      if (path !== undefined && this.paths.length < mostLarge) this.paths.push(path);
    }
  }
}

function argumentsFor(job: ContentJob): string[] {
  return [
    '--no-config',
    '--no-follow',
    '--no-messages',
    '--color=never',
    '--files-with-matches',
    '--null',
    '--debug',
    '--hidden',
    '--crlf',
    `--max-filesize=${job.maxFileBytes}`,
    ...(job.gitignore
      ? [
          '--no-ignore-dot',
          '--no-ignore-exclude',
          '--no-ignore-global',
          '--no-ignore-parent',
          '--no-require-git',
          '--glob=!.git',
        ]
      : ['--no-ignore']),
    ...(job.rules.mounts.length > 0 ? ['--one-file-system'] : []),
    job.caseSensitive ? '--case-sensitive' : '--ignore-case',
    ...(job.word ? ['--word-regexp'] : []),
    ...(job.regex ? [] : ['--fixed-strings']),
    `--regexp=${job.query}`,
    '--',
    '.',
  ];
}

/** In the order of a walk that takes names in order. */
function inOrder(paths: readonly string[]): string[] {
  const key = (path: string) => path.replaceAll('/', '\0');
  return paths
    .map((path) => (path.startsWith('./') ? path.slice(2) : path))
    .map((path) => ({ path, key: key(path) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ path }) => path);
}
