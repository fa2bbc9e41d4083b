/** A name to look for; without a schema it may be in any. */
export interface NameCandidate {
  readonly schema: string | undefined;
  readonly name: string;
}

interface Part {
  readonly text: string;
  readonly quoted: boolean;
}

/**
 * What a caller may mean by a table's name, the likeliest first: the text as it stands, then `schema.table` with or without
 * quotes as SQL reads it, then the same folded to lower case as SQL does with what is not quoted.
 */
export function nameCandidates(table: string, schema: string | undefined): readonly NameCandidate[] {
  const schemas: (string | undefined)[] =
    schema === undefined ? [undefined] : [...new Set([schema, ...spellings(splitName(schema), 0)])];
  const found: NameCandidate[] = schemas.map((known) => ({ schema: known, name: table }));
  const parts = splitName(table);
  if (parts?.length === 1) {
    for (const known of schemas) for (const name of spellings(parts, 0)) found.push({ schema: known, name });
  }
  if (parts?.length === 2) {
    for (const written of spellings(parts, 0)) {
      if (schema !== undefined && !schemas.includes(written)) continue;
      for (const name of spellings(parts, 1)) found.push({ schema: written, name });
    }
  }
  return found;
}

/** How one part may be spelt in the catalog: as written, and in lower case unless it was quoted. */
function spellings(parts: readonly Part[] | undefined, index: number): string[] {
  const part = parts?.[index];
  if (!part) return [];
  return part.quoted ? [part.text] : [...new Set([part.text, part.text.toLowerCase()])];
}

/** The parts of a dotted name, or undefined where the text is not of that form. */
export function splitName(text: string): readonly Part[] | undefined {
  const parts: Part[] = [];
  const part = /\s*(?:"((?:[^"]|"")+)"|([^".\s](?:[^".]*[^".\s])?))\s*(\.|$)/y;
  while (part.lastIndex < text.length || parts.length === 0) {
    const match = part.exec(text);
    if (!match) return undefined;
    const [, quoted, plain] = match;
    parts.push(
      quoted === undefined
        ? { text: plain ?? '', quoted: false }
        : { text: quoted.replaceAll('""', '"'), quoted: true },
    );
    if (match[3] === '') return parts;
  }
  return undefined; // ends with a dot
}
