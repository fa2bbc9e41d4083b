import * as v from 'valibot';

/**
 * A choice of one value, of which people read the titles: `titledChoice({ eu: 'Europe', us: 'United States' })`.
 * Shown as `oneOf` constants, the form that elicitation has for it (MCP 2025-11-25, SEP-1330).
 */
export function titledChoice<const Titles extends Readonly<Record<string, string>>>(titles: Titles) {
  return v.pipe(values(titles), v.metadata({ enum: undefined, oneOf: constants(titles) }));
}

/** A choice of several values by their titles; an array whose items are shown as `anyOf` constants (SEP-1330). */
export function titledChoices<const Titles extends Readonly<Record<string, string>>>(titles: Titles) {
  return v.array(v.pipe(values(titles), v.metadata({ type: undefined, enum: undefined, anyOf: constants(titles) })));
}

function values<Titles extends Readonly<Record<string, string>>>(titles: Titles) {
  return v.picklist(Object.keys(titles) as (keyof Titles & string)[]);
}

function constants(titles: Readonly<Record<string, string>>) {
  return Object.entries(titles).map(([value, title]) => ({ const: value, title }));
}
