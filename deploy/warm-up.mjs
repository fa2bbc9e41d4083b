// While the image is built: one start and stop, so that Node keeps what it compiled (NODE_COMPILE_CACHE) in the image.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

const patienceMs = 60_000;
const data = mkdtempSync(join(tmpdir(), 'warm-up-'));
const gateway = spawn(process.execPath, ['dist/main.js', 'start', '--host', '127.0.0.1', '--port', '8000'], {
  env: { ...process.env, XDG_DATA_HOME: data, MCP_GATEWAY_MODE: 'prefix' },
  stdio: 'inherit',
});
const ended = new Promise((resolve) => gateway.once('exit', resolve));
try {
  if (!(await isReady(Date.now() + patienceMs))) throw new Error('the gateway did not get ready');
  gateway.kill('SIGTERM');
  const code = await ended;
  if (code !== 0) throw new Error(`the gateway ended with ${code}`);
} finally {
  gateway.kill('SIGKILL');
  rmSync(data, { recursive: true, force: true });
}

async function isReady(until) {
  while (Date.now() < until && gateway.exitCode === null) {
    const response = await fetch('http://127.0.0.1:8000/ready').catch(() => undefined); // not listening yet
    if (response?.status === 200) return true;
    await pause(100);
  }
  return false;
}
