import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { GatewayError } from '../core/errors.ts';
import type { Arguments, Command } from './command.ts';
import type { Terminal } from './terminal.ts';

const template = new URL('../../config.yaml', import.meta.url);
const schemaFolder = '$schema=./dist/';

/** `init`: a documented config.yaml, and a new key in an env file that only its owner can read. */
export const init: Command = {
  name: 'init',
  summary: 'Writes config.yaml and sse.env, with a new key, into this folder.',
  usage: '',
  details: 'config.yaml names every key with its default. sse.env (mode 600) holds the key, and takes other secrets.',
  options: { force: { type: 'boolean', short: 'f', help: 'Replaces files that are there already.' } },
  run,
};

async function run({ stdout }: Terminal, args: Arguments): Promise<number> {
  const files = { 'config.yaml': configText(), 'sse.env': envText() };
  const there = Object.keys(files).filter((name) => existsSync(name));
  if (there.length > 0 && !args.flag('force')) {
    const verb = there.length === 1 ? 'is' : 'are';
    throw new GatewayError('bad_config', `${there.join(' and ')} ${verb} here already; replace with: init --force`);
  }
  for (const [name, text] of Object.entries(files)) {
    rmSync(name, { force: true });
    // wx: what appears here between the two calls, such as a link, is not written through
    writeFileSync(name, text, { flag: 'wx', mode: name === 'sse.env' ? 0o600 : 0o644 });
  }
  stdout.line('Wrote config.yaml (every key with its default) and sse.env (mode 600, with a new MCP_GATEWAY_KEY).');
  stdout.line('Keep sse.env out of version control. Next:\n');
  stdout.line('  1. put DATABASE_URL and other secrets into sse.env');
  stdout.line('  2. mcp-sse-gateway check     asks every upstream');
  stdout.line('  3. mcp-sse-gateway start     runs the gateway');
  stdout.line('  4. mcp-sse-gateway litellm   prints the block for LiteLLM');
  return 0;
}

function configText(): string {
  return readFileSync(template, 'utf8').replace(schemaFolder, '$schema=./node_modules/mcp-sse-gateway/dist/');
}

function envText(): string {
  return `# Secrets of mcp-sse-gateway. Only you may read this file (mode 600).
# Clients send this key as "Authorization: Bearer <key>" or "X-API-Key: <key>".
MCP_GATEWAY_KEY=${randomBytes(32).toString('hex')}

# The database that the postgres plugin serves; without it, an embedded PostgreSQL with sample data.
# DATABASE_URL=postgres://reader:password@localhost:5432/app
`;
}
