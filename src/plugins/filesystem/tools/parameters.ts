import * as v from 'valibot';

/** Parameters and hints that several tools share. */
export const PathParameter = v.pipe(
  v.string(),
  v.description('Absolute path, or one relative to the first allowed directory'),
);

export const Lines = (text: string) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(10_000_000), v.description(text)));

export const Whole = (text: string, min = 1) =>
  v.optional(v.pipe(v.number(), v.integer(), v.minValue(min), v.description(text)));

export const Flag = (text: string, standard: boolean) => v.optional(v.pipe(v.boolean(), v.description(text)), standard);

export const Globs = (text: string) => v.optional(v.pipe(v.array(v.string()), v.description(text)), []);

export const ExpectedHash = v.optional(
  v.pipe(
    v.string(),
    v.regex(/^[0-9a-fA-F]{64}$/),
    v.description('SHA-256 that the file must have, as a read returned it; the change is refused if it differs'),
  ),
);

export const EditedEncoding = v.optional(
  v.pipe(
    v.string(),
    v.description('UTF-8, UTF-16 or a single-byte encoding that the file is in; found out where absent'),
  ),
);

export const readOnly = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

/** The line that says that a walk did not see everything, and why. */
export const endedEarly = (why: string) =>
  `[the search ended early, so there may be more: ${why}; search a subdirectory]`;
