import type { StructuredPatch } from 'diff';
import { GatewayError } from '../../../core/errors.ts';
import { printable } from '../sandbox/failure.ts';

export type Hunk = StructuredPatch['hunks'][number];

/** What a patch does to one file. */
export interface FilePatch {
  readonly path: string;
  readonly kind: 'create' | 'modify' | 'delete';
  readonly hunks: readonly Hunk[];
  /** Permission bits of a file that the patch creates, where it says so. */
  readonly mode?: number;
  /** Whether a CR at the end of a line is the file's: the patch's own lines, its headers, end without one. */
  readonly hasOwnCr: boolean;
}

const mostFiles = 100;
/** So that the answer, which may name each of them, is one that can be sent. */
const mostHunks = 10_000;
const longestQuoted = 80;

/** The files of a unified diff, git's `a/` and `b/` taken off. Throws `invalid_input` for one that cannot be applied. */
export async function readPatch(patch: string): Promise<FilePatch[]> {
  if (/^(?:rename|copy) (?:from|to) |^GIT binary patch|^Binary files /m.test(patch)) {
    throw unusable('renames, copies and binary patches are not applied; use move_file, copy_file or write_file');
  }
  if (/^\s*```/.test(patch))
    throw unusable('it stands in a ``` fence; give the unified diff alone, from its "--- a/path" on');
  if (/^\*\*\* (?:Begin Patch|(?:Add|Update|Delete) File: )/m.test(patch)) {
    throw unusable(
      'it is no unified diff: give "--- a/path", "+++ b/path" and hunks that begin with "@@ -12,3 +12,4 @@", or use edit_file',
    );
  }
  requireHunkHeaders(patch);
  let parsed: StructuredPatch[];
  try {
    const { parsePatch } = await import('diff');
    parsed = parsePatch(patch);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw unusable(
      `${why.replace(/\.?$/, '')}. Each line of a hunk begins with a space, - or +, and its header counts them: "@@ -12,3 +12,4 @@" is followed by 3 lines with a space or -, and 4 with a space or +`,
    );
  }
  for (const one of parsed) refuseOddModes(one);
  const hasOwnCr = /^@@[^\r\n]*\n/m.test(patch);
  const files = parsed
    .filter(({ hunks, isCreate, isDelete }) => hunks.length > 0 || isCreate || isDelete)
    .map((one) => ({ ...filePatch(one), hasOwnCr }));
  if (files.length === 0) throw unusable('it has no hunks');
  if (files.length > mostFiles) throw unusable(`it has more than ${mostFiles} files`);
  if (files.reduce((sum, { hunks }) => sum + hunks.length, 0) > mostHunks)
    throw unusable(`it has more than ${mostHunks} hunks; apply it in parts`);
  const twice = files.find(({ path }, index) => files.findIndex((other) => other.path === path) !== index);
  if (twice) throw unusable(`it names ${twice.path} twice`);
  return files;
}

/** The parser takes any line that begins like a header for one, and makes numbers that are none of what it does not have. */
function requireHunkHeaders(patch: string): void {
  for (const [index, line] of patch.split('\n').entries()) {
    if (!line.startsWith('@@') || /^@@ -\d{1,9}(?:,\d{1,9})? \+\d{1,9}(?:,\d{1,9})? @@/.test(line)) continue;
    const shown = printable(line.slice(0, longestQuoted).trimEnd());
    throw unusable(
      `line ${index + 1} is "${shown}", and a hunk has to begin with its line numbers, as in "@@ -12,3 +12,4 @@" (old first line, old lines, new first line, new lines). Without line numbers, use edit_file`,
    );
  }
}

/** Git's modes say what is no regular file, and what hunks cannot say. */
function refuseOddModes({ oldMode, newMode, newFileName = '', isCreate }: StructuredPatch): void {
  const name = bare(newFileName, 'b/');
  for (const mode of [oldMode, newMode]) {
    if (mode?.startsWith('12')) throw unusable(`${name} is a symbolic link (mode ${mode}), and links are not made`);
    if (mode?.startsWith('16')) throw unusable(`${name} is a submodule (mode ${mode}); use git for those`);
  }
  if (oldMode !== undefined && newMode !== undefined && oldMode !== newMode)
    throw unusable(`it changes the mode of ${name} from ${oldMode} to ${newMode}, which no tool does`);
  if (isCreate && newMode !== undefined && !/^100[0-7]{3}$/.test(newMode))
    throw unusable(`${name} has the unknown mode ${newMode.slice(0, 20)}`);
}

function filePatch(patch: StructuredPatch): Omit<FilePatch, 'hasOwnCr'> {
  const { oldFileName = '', newFileName = '', hunks, isCreate, isDelete, newMode } = patch;
  if (oldFileName === '/dev/null' || isCreate) {
    // Like git, which knows only whether a file can be run.
    const mode = newMode?.endsWith('755') ? { mode: 0o755 } : {};
    return { path: bare(newFileName, 'b/'), kind: 'create', hunks, ...mode };
  }
  if (newFileName === '/dev/null' || isDelete) return { path: bare(oldFileName, 'a/'), kind: 'delete', hunks };
  const [before, after] = [bare(oldFileName, 'a/'), bare(newFileName, 'b/')];
  if (before === '' || before !== after) throw unusable(`it has "${before}" before and "${after}" after`);
  return { path: after, kind: 'modify', hunks };
}

function bare(name: string, prefix: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** An error of a patch, with nothing done. */
export function unusable(why: string): GatewayError {
  return new GatewayError('invalid_input', `The patch cannot be applied: ${why}. Nothing was changed.`);
}
