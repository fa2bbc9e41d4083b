import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));

/** `built.ts` as a module that a bare Node 20 can load, written into a folder; returns its path. */
export function compiledSupport(folder: string): string {
  const mjs = join(folder, 'built.mjs');
  const text = readFileSync(join(here, 'built.ts'), 'utf8');
  writeFileSync(
    mjs,
    text.replaceAll(/'(\.\.\/[^']+)'/g, (_, path: string) => `'${join(here, path)}'`),
  );
  return mjs;
}
