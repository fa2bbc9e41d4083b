import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { builtInPlugins } from 'mcp-sse-gateway';
import { onTestFinished } from 'vitest';
import { folderWith } from '../support/config-folder.ts';

const main = resolve('dist/main.js');

export const goodKey = '0123456789abcdef0123456789abcdef';

/** A plugin of somebody else with a tool of every temper, as the text of a module. */
const testPlugin = `
import { definePlugin, defineTool, GatewayError, withContent } from ${JSON.stringify(pathToFileURL(resolve('dist/index.js')).href)};
import * as v from ${JSON.stringify(import.meta.resolve('valibot'))};
import { setTimeout as delay } from 'node:timers/promises';

const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const echo = defineTool({
  name: 'echo', title: 'Echo', description: 'Says it again.', annotations,
  input: v.strictObject({ text: v.pipe(v.string(), v.description('What to say.')) }),
  output: v.object({ text: v.string(), greeting: v.string() }),
  handler: ({ deps }, { text }) => ({ text, greeting: deps.greeting }),
});
const fail = defineTool({
  name: 'fail', title: 'Fail', description: 'Always fails.', annotations,
  input: v.strictObject({}), output: v.object({}),
  handler: () => { throw new GatewayError('upstream', 'The upstream said no. Ask it nicely.'); },
});
const slow = defineTool({
  name: 'slow', title: 'Slow', description: 'Takes its time.', annotations,
  input: v.strictObject({ ms: v.number() }), output: v.object({ waited: v.number() }),
  handler: async ({ progress, log }, { ms }) => {
    log.info({ ms }, 'waiting');
    if (ms < 0) setTimeout(() => { throw new Error('nobody catches this'); }, 0);
    progress(1, 2, 'half way');
    await delay(ms);
    return { waited: ms };
  },
});
const picture = defineTool({
  name: 'picture', title: 'Picture', description: 'Shows a picture.', annotations, input: v.strictObject({}),
  handler: () => withContent([{ type: 'text', text: 'look' }, { type: 'image', data: 'aGVsbG8h', mimeType: 'image/png' }]),
});
export const plugin = definePlugin({
  name: 'demo-tools', title: 'Demo', description: 'Tools to try things with.', defaultPort: 8099,
  config: v.strictObject({
    greeting: v.optional(v.string(), 'hello'), broken: v.optional(v.string()),
    token: v.optional(v.string()),
  }),
  tools: [echo, fail, slow, picture],
  start: (config, { log }) => {
    if (config.broken) throw new Error(config.broken);
    if (config.token) log.info({ note: 'the token is ' + config.token }, 'started');
    return { greeting: config.greeting };
  },
});
`;

interface Place {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

function spawnMain(args: readonly string[], { cwd, env = {} }: Place): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], {
    cwd,
    env: { PATH: process.env.PATH, HOME: cwd, XDG_DATA_HOME: cwd, ...env },
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function finished(child: ChildProcess): Promise<Finished> {
  const texts = { stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => (texts.stdout += chunk));
  child.stderr?.on('data', (chunk) => (texts.stderr += chunk));
  const [code, signal] = await once(child, 'close');
  return { code, signal, ...texts };
}

/** Runs one command of the built program to its end. */
export function run(args: readonly string[], place: Place): Promise<Finished> {
  const child = spawnMain(args, place);
  child.stdin?.end(place.input ?? '');
  return finished(child);
}

/** A folder with the test plugin and a configuration that serves it, and nothing else, on a free port. */
export function demoFolder(settings = '', server = 'server: { port: 0 }'): string {
  const off = builtInPlugins.map(({ name }) => `  ${name}: { enabled: false }\n`).join('');
  return folderWith({
    'demo-plugin.mjs': testPlugin,
    'config.yaml': `${server}\nplugins:\n${off}  demo-tools: { module: ./demo-plugin.mjs, ${settings} }\n`,
  });
}

export interface RunningGateway {
  readonly url: string;
  readonly urls: readonly string[];
  readonly child: ChildProcess;
  readonly done: Promise<Finished>;
  /** The first line of the log with that message, as soon as it is there. */
  logged(message: string): Promise<Record<string, unknown>>;
}

/** Starts the gateway and resolves when its log says that it listens. */
export async function startGateway(place: Place, args: readonly string[] = ['start']): Promise<RunningGateway> {
  const child = spawnMain(args, place);
  let text = '';
  child.stderr?.on('data', (chunk) => (text += chunk));
  const done = finished(child);
  async function logged(message: string): Promise<Record<string, unknown>> {
    for (;;) {
      const line = text.split('\n').find((candidate) => candidate.includes(`"msg":"${message}"}`));
      if (line !== undefined) return JSON.parse(line);
      if (child.exitCode !== null) throw new Error(`the gateway ended without "${message}":\n${text}`);
      await delay(20);
    }
  }
  const { listeners } = (await logged('listening')) as { listeners: { url: string }[] };
  const urls = listeners.map(({ url }) => url);
  return { url: urls[0] ?? '', urls, child, done, logged };
}
