import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../../dist/main.js', import.meta.url));
const fixture = fileURLToPath(new URL('./fixture.js', import.meta.url));
const startMs = 60_000;

export interface GatewayProcess {
  readonly url: string;
  /** What the command line prints for LiteLLM, for a gateway of this configuration. */
  liteLlm(args: readonly string[]): string;
  readonly log: () => string;
  stop(): Promise<void>;
}

/** Runs the built gateway with the fixture plugin and PostgreSQL inside, with a key or open, on a free port. */
export async function startGatewayProcess(folder: string, key: string | undefined): Promise<GatewayProcess> {
  const config = join(folder, 'config.yaml');
  const settings = {
    server: { port: 0 },
    dataFolder: join(folder, 'data'),
    auth: { keys: key === undefined ? [] : [{ name: 'interop', key }] },
    plugins: { fixture: { module: fixture }, postgres: { databases: { main: 'embedded' } } },
  };
  writeFileSync(config, JSON.stringify(settings));
  const env = { PATH: process.env.PATH, HOME: folder };
  const child = spawn(process.execPath, [main, 'start', '--config', config], { cwd: folder, env });
  let log = '';
  child.stdout.resume();
  child.stderr.on('data', (chunk) => (log += chunk));
  const headers: Record<string, string> = key === undefined ? {} : { 'x-api-key': key };
  const url = await listening(child, headers, () => log);
  const liteLlm = (args: readonly string[]) =>
    execFileSync(process.execPath, [main, 'litellm', '--config', config, '--url', url, ...args], {
      cwd: folder,
      env,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  return { url, liteLlm, log: () => log, stop: () => stop(child) };
}

/** The address, once every plugin is ready. */
async function listening(child: ChildProcess, headers: Record<string, string>, log: () => string): Promise<string> {
  for (const end = Date.now() + startMs; Date.now() < end; await delay(100)) {
    if (child.exitCode !== null) break;
    const url = /"url":"(http:[^"]+)"/.exec(log())?.[1];
    if (url !== undefined && (await fetch(`${url}/ready`, { headers })).ok) return url;
  }
  child.kill('SIGKILL');
  throw new Error(`the gateway does not come up:\n${log()}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
