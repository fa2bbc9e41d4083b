import { execFileSync } from 'node:child_process';
import {
  closeSync,
  constants,
  mkdirSync,
  mkdtempSync,
  openSync,
  readSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Directory } from '../../../src/plugins/filesystem/sandbox/directory.ts';
import { FileScanner } from '../../../src/plugins/filesystem/search/file-scanner.ts';
import { GitIgnores } from '../../../src/plugins/filesystem/search/git-ignore.ts';
import type { ContentJob } from '../../../src/plugins/filesystem/search/job.ts';
import { compileMatcher } from '../../../src/plugins/filesystem/search/line-matcher.ts';

// What a search does with what it cannot read, and with what it must not.

let top: string;
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'mcp-unreadable-'));
});
afterEach(() => rmSync(top, { recursive: true }));

function directory(at: (name: string) => string): Directory {
  const enter = (name: string) => directory((inner) => join(at(name), inner));
  return { path: top, at, enter, self: top, fd: undefined, close: () => undefined };
}

const job: ContentJob = {
  kind: 'content',
  base: { path: '', fd: undefined },
  rules: {
    secrets: [],
    closed: [],
    ownFiles: [],
    mounts: [],
    maxEntries: 10,
    maxDepth: 1,
    deadline: Date.now() + 60_000,
  },
  excludePatterns: [],
  gitignore: true,
  ignoreFrom: [],
  query: 'needle',
  regex: false,
  caseSensitive: true,
  word: false,
  glob: [],
  context: 0,
  output: 'content',
  only: undefined,
  maxResults: 10,
  maxFileBytes: 1000,
  ripgrep: undefined,
  share: { index: 0, of: 1 },
  linearOnly: false,
};
const scan = (where: Directory, name: string) =>
  new FileScanner(job, compileMatcher(job), () => undefined).scan(where, name, name, 10);
const inTop = directory((name) => join(top, name));
const defect = directory(() => {
  throw new TypeError('a defect');
});

describe('a scan of contents', () => {
  test('finds what is in a file', () => {
    writeFileSync(join(top, 'file'), 'a needle\n');
    expect(scan(inTop, 'file')).toMatchObject({ is: 'scanned', count: 1 });
  });

  test.runIf(process.platform !== 'win32')(
    'takes nothing out of a FIFO, since it asks what it is before it reads',
    () => {
      execFileSync('mkfifo', [join(top, 'fifo')]);
      const fifo = openSync(join(top, 'fifo'), constants.O_RDWR | constants.O_NONBLOCK);
      try {
        writeFileSync(fifo, 'a needle for another reader\n');
        expect(scan(inTop, 'fifo')).toEqual({ is: 'absent' });
        const left = Buffer.alloc(100);
        expect(left.toString('utf8', 0, readSync(fifo, left))).toBe('a needle for another reader\n');
      } finally {
        closeSync(fifo);
      }
    },
  );

  test('goes on where the system lets it not read a file, and does not hide a defect', () => {
    symlinkSync('loop', join(top, 'loop'));
    expect(scan(inTop, 'loop')).toEqual({ is: 'absent' });
    expect(scan(inTop, 'gone')).toEqual({ is: 'absent' });
    expect(() => scan(defect, 'file')).toThrow('a defect');
  });
});

describe('a look for ignore files', () => {
  test('goes on where the system lets it not look, and does not hide a defect', () => {
    symlinkSync('loop', join(top, 'loop'));
    const none = GitIgnores.none();
    expect(none.enter(directory((name) => join(top, 'loop', name)))).toBe(none);
    expect(() => none.enter(defect)).toThrow('a defect');
  });

  test('takes neither a FIFO nor a directory for one', () => {
    mkdirSync(join(top, '.gitignore'));
    mkdirSync(join(top, '.git', 'info'), { recursive: true });
    execFileSync('mkfifo', [join(top, '.git/info/exclude')]);
    const none = GitIgnores.none();
    expect(none.enter(inTop)).toBe(none);
  });
});
