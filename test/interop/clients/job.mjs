// What every driver needs: its job from standard input, and a place for its report on standard output.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const job = JSON.parse(readFileSync(0, 'utf8'));

/** The URL of a face on the transport of the job; `http-first` clients are given the one of SSE, as people do. */
const path = job.transport === 'sse' || job.mode === 'http-first' ? 'sse' : 'mcp';
export const urlOf = (face) => new URL(`${face.url}/${path}`);

/** Name and installed version of an npm package. */
export function versionOf(name) {
  const manifest = fileURLToPath(new URL(`../node_modules/${name}/package.json`, import.meta.url));
  return `${name} ${JSON.parse(readFileSync(manifest, 'utf8')).version}`;
}

/** Prints the report and ends, whatever the client left open. */
export function report(client, faces, revision) {
  process.stdout.write(`${JSON.stringify({ client, revision, faces })}\n`, () => process.exit(0));
}

/** Lists the tools of every face and makes its calls; `open` returns what lists, calls and closes for one face. */
export async function visitFaces(open) {
  const faces = [];
  for (const face of job.faces) {
    const { list, call, close } = await open(face);
    const tools = await list();
    const calls = [];
    for (const { tool, arguments: args } of face.calls) calls.push(await call(tool, args));
    await close();
    faces.push({ name: face.name, tools, calls });
  }
  return faces;
}

export const toolOf = ({ name, description, inputSchema }) => ({ name, description, inputSchema });

/** A result of tools/call, as a report has it. */
export function callOf({ content, structuredContent, isError = false }) {
  return { isError, text: content.map(({ text }) => text).join('\n'), structured: structuredContent ?? null };
}

/** A port that is free at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Starts a server program and resolves when `url` answers well; what it printed is shown where it does not. */
export async function startServer(program, args, env, url) {
  const child = spawn(program, args, { cwd: job.folder, env: { ...process.env, ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
  for (const end = Date.now() + 240_000; Date.now() < end && child.exitCode === null; await delay(250)) {
    const response = await fetch(url).catch(() => undefined);
    if (response?.ok) return { child, output: () => output };
  }
  child.kill('SIGKILL');
  throw new Error(`${program} does not come up:\n${output}`);
}
