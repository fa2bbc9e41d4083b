/**
 * The values of $1, $2, … in PostgreSQL's text format: text, numbers and booleans as they are, null as SQL NULL, an array
 * as an array literal, an object as JSON. An array is JSON too where it holds objects, or where the statement casts its
 * parameter to json or jsonb.
 */
export function parameterTexts(values: readonly unknown[], sql: string): (string | null)[] {
  return values.map((value, index) => {
    if (Array.isArray(value) && castsToJson(sql, index + 1)) return JSON.stringify(value);
    return parameterText(value);
  });
}

/** One value in text format; what has no form of its own becomes JSON. */
export function parameterText(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (typeof value === 'string') return value;
  if (Array.isArray(value) && !holdsObjects(value)) return arrayLiteral(value);
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function castsToJson(sql: string, position: number): boolean {
  const parameter = `\\$${position}(?![0-9])`;
  const json = '(?:pg_catalog\\.)?jsonb?\\b(?!\\s*\\[)';
  return new RegExp(`${parameter}\\s*::\\s*${json}|cast\\s*\\(\\s*${parameter}\\s+as\\s+${json}`, 'i').test(sql);
}

function holdsObjects(values: readonly unknown[]): boolean {
  return values.some((value) =>
    Array.isArray(value) ? holdsObjects(value) : typeof value === 'object' && value !== null,
  );
}

function arrayLiteral(values: readonly unknown[]): string {
  const elements = values.map((value) => {
    if (value === null || value === undefined) return 'NULL';
    if (Array.isArray(value)) return arrayLiteral(value);
    return typeof value === 'string' ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : String(value);
  });
  return `{${elements.join(',')}}`;
}
