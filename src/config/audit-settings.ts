import * as v from 'valibot';

/** Who called what: one line for each call of a tool. */
export const AuditSettings = v.pipe(
  v.strictObject({
    enabled: v.optional(
      v.pipe(v.boolean(), v.description('false: calls are counted in /metrics, but not told.')),
      true,
    ),
    file: v.optional(
      v.nullable(
        v.pipe(
          v.string(),
          v.nonEmpty(),
          v.description(
            'File that lines are appended to, relative to this one. null: they go to the log, at level info.',
          ),
        ),
      ),
      null,
    ),
    arguments: v.optional(
      v.pipe(
        v.boolean(),
        v.description('Tell the arguments of each call too, up to 4096 characters. They may hold secrets.'),
      ),
      false,
    ),
  }),
  v.description('Who called what: one line for each call of a tool, with principal, outcome and time.'),
);
