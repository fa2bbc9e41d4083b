// npm run docker:test: builds the image, runs compose.yaml for real and uses it as its users would. Needs a Docker engine;
// where there is none it says so loudly and tests nothing. Networks and ports are compose.yaml's own, so stop a running copy first.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const project = 'mcp-sse-gateway-test';
const base = 'http://127.0.0.1:8000';
const nodeImage = process.env.NODE_IMAGE ?? 'node:24-bookworm-slim';
const postgresImage = process.env.POSTGRES_IMAGE ?? 'postgres:17-alpine';

function run(command, args, env = {}) {
  const done = spawnSync(command, args, { cwd: root, encoding: 'utf8', env: { ...process.env, ...env } });
  return {
    ok: done.status === 0,
    out: `${done.stdout ?? ''}${done.stderr ?? ''}`.trim(),
    stdout: (done.stdout ?? '').trim(),
  };
}
const docker = (...args) => run('docker', args);

function composeCommand() {
  if (run('docker', ['compose', 'version']).ok) return ['docker', ['compose']];
  return run('docker-compose', ['version']).ok ? ['docker-compose', []] : undefined;
}

const compose = composeCommand();
if (!docker('info').ok || !compose) {
  console.log(
    '\n*** docker:test was SKIPPED: no Docker engine with compose answers here. Nothing about the image was tested. ***\n',
  );
  console.log('0 passed, 0 failed, 1 skipped');
  process.exit(0);
}
const inCompose = (args, env) => run(compose[0], [...compose[1], '-p', project, ...args], env);

let passed = 0;
let failed = 0;
async function check(title, test) {
  try {
    await test();
    passed++;
    console.log(`ok      ${title}`);
  } catch (error) {
    failed++;
    console.log(`NOT OK  ${title}\n        ${error.message.replaceAll('\n', '\n        ')}`);
  }
}
function expect(actual, wanted, what = 'value') {
  if (JSON.stringify(actual) !== JSON.stringify(wanted))
    throw new Error(`${what}: ${JSON.stringify(actual)}, wanted ${JSON.stringify(wanted)}`);
}
async function until(what, seconds, probe) {
  let last;
  for (let i = 0; i < seconds * 4; i++) {
    last = await probe().catch((error) => error.message);
    if (last === true) return;
    await sleep(250);
  }
  throw new Error(`${what}: not within ${seconds} s; last: ${JSON.stringify(last)}`);
}
const callBody = (name, args) =>
  JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } });
async function call(url, name, args, headers = {}) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: callBody(name, args),
  });
  return { status: response.status, ...(await response.json()) };
}
const container = () => inCompose(['ps', '-q', 'mcp-sse-gateway']).stdout;
const inspect = (id, format) => docker('inspect', '-f', format, id).stdout;

async function embeddedStack() {
  await check('compose up works with no other file present, and becomes healthy', async () => {
    const up = inCompose(['up', '-d', '--no-build']);
    if (!up.ok) throw new Error(up.out);
    await until(
      'healthy',
      60,
      async () =>
        inspect(container(), '{{.State.Health.Status}}') === 'healthy' ||
        inspect(container(), '{{.State.Health.Status}}'),
    );
  });
  await check('tools answer on 127.0.0.1:8000, on the plugin port, and from the embedded database', async () => {
    await until('postgres healthy', 60, async () => (await fetch(`${base}/postgres/health`)).status === 200);
    const { result } = await call(`${base}/postgres/rpc`, 'list_databases', { include_size: true });
    if (result?.isError || !result?.structuredContent) throw new Error(JSON.stringify(result));
    const own = await (await fetch('http://127.0.0.1:8001/health')).json();
    expect(own.service, 'postgres', 'service on 8001');
  });
  await check('another container on litellm-net calls a tool by the service name', async () => {
    const script = `fetch('http://mcp-sse-gateway:8000/postgres/rpc', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '${callBody('list_tables', {})}' }).then((r) => r.json()).then((r) => console.log(JSON.stringify(r.result.structuredContent ?? r)))`;
    const other = docker('run', '--rm', '--network', 'litellm-net', nodeImage, 'node', '-e', script);
    if (!other.ok || !other.stdout.includes('"tables"')) throw new Error(other.out);
  });
  await check('it runs as mcpuser on a read-only root, without tools to build with', async () => {
    const id = container();
    expect(docker('exec', id, 'node', '-p', 'require("os").userInfo().username').stdout, 'mcpuser', 'user');
    if (docker('exec', id, 'node', '-e', 'require("fs").writeFileSync("/app/x", "")').ok)
      throw new Error('/app is writable');
    if (docker('exec', id, 'node', '-e', 'require.resolve("typescript")').ok)
      throw new Error('typescript is installed');
  });
  await check('a stop with open streams ends them, and the process exits with 0', async () => {
    const id = container();
    const streams = await Promise.all(Array.from({ length: 20 }, () => fetch(`${base}/postgres/sse`)));
    const ends = streams.map((stream) => stream.text());
    const stopped = inCompose(['stop', '-t', '15']);
    if (!stopped.ok) throw new Error(stopped.out);
    for (const text of await Promise.all(ends))
      if (!text.startsWith('event: endpoint')) throw new Error(`stream said ${text.slice(0, 80)}`);
    expect(inspect(id, '{{.State.ExitCode}}'), '0', 'exit code');
  });
  await check('the embedded data outlives the container', async () => {
    inCompose(['up', '-d', '--no-build', '--force-recreate']);
    await until('postgres healthy again', 60, async () => (await fetch(`${base}/postgres/health`)).status === 200);
  });
}

async function databaseStack() {
  const folder = mkdtempSync(join(tmpdir(), 'docker-test-'));
  const envFile = join(folder, 'sse.env');
  const key = 'docker-test-key-0123456789';
  writeFileSync(envFile, `DATABASE_URL=postgres://app:secret@docker-test-db:5432/app\nMCP_GATEWAY_KEY=${key}\n`, {
    mode: 0o600,
  });
  docker(
    'run',
    '-d',
    '--name',
    'docker-test-db',
    '--network',
    'postgres-net',
    '-e',
    'POSTGRES_USER=app',
    '-e',
    'POSTGRES_PASSWORD=secret',
    '-e',
    'POSTGRES_DB=app',
    postgresImage,
  );
  await check('with an env file it serves a real database on postgres-net, and asks for the key', async () => {
    const up = inCompose(['up', '-d', '--no-build', '--force-recreate'], { GATEWAY_ENV_FILE: envFile });
    if (!up.ok) throw new Error(up.out);
    await until('postgres healthy', 90, async () => (await fetch(`${base}/postgres/health`)).status === 200);
    expect((await call(`${base}/postgres/rpc`, 'list_databases', {})).status, 401, 'status without key');
    const { result } = await call(
      `${base}/postgres/rpc`,
      'execute_sql',
      { sql: 'SELECT current_database() AS name' },
      { authorization: `Bearer ${key}` },
    );
    if (!JSON.stringify(result?.structuredContent).includes('"app"')) throw new Error(JSON.stringify(result));
  });
  docker('rm', '-f', 'docker-test-db');
  rmSync(folder, { recursive: true, force: true });
}

inCompose(['down', '-v']);
await check('the image builds', async () => {
  const built = docker(
    'build',
    '--network',
    'host',
    '--build-arg',
    `NODE_IMAGE=${nodeImage}`,
    '-t',
    'mcp-sse-gateway:local',
    '.',
  );
  if (!built.ok) throw new Error(built.out.slice(-2000));
});
if (failed === 0) {
  await embeddedStack();
  await databaseStack();
  console.log(
    `image size: ${Math.round(Number(inspect('mcp-sse-gateway:local', '{{.Size}}')) / 1e6)} MB, of which base: ${Math.round(Number(inspect(nodeImage, '{{.Size}}')) / 1e6)} MB`,
  );
}
if (failed > 0) console.log(inCompose(['logs', '--tail', '50']).out);
inCompose(['down', '-v']);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
