import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { cpus, release, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { contendersFolder, project } from './places.mjs';

/** What a result depends on. Nothing in it names the machine or a path of it. */
export function describeRun(command) {
  const [{ model }] = cpus();
  return {
    command,
    machine: {
      cpu: model.replace(/\s+/g, ' '),
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      kernel: `${type()} ${release()}`,
    },
    versions: { node: process.version, commit: commit(), ...packageVersions() },
  };
}

function commit() {
  const git = (...args) => execFileSync('git', ['-C', project, ...args], { encoding: 'utf8' }).trim();
  try {
    const isChanged = git('status', '--porcelain', '--', 'src', 'bench/**/*.mjs', 'package-lock.json') !== '';
    return `${git('rev-parse', '--short=12', 'HEAD')}${isChanged ? ' and changes' : ''}`;
  } catch {
    return 'unknown';
  }
}

/** The installed versions of what the contenders are made of; those of contenders that were not installed are absent. */
function packageVersions() {
  const wanted = Object.keys(JSON.parse(readFileSync(join(contendersFolder, 'package.json'), 'utf8')).dependencies);
  const versions = {};
  const read = (name, folder) => {
    try {
      versions[name] = JSON.parse(readFileSync(join(folder, 'node_modules', name, 'package.json'), 'utf8')).version;
    } catch {
      // not installed: the rows that need it say so
    }
  };
  for (const name of ['hono', '@hono/node-server', 'valibot', 'postgres']) read(name, project);
  for (const name of wanted) read(name, contendersFolder);
  return { ...versions, ...pythonVersions() };
}

/** What the virtual environments were made for: their stamps begin with the pinned requirements. */
function pythonVersions() {
  const environments = join(contendersFolder, '.venv');
  if (!existsSync(environments)) return {};
  const pins = readdirSync(environments).map((name) => {
    const stamp = join(environments, name, '.made-for');
    const [, version] = existsSync(stamp) ? (/==(\S+)/.exec(readFileSync(stamp, 'utf8')) ?? []) : [];
    return [`${name} (PyPI)`, version ?? 'unknown'];
  });
  return Object.fromEntries(pins);
}
