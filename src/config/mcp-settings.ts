import * as v from 'valibot';
import { size } from '../core/size.ts';
import { duration } from './duration.ts';

const secretForm = 'must be at least 32 characters; make one with: openssl rand -hex 32';

const Tasks = v.pipe(
  v.strictObject({
    ttl: v.optional(duration('How long a task may run, and its result be fetched, from its start.', '1s', '24d'), '1h'),
    perCaller: v.optional(
      v.pipe(
        v.number('must be a whole number'),
        v.integer('must be a whole number'),
        v.minValue(0, 'must be at least 0'),
        v.maxValue(100_000, 'must be at most 100000'),
        v.description('Tasks that one caller may have, running or with a result to fetch.'),
      ),
      100,
    ),
    bytes: v.optional(
      size('Memory for the results of all tasks; a running one counts with limits.resultBytes.', '1KiB', '64GiB'),
      268_435_456,
    ),
  }),
  v.description('Long calls of clients that declare the extension io.modelcontextprotocol/tasks.'),
);

/** Settings of the protocol itself. */
export const McpSettings = v.pipe(
  v.strictObject({
    stateSecret: v.optional(
      v.nullable(
        v.pipe(
          v.string(secretForm),
          v.minLength(32, secretForm),
          v.description(
            'Seals what clients carry between the rounds of a call. Replicas must share it; null: each start makes its own.',
          ),
        ),
      ),
      null,
    ),
    tasks: v.optional(Tasks, {}),
  }),
  v.description('The protocol: what clients carry between calls, and long calls.'),
);
