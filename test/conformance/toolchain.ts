import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const suite = { name: '@modelcontextprotocol/conformance', version: '0.2.0-alpha.12' };
/** The suite's own minimum; where the running Node is older, a newer one comes from the npm registry. */
const oldestNode = 22;
const nodePackage = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
const nodeVersion = '24';

/** Kept between runs, and gone with node_modules. This runs from a folder of compiled files, one level down. */
export const cache = fileURLToPath(new URL('../../../node_modules/.cache/mcp-conformance/', import.meta.url));

export interface Toolchain {
  readonly node: string;
  readonly program: string;
  /** The folder of the suite's lists of required scenarios. */
  readonly requirements: string;
}

/** The suite's program and a Node that can run it; fetched into the cache where they are not there yet. */
export function toolchain(): Toolchain {
  const needsNode = Number.parseInt(process.versions.node, 10) < oldestNode;
  const dependencies = { [suite.name]: suite.version, ...(needsNode ? { [nodePackage]: nodeVersion } : {}) };
  const manifest = `${JSON.stringify({ private: true, dependencies }, null, 2)}\n`;
  const modules = join(cache, 'node_modules');
  const program = join(modules, ...suite.name.split('/'), 'dist', 'index.js');
  const ownNode = join(modules, nodePackage, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  const node = needsNode ? ownNode : process.execPath;
  const manifestFile = join(cache, 'package.json');
  const isThere = existsSync(manifestFile) && readFileSync(manifestFile, 'utf8') === manifest;
  if (!isThere || !existsSync(program) || !existsSync(node)) fetchPackages(manifestFile, manifest, dependencies);
  return { node, program, requirements: join(program, '..', '..', 'requirements') };
}

function fetchPackages(manifestFile: string, manifest: string, dependencies: Readonly<Record<string, string>>): void {
  const wanted = Object.entries(dependencies).map(([name, version]) => `${name}@${version}`);
  console.log(`Fetching ${wanted.join(' and ')}`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(manifestFile, manifest);
  const installed = spawnSync('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error'], {
    cwd: cache,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  if (installed.status !== 0)
    throw new Error('npm could not fetch what the conformance suite needs; is there a registry?');
}
