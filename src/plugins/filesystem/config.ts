import * as v from 'valibot';
import { size } from '../../core/size.ts';
import { isUsablePattern } from './sandbox/protection.ts';

const described = <Schema extends v.GenericSchema>(schema: Schema, text: string) => v.pipe(schema, v.description(text));

const Count = v.pipe(v.number(), v.integer(), v.minValue(1));
const Patterns = v.array(
  v.pipe(
    v.string(),
    v.nonEmpty(),
    v.maxLength(200),
    v.check(isUsablePattern, 'names nothing, or has braces or !(…) that stand for too much; write it as several'),
  ),
);

const Root = v.union([
  v.pipe(v.string(), v.nonEmpty()),
  v.strictObject({
    path: described(v.pipe(v.string(), v.nonEmpty()), 'The folder; relative to the working directory'),
    rights: described(
      v.optional(v.picklist(['ro', 'rw'])),
      'ro: read only, whatever `write` says; rw: writable where `write` is true (the default)',
    ),
  }),
]);

const Deny = v.strictObject({
  defaults: described(v.optional(v.boolean(), true), 'Keep the built-in lists, beside those given here'),
  read: described(
    v.optional(Patterns, []),
    'Globs of files that no tool reads, writes, moves or finds; `!glob` is an exception',
  ),
  write: described(
    v.optional(Patterns, []),
    'Globs of files that no tool writes, moves or deletes; `!glob` is an exception',
  ),
  insideTrees: described(
    v.optional(v.boolean(), true),
    'Keep a directory from being moved or deleted while a protected file is in it; false lets a project go with its .git and .env',
  ),
});

const Limits = v.strictObject({
  readBytes: v.optional(size('Bytes of text that one read returns', '1KiB'), 1_048_576),
  totalBytes: v.optional(size('Bytes that read_multiple_files returns in all', '1KiB'), 2_097_152),
  files: described(v.optional(Count, 100), 'Files that read_multiple_files reads'),
  mediaBytes: v.optional(size('Bytes of a file that read_media_file returns', '1KiB'), 8_388_608),
  editBytes: v.optional(size('Bytes of a file that may be edited, appended to or compared', '1KiB'), 16_777_216),
  copyBytes: v.optional(size('Bytes of data that one copy_file writes, holes not counted', '1KiB'), 1_073_741_824),
  entries: described(v.optional(Count, 10_000), 'Entries that a listing, tree or search returns'),
  walkEntries: described(v.optional(Count, 2_000_000), 'Entries that one tree, search, copy or delete visits'),
  treeDepth: described(v.optional(Count, 64), 'Folders below one another that a tree, search or copy enters'),
  searchFileBytes: v.optional(size('Bytes of a file up to which search_content reads it', '1KiB'), 16_777_216),
  searchSeconds: described(v.optional(Count, 20), 'Seconds that one search or tree may take'),
  searches: described(
    v.optional(Count, 2),
    'Threads that search; one search without ripgrep uses all of them, later searches wait',
  ),
  archiveEntries: described(v.optional(Count, 10_000), 'Entries of an archive that is extracted or made'),
  archiveBytes: v.optional(size('Bytes that an archive may hold when unpacked', '1KiB'), 268_435_456),
});

const Trash = v.strictObject({
  enabled: described(
    v.optional(v.boolean(), true),
    'Keep what every change replaced, so that undo_change brings it back; false makes deletes final',
  ),
  folder: described(v.optional(v.pipe(v.string(), v.nonEmpty())), 'Where; a folder of the gateway by default'),
  keepDays: described(v.optional(Count, 30), 'Days that a change can be undone'),
  maxBytes: v.optional(size('Bytes kept in all; the oldest changes are dropped first', '1KiB'), 1_073_741_824),
});

const Search = v.strictObject({
  ripgrep: described(
    v.optional(v.picklist(['auto', 'never']), 'auto'),
    'auto: use @vscode/ripgrep to find candidates where it is installed',
  ),
});

/** The operator's block of config.yaml. Nothing here can be changed by a client or a model. */
export const FilesystemConfig = v.strictObject({
  roots: described(v.optional(v.pipe(v.array(Root), v.minLength(1)), ['.']), 'The folders that tools may reach'),
  clientRoots: described(
    v.optional(v.picklist(['narrow', 'ignore']), 'narrow'),
    "narrow: a client that offers MCP roots reaches only what is in both; ignore: clients' roots are not asked for",
  ),
  write: described(v.optional(v.boolean(), false), 'false: every root is read only and the writing tools are hidden'),
  allowSystemRoot: described(v.optional(v.boolean(), false), 'Accept `/` as a root; /proc, /sys and /dev stay closed'),
  crossDevices: described(v.optional(v.boolean(), false), 'Enter other file systems that are mounted inside a root'),
  refuseHardLinks: described(v.optional(v.boolean(), false), 'Refuse to read files that have more than one name'),
  deny: described(v.optional(Deny, {}), 'Files kept from the tools: secrets, and files whose content is run as code'),
  limits: described(v.optional(Limits, {}), 'Caps on what one call may take'),
  trash: described(v.optional(Trash, {}), 'Where changes are kept for undo'),
  search: described(v.optional(Search, {}), 'How search_content works'),
});

export type FilesystemSettings = v.InferOutput<typeof FilesystemConfig>;
export type FilesystemLimits = FilesystemSettings['limits'];
