import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliDecompressSync } from 'node:zlib';

/** The sample database as `npm run build` leaves it beside this file: a brotli-compressed ustar archive of a data folder. */
const snapshotFile = fileURLToPath(new URL('./sample.tar.br', import.meta.url));

/** What is run after every start: ANALYZE, whose counters PGlite does not keep, and a few queries for pg_stat_statements. */
export const afterStartFile = fileURLToPath(new URL('./after-start.sql', import.meta.url));

/** The uncompressed archive; throws where the package was built without PGlite and so without the archive. */
export function readSnapshot(): Buffer {
  if (!existsSync(snapshotFile)) {
    throw new Error('this build has no sample database; run `npm run build` with @electric-sql/pglite installed');
  }
  return brotliDecompressSync(readFileSync(snapshotFile));
}

const block = 512;

/** Writes the archive's files under `folder`, which must not exist. It holds plain files and folders with short names only. */
export function unpack(archive: Buffer, folder: string): void {
  mkdirSync(folder, { mode: 0o700 });
  for (let at = 0; at + block <= archive.length && archive[at] !== 0; ) {
    const name = text(archive, at, 100);
    const size = Number.parseInt(text(archive, at + 124, 12), 8);
    const isFolder = text(archive, at + 156, 1) === '5';
    const target = join(folder, name);
    at += block;
    if (isFolder) {
      mkdirSync(target, { recursive: true, mode: 0o700 });
    } else {
      mkdirSync(dirname(target), { recursive: true, mode: 0o700 });
      writeFileSync(target, archive.subarray(at, at + size), { mode: 0o600 });
      at += Math.ceil(size / block) * block;
    }
  }
}

function text(archive: Buffer, at: number, length: number): string {
  const field = archive.subarray(at, at + length);
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? length : end);
}
