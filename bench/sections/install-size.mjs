import { execFileSync } from 'node:child_process';
import { copyFileSync, lstatSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { project } from '../harness/places.mjs';

/** What `npm ci --omit=dev` puts on a disk, and the ten largest packages of it, in bytes of files. */
export function installSize(log) {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-bench-install-'));
  try {
    for (const file of ['package.json', 'package-lock.json']) copyFileSync(join(project, file), join(folder, file));
    log('npm ci --omit=dev');
    execFileSync('npm', ['ci', '--omit=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: folder,
      stdio: 'pipe',
    });
    const modules = join(folder, 'node_modules');
    const packages = packagesOf(modules).map((name) => ({ name, bytes: bytesOf(join(modules, name)) }));
    packages.sort((a, b) => b.bytes - a.bytes);
    return {
      bytes: bytesOf(modules),
      dist: bytesOf(join(project, 'dist')),
      count: packages.length,
      largest: packages.slice(0, 10),
    };
  } catch (error) {
    return {
      failed: String(error.stderr ?? error.message)
        .trim()
        .split('\n')
        .at(-1)
        .slice(0, 200),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What an image of this repository weighs, where a Docker engine has built one: `docker compose build`. */
export function imageSize() {
  try {
    const format = ['image', 'inspect', '--format', '{{.Size}}', 'mcp-sse-gateway:local'];
    return { bytes: Number(execFileSync('docker', format, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })) };
  } catch (error) {
    return {
      failed:
        error.code === 'ENOENT' ? 'no Docker here' : 'no image mcp-sse-gateway:local; docker compose build makes it',
    };
  }
}

function packagesOf(modules) {
  return readdirSync(modules).flatMap((name) => {
    if (name.startsWith('.')) return [];
    return name.startsWith('@') ? readdirSync(join(modules, name)).map((inner) => `${name}/${inner}`) : [name];
  });
}

function bytesOf(path) {
  const entry = lstatSync(path);
  if (!entry.isDirectory()) return entry.size;
  return readdirSync(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0);
}
