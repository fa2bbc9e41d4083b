import * as v from 'valibot';

/** Something that was asked for and could not be had: said, instead of a zero or a silent gap. */
export const Unavailable = v.object({ what: v.string(), why: v.string(), fix: v.string() });
export type Unavailable = v.InferOutput<typeof Unavailable>;
