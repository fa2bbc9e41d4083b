// Makes the sample database that the embedded PostgreSQL starts from: initdb and the SQL in embedded-sample/, closed
// cleanly and packed. A start from it takes a fraction of a second instead of four, and dist/ carries 1.3 MB for it.
// The rows are the same in every build; the archive's bytes are not (system identifier, times).
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants } from 'node:zlib';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const sample = (name) => join(root, 'scripts', 'embedded-sample', name);
const cache = join(root, 'node_modules', '.cache', 'mcp-sse-gateway');
const target = join(root, 'dist', 'plugins', 'postgres', 'embedded');

/** Puts the snapshot into dist/, from the cache where nothing that it is made of has changed. */
export async function makeEmbeddedSnapshot() {
  const pgliteVersion = installedVersion();
  if (pgliteVersion === undefined) {
    console.warn(
      '@electric-sql/pglite is not installed: this build has no sample database for the embedded PostgreSQL.',
    );
    return;
  }
  const cached = join(cache, `sample-${keyOf(pgliteVersion)}.tar.br`);
  if (!existsSync(cached)) {
    mkdirSync(cache, { recursive: true });
    const unfinished = `${cached}.${process.pid}`;
    writeFileSync(unfinished, await buildArchive());
    renameSync(unfinished, cached);
  }
  copyFileSync(cached, join(target, 'sample.tar.br'));
  copyFileSync(sample('after-start.sql'), join(target, 'after-start.sql'));
}

function installedVersion() {
  try {
    const main = createRequire(import.meta.url).resolve('@electric-sql/pglite');
    return JSON.parse(readFileSync(join(dirname(dirname(main)), 'package.json'), 'utf8')).version;
  } catch {
    return undefined; // it is an optional dependency
  }
}

function keyOf(pgliteVersion) {
  const hash = createHash('sha256').update(pgliteVersion);
  const sources = [fileURLToPath(import.meta.url), sample('schema.sql'), sample('data.sql'), join(target, 'pglite.js')];
  for (const file of sources) hash.update(readFileSync(file));
  return hash.digest('hex').slice(0, 16);
}

async function buildArchive() {
  const { PGlite } = await import('@electric-sql/pglite');
  const { pg_stat_statements } = await import('@electric-sql/pglite/contrib/pg_stat_statements');
  const { openPglite } = await import('../dist/plugins/postgres/embedded/pglite.js');
  const work = mkdtempSync(join(tmpdir(), 'embedded-snapshot-'));
  const folder = join(work, 'pgdata');
  try {
    // Segments of 1 MB instead of 16, because the sample writes next to nothing.
    const initdb = {
      database: 'template1',
      extensions: { pg_stat_statements },
      initDbStartParams: ['--wal-segsize=1'],
    };
    const template = await PGlite.create(folder, initdb);
    await template.exec('ALTER DATABASE postgres RENAME TO bookshop');
    await template.close();
    const { pg } = await openPglite({ kind: 'folder', path: folder });
    for (const file of ['schema.sql', 'data.sql']) await execFile(pg, sample(file));
    // the last three leave one near-empty segment of write-ahead log
    for (const sql of ['VACUUM (FREEZE, ANALYZE)', 'CHECKPOINT', 'SELECT pg_switch_wal()', 'CHECKPOINT'])
      await pg.exec(sql);
    await pg.close();
    return compress(Buffer.concat([...entriesOf(folder, ''), Buffer.alloc(1024)]));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function execFile(pg, file) {
  try {
    await pg.exec(readFileSync(file, 'utf8'));
  } catch (error) {
    // PGlite's own error carries the whole file
    throw new Error(`${file}: ${error.message} (${error.detail ?? error.where ?? 'no detail'})`);
  }
}

/** A window of 16 MB finds the three nearly equal databases in one archive: a third of what gzip makes of it. */
function compress(archive) {
  const params = {
    [constants.BROTLI_PARAM_QUALITY]: 9,
    [constants.BROTLI_PARAM_LGWIN]: 24,
    [constants.BROTLI_PARAM_SIZE_HINT]: archive.length,
  };
  return brotliCompressSync(archive, { params });
}

/** The folder's entries as ustar blocks, parents first. */
function* entriesOf(folder, prefix) {
  for (const name of readdirSync(folder).sort()) {
    if (name === 'postmaster.pid') continue;
    const path = join(folder, name);
    const entry = `${prefix}${name}`;
    if (statSync(path).isDirectory()) {
      yield tarHeader(`${entry}/`, 0, '5');
      yield* entriesOf(path, `${entry}/`);
    } else {
      const content = readFileSync(path);
      yield tarHeader(entry, content.length, '0');
      yield content;
      yield Buffer.alloc((512 - (content.length % 512)) % 512);
    }
  }
}

function tarHeader(name, size, type) {
  if (name.length > 100) throw new Error(`too long for a ustar entry: ${name}`);
  const octal = (value, digits) => `${value.toString(8).padStart(digits, '0')}\0`;
  const header = Buffer.alloc(512);
  header.write(name, 0);
  header.write(octal(type === '5' ? 0o700 : 0o600, 7), 100);
  header.write(octal(0, 7), 108);
  header.write(octal(0, 7), 116);
  header.write(octal(size, 11), 124);
  header.write(octal(0, 11), 136);
  header.write('        ', 148);
  header.write(type, 156);
  header.write('ustar\x0000', 257);
  header.write(
    `${header
      .reduce((sum, byte) => sum + byte, 0)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  );
  return header;
}
