import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { contendersFolder, project } from './places.mjs';

/** Installs the contenders' npm packages beside their scripts, unless that was done. Throws where it cannot, as without a network. */
export function installPackages(log) {
  const wanted = readFileSync(join(contendersFolder, 'package.json'), 'utf8');
  const folder = join(contendersFolder, 'node_modules');
  once(join(folder, '.made-for'), wanted, () => {
    log('installing the contenders of bench/contenders/package.json');
    const npm = ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--no-package-lock', '--loglevel=error'];
    command('npm', npm, contendersFolder);
  });
}

/** The folder of programs of a virtual environment that holds the pinned requirements of that name. */
export function installPython(name, log) {
  const pins = ['requirements', 'constraints'].map((kind) => pinFile(name, kind)).filter(Boolean);
  const folder = join(contendersFolder, '.venv', name);
  once(join(folder, '.made-for'), pins.map((file) => readFileSync(file, 'utf8')).join('\n'), () => {
    log(`installing ${name} from PyPI`);
    rmSync(folder, { recursive: true, force: true });
    command('python3', ['-m', 'venv', folder]);
    const [requirements, constraints] = pins;
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements];
    command(join(folder, 'bin', 'python'), [...pip, ...(constraints ? ['-c', constraints] : [])]);
  });
  return join(folder, 'bin');
}

/** The versions that the interoperability tests run, where they have the package, so that there is one pin. */
function pinFile(name, kind) {
  const candidates = [join(contendersFolder, 'python'), join(project, 'test', 'interop', 'python')];
  return candidates.map((folder) => join(folder, `${name}.${kind}.txt`)).find((file) => existsSync(file));
}

function once(stamp, wanted, make) {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  make();
  mkdirSync(join(stamp, '..'), { recursive: true });
  writeFileSync(stamp, wanted);
}

function command(program, args, cwd) {
  const { status, stderr, error } = spawnSync(program, args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  if (status === 0) return;
  // npm names the error first, pip last.
  const reason =
    error?.message ??
    stderr
      .trim()
      .split('\n')
      .at(program === 'npm' ? 0 : -1) ??
    '';
  throw new Error(`${program} ${args.slice(0, 3).join(' ')} failed, is there a network? ${reason.slice(0, 300)}`);
}
