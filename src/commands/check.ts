import { setTimeout as delay } from 'node:timers/promises';
import { asksWhoCalls } from '../config/exposure.ts';
import type { LoadedConfig } from '../config/load.ts';
import { isBlock } from '../config/problems.ts';
import { secretsOf } from '../config/secrets.ts';
import type { Health } from '../core/plugin.ts';
import type { RunningPlugin } from '../core/running-plugin.ts';
import { examineIssuer } from './check-issuer.ts';
import { type Arguments, type Command, jsonOption } from './command.ts';
import { loadSettings } from './settings.ts';
import { type Output, printable, type Terminal } from './terminal.ts';

/** How long a plugin that is still starting is waited for. */
const patienceMs = 15_000;

interface Checked extends Health {
  readonly plugin: string;
}

/** `check`: the configuration, and everything it points at. */
export const check: Command = {
  name: 'check',
  summary: 'Checks the configuration and every upstream it names; exits with 1 where something is wrong.',
  usage: '',
  details:
    'Every plugin is started in this process, asked for its health, and stopped. No port is opened.\n' +
    'Where tokens are taken (auth.jwt), the keys of their issuer are fetched.',
  options: jsonOption,
  run,
};

async function run({ stdout, stderr }: Terminal, args: Arguments): Promise<number> {
  const loaded = await loadSettings(args);
  const [{ startPlugins }, { createLog }] = await Promise.all([import('../gateway.ts'), import('../log.ts')]);
  const log = createLog({ level: 'silent', secrets: secretsOf(loaded.config) });
  const running = startPlugins(loaded.config, loaded.plugins, log);
  stderr.progress('asking every upstream …');
  const { jwt } = loaded.config.auth;
  const [issuer, results] = await Promise.all([
    jwt ? examineIssuer(jwt) : undefined,
    Promise.all(running.map(examine)),
  ]);
  stderr.progress('');
  await Promise.all(running.map((plugin) => plugin.stop()));
  const notes = [...results.flatMap(notesOf), ...notesOn(loaded)];
  const good = [...results, ...(issuer ? [issuer] : [])].every(({ status }) => status === 'healthy');
  if (args.flag('json')) {
    stdout.line(JSON.stringify({ ok: good, config: loaded.file ?? null, issuer, plugins: results, notes }, null, 2));
  } else print(stdout, loaded, [...(issuer ? [{ plugin: 'issuer', ...issuer }] : []), ...results], notes);
  return good ? 0 : 1;
}

async function examine(running: RunningPlugin): Promise<Checked> {
  await running.settled;
  const end = Date.now() + patienceMs;
  let health = await running.health();
  while (isStarting(health) && Date.now() < end) {
    await delay(500);
    health = await running.health();
  }
  return { plugin: running.plugin.name, ...health };
}

/** Some part of the plugin says that it is on its way up, such as a database that is being opened. */
function isStarting({ reason, checks }: Health): boolean {
  return (
    reason === 'starting' || Object.values(checks ?? {}).some((part) => isBlock(part) && part.state === 'starting')
  );
}

/** What parts of a plugin have to say, such as that no database is configured. */
function notesOf({ plugin, checks }: Checked): string[] {
  return Object.entries(checks ?? {}).flatMap(([part, facts]) =>
    isBlock(facts) && typeof facts.note === 'string' ? [`${plugin}, ${part}: ${facts.note}`] : [],
  );
}

/** What is not wrong, but may not be meant. */
function notesOn({ config, file, environmentKey }: LoadedConfig): string[] {
  const { auth, server } = config;
  const notes: string[] = [];
  if (file === undefined)
    notes.push('There is no config.yaml here; all settings are defaults. Make one with: mcp-sse-gateway init');
  if (!asksWhoCalls(config) && auth.open) notes.push('auth.open: everyone who reaches the port may call every tool.');
  if (auth.keys.length > 0 && environmentKey === undefined) {
    notes.push('MCP_GATEWAY_KEY is not set: status, tools and call send the first key of auth.keys.');
  }
  if (server.publicUrl?.startsWith('http:') && asksWhoCalls(config)) {
    notes.push('server.publicUrl is not https: keys and tokens travel in clear text.');
  }
  return notes;
}

function print(out: Output, { file }: LoadedConfig, results: readonly Checked[], notes: readonly string[]): void {
  out.line(`${out.paint('green', 'ok')}    configuration  ${file ?? 'defaults'}`);
  const width = Math.max(...results.map(({ plugin }) => plugin.length), 'configuration'.length);
  for (const { plugin, status, reason, checks } of results) {
    const mark = status === 'healthy' ? out.paint('green', 'ok  ') : out.paint('red', 'fail');
    out.line(`${mark}  ${plugin.padEnd(width)}  ${printable(reason ?? status)}`);
    for (const [part, facts] of Object.entries(checks ?? {})) {
      out.line(out.paint('dim', printable(`      ${part}: ${factsText(facts)}`)));
    }
  }
  for (const note of notes) out.line(`note  ${printable(note)}`);
}

function factsText(facts: unknown): string {
  if (!isBlock(facts)) return typeof facts === 'object' ? JSON.stringify(facts) : String(facts);
  return Object.entries(facts)
    .filter(([key]) => key !== 'reason' && key !== 'note')
    .map(([key, value]) => `${key} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
    .join(', ');
}
