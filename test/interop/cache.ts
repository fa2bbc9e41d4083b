import { spawnSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** This runs from a folder of compiled files, two levels down. */
const source = fileURLToPath(new URL('../../', import.meta.url));
/** Kept between runs, and gone with node_modules: none of the clients is a dependency of the gateway. */
const cache = fileURLToPath(new URL('../../../../node_modules/.cache/interop/', import.meta.url));

/** The Inspector's minimum; where the running Node is older, a newer one comes from the npm registry. */
const oldestNode = 22;
const newerNode = { name: `node-${process.platform}-${process.arch}`, version: '24.21.0' };
/** The minimum of the Python packages. */
const oldestPython = [3, 10];

/** Why something is not there to be run: told as the reason of a skip. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

/** The folder where the drivers stand beside the npm packages of their clients; fetched where it is not there yet. */
export function npmClients(): string {
  const folder = join(cache, 'node');
  const files = ['package.json', 'package-lock.json'];
  install(folder, files.map((file) => readFileSync(join(source, 'packages', file), 'utf8')).join(''), () => {
    for (const file of files) copyFileSync(join(source, 'packages', file), join(folder, file));
    npm(folder, ['ci']);
  });
  const drivers = join(folder, 'clients');
  rmSync(drivers, { recursive: true, force: true });
  cpSync(join(source, 'clients'), drivers, { recursive: true });
  return drivers;
}

/** A Node that runs every client. */
export function newNode(): string {
  if (Number.parseInt(process.versions.node, 10) >= oldestNode) return process.execPath;
  const folder = join(cache, 'newer-node');
  install(folder, `${newerNode.name}@${newerNode.version}`, () => {
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    npm(folder, ['install', `${newerNode.name}@${newerNode.version}`]);
  });
  return join(folder, 'node_modules', newerNode.name, 'bin', 'node');
}

/** The folder of the programs of a virtual environment: `python/{name}.requirements.txt`, at the versions of its constraints. */
export function pythonBin(name: string): string {
  const [requirements = '', constraints = ''] = ['requirements', 'constraints'].map((kind) =>
    join(source, 'python', `${name}.${kind}.txt`),
  );
  const folder = join(cache, 'python', name);
  const bin = join(folder, process.platform === 'win32' ? 'Scripts' : 'bin');
  const wanted = [pythonVersion(), readFileSync(requirements, 'utf8'), readFileSync(constraints, 'utf8')].join('\n');
  install(folder, wanted, () => {
    command('python3', ['-m', 'venv', folder]);
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    command(join(bin, 'python'), [...pip, '-r', requirements, '-c', constraints]);
  });
  return bin;
}

function pythonVersion(): string {
  const { status, stdout } = spawnSync('python3', ['--version'], { encoding: 'utf8' });
  const [major = 0, minor = 0] = (/\d+\.\d+/.exec(stdout ?? '')?.[0] ?? '').split('.').map(Number);
  const [oldestMajor = 0, oldestMinor = 0] = oldestPython;
  if (status !== 0) throw new Unavailable('there is no python3');
  if (major > oldestMajor || (major === oldestMajor && minor >= oldestMinor)) return `${major}.${minor}`;
  throw new Unavailable(`python3 is ${major}.${minor}, and the packages need ${oldestPython.join('.')}`);
}

/** Runs `make` in an empty folder unless it was last made for the same text. */
function install(folder: string, wanted: string, make: () => void): void {
  const stamp = join(folder, '.made-for');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  console.log(`Making ${folder}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  make();
  writeFileSync(stamp, wanted);
}

function npm(folder: string, args: readonly string[]): void {
  command('npm', [...args, '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], folder);
}

function command(program: string, args: readonly string[], cwd?: string): void {
  const { status, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    shell: program === 'npm' && process.platform === 'win32',
  });
  if (status === 0) return;
  const reason = error?.message ?? lastLine(stderr);
  throw new Unavailable(`${program} ${args.slice(0, 3).join(' ')} failed: ${reason.slice(0, 300)}`);
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}
