import * as v from 'valibot';
import { size } from '../core/size.ts';
import { duration } from './duration.ts';

const countForm = 'must be a whole number from 1 to 1000000';
const Count = v.pipe(
  v.number(countForm),
  v.integer(countForm),
  v.minValue(1, countForm),
  v.maxValue(1_000_000, countForm),
);

const Rate = v.pipe(
  v.strictObject({
    perMinute: v.pipe(Count, v.description('Requests a minute on average.')),
    burst: v.pipe(Count, v.description('Requests at once.')),
  }),
  v.description('Requests that one key may make, or one address where there are no keys. null: no limit.'),
);

/** Bounds that keep one caller from taking everything. */
export const Limits = v.pipe(
  v.strictObject({
    bodyBytes: v.optional(size('Largest request body.', '1KiB', '256MiB'), 4_194_304),
    resultBytes: v.optional(size('Largest result of a tool, as JSON.', '1KiB', '256MiB'), 4_194_304),
    callTimeout: v.optional(
      duration('How long a call may take, where its tool names no time of its own.', '1ms'),
      '30s',
    ),
    requestTime: v.optional(duration('How long a request may take to arrive, headers and body.', '1s', '1h'), '30s'),
    rate: v.optional(v.nullable(Rate), null),
    sessions: v.optional(
      v.pipe(
        v.number('must be a whole number'),
        v.integer('must be a whole number'),
        v.minValue(1, 'must be at least 1'),
        v.maxValue(1_000_000, 'must be at most 1000000'),
        v.description('Sessions and streams that one key may have open; all callers together where no key is asked.'),
      ),
      1000,
    ),
  }),
  v.description('Bounds that keep one caller from taking everything.'),
);
