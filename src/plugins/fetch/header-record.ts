import * as v from 'valibot';

const neverNames = ['__proto__', 'constructor', 'prototype'];
const record = v.record(v.string(), v.string());

/**
 * Headers by name. Valibot drops these three names from a record without a word, and a header that is not sent must be
 * told of.
 */
export const HeaderRecord: typeof record = {
  ...record,
  '~run'(dataset, config) {
    const { value } = dataset;
    const bad = neverNames.find((name) => typeof value === 'object' && value !== null && Object.hasOwn(value, name));
    const parsed = record['~run'](dataset, config);
    if (bad === undefined) return parsed;
    v._addIssue(this, 'key', parsed, config, { expected: 'a header name', received: `"${bad}"` });
    return { ...parsed, typed: false } as typeof parsed;
  },
};
