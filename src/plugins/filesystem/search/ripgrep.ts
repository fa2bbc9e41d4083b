import { spawn } from 'node:child_process';
import { escapeLiteral, forRipgrep, wholeWord } from './dialects.ts';
import type { ContentJob } from './job.ts';
import { anchorsOfLines, requiredLiteral } from './plain-pattern.ts';
import { prunedDirectories } from './pruned-directories.ts';
import { type NotSearched, RipgrepMessages } from './ripgrep-messages.ts';
import { notUnicode } from './unreadable.ts';
import { inWalkOrder } from './walk-order.ts';

const mostOutput = 33_554_432;
const ripgrepShare = 0.75;

/** Files worth a look, as paths relative to a job's base, each once and in the order of a walk, with those not searched. */
export interface Candidates extends NotSearched {
  readonly paths: readonly string[];
}

/**
 * The files that ripgrep says may match, or that it did not search; undefined where it cannot say (the pattern means
 * something else to it, it failed, said too much, or met more files than a walk may). Only a hint: every path is held to
 * our rules, opened and matched again by our own walk, so ripgrep following something it should not leads to nothing. It
 * must not miss a file, so it takes binary files for text, is given patterns that match too much, and reads no ignore
 * files: what those say it is told, so that a file that is a trap, a link or in another dialect has no hold on it.
 */
export function findCandidates(job: ContentJob, binary: string): Promise<Candidates | undefined> {
  const patterns = patternsFor(job);
  return patterns ? runRipgrep(job, binary, patterns) : Promise.resolve(undefined);
}

function runRipgrep(job: ContentJob, binary: string, patterns: readonly string[]): Promise<Candidates | undefined> {
  const { fd, path } = job.base;
  const child = spawn(binary, argumentsFor(job, patterns), {
    cwd: fd === undefined ? path : `/proc/${process.pid}/fd/${fd}`,
    env: {}, // no RIPGREP_CONFIG_PATH, no secrets
    stdio: ['ignore', 'pipe', 'pipe'],
    // Held up, it leaves time for our own engine, which is not.
    timeout: Math.max(100, Math.floor((job.rules.deadline - Date.now()) * ripgrepShare)),
    killSignal: 'SIGKILL',
  });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const messages = new RipgrepMessages();
    child.stderr.setEncoding('utf8').on('data', (text: string) => messages.read(text));
    child.on('error', () => resolve(undefined));
    child.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > mostOutput) child.kill('SIGKILL');
      else chunks.push(chunk);
    });
    child.on('close', (code) => {
      const said = Buffer.concat(chunks).toString('utf8').split('\0');
      const searched = Number(/^(\d+) files searched$/m.exec(said.pop() ?? '')?.[1]);
      const not = messages.notSearched();
      // 2: something failed, which is known where it was a file or directory that could not be opened.
      const isWhole = code === 0 || code === 1 || (code === 2 && (not?.unreadable.size ?? 0) > 0);
      if (!isWhole || !not || searched > job.rules.maxEntries) return resolve(undefined);
      const paths = new Set<string>([...said.map(belowBase), ...not.large, ...not.unreadable]);
      if ([...paths].some((path) => path.includes(notUnicode))) return resolve(undefined);
      resolve({ paths: inWalkOrder([...paths], (path) => path), ...not });
    });
  });
}

/** What to look for; a file matches where one of them does. Undefined where ripgrep would not find all that we do. */
function patternsFor({ query, regex, word, caseSensitive }: ContentJob): string[] | undefined {
  const text = escapeLiteral(query);
  const main = regex ? forRipgrep(anchorsOfLines(query), word) : word ? wholeWord(text) : text;
  if (main === undefined) return undefined;
  const literal = regex ? requiredLiteral(query) : query;
  const surest = literal === undefined || caseSensitive ? literal : withoutForeignCases(literal);
  const utf16 = surest === undefined ? anyNul : inUtf16(surest);
  return regex || word ? [main, utf16, anySwitch] : [main, utf16];
}

/** What begins letters in ISO-2022, which ripgrep does not decode; text and word boundaries there are not what its bytes are. */
const anySwitch = '(?-u:\\x1b[$(])';

/** UTF-16 without a mark, which only its NULs tell of. */
const anyNul = '(?-u:\\x00)';

/**
 * The longest part of an ASCII text that is ASCII in any case; undefined where it says too little. `k` and `s` are also
 * the Kelvin sign and the long s, whose bytes in UTF-16 are no letters to ripgrep.
 */
function withoutForeignCases(literal: string): string | undefined {
  const longest = literal.split(/[ks]/i).reduce((best, part) => (part.length > best.length ? part : best), '');
  return longest.length > 1 ? longest : undefined;
}

/** What a text has in common in both byte orders of UTF-16; ripgrep decodes only files with a mark. */
function inUtf16(literal: string): string {
  return `(?-u:${[...literal].map(escapeLiteral).join('\\x00')})`;
}

function argumentsFor(job: ContentJob, patterns: readonly string[]): string[] {
  return [
    '--no-config',
    '--no-follow',
    '--color=never',
    '--files-with-matches',
    '--null',
    '--text', // a NUL ends nothing
    '--debug', // says which files are too large
    '--stats', // says how many files it met
    '--hidden',
    `--max-filesize=${job.maxFileBytes}`,
    '--no-ignore',
    ...(job.gitignore ? ['--glob=!.git'] : []),
    ...prunedDirectories(job)
      .filter((path) => plainName.test(path))
      .map((path) => `--glob=!/${path}`),
    ...(job.rules.mounts.length > 0 ? ['--one-file-system'] : []),
    job.caseSensitive ? '--case-sensitive' : '--ignore-case',
    ...patterns.map((pattern) => `--regexp=${pattern}`),
    '--',
    '.',
  ];
}

/** Names that a glob has as they are. */
const plainName = /^[\w./@+-]+$/;

function belowBase(path: string): string {
  return path.startsWith('./') ? path.slice(2) : path;
}
