import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commands } from '../../src/commands/index.ts';
import { folderWith } from '../support/config-folder.ts';
import { run } from './support.ts';

const cwd = () => folderWith({});

test.each([['--version'], ['-v'], ['status', '--version']])('%s prints the version', async (...args) => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
  expect(await run(args, { cwd: cwd() })).toMatchObject({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test.each([['--help'], ['-h'], ['help']])('%s names every command', async (...args) => {
  const { code, stdout, stderr } = await run(args, { cwd: cwd() });
  expect([code, stderr]).toEqual([0, '']);
  for (const { name, summary } of commands)
    expect(stdout).toMatch(new RegExp(`^  ${name} .*${summary.slice(0, 20).replaceAll(/[()]/g, '.')}`, 'm'));
});

test.each(commands.map(({ name }) => name))('%s has a help of its own', async (name) => {
  const [asked, other] = await Promise.all([
    run([name, '--help'], { cwd: cwd() }),
    run(['help', name], { cwd: cwd() }),
  ]);
  expect(asked).toEqual(other);
  expect(asked).toMatchObject({ code: 0, stderr: '' });
  expect(asked.stdout).toContain(`Usage: mcp-sse-gateway ${name}`);
  const command = commands.find((candidate) => candidate.name === name);
  for (const option of Object.keys(command?.options ?? {})) expect(asked.stdout).toContain(`--${option}`);
});

test('help needs neither a configuration nor a plugin', async () => {
  const broken = folderWith({ 'config.yaml': 'server: { prot: 1 }' });
  expect(await run(['start', '--help'], { cwd: broken })).toMatchObject({ code: 0, stderr: '' });
});

describe('what is not understood ends with 2, and names the nearest word', () => {
  test.each([
    [['stat'], 'error: Unknown command "stat"; did you mean "start"?\nRun mcp-sse-gateway --help for help.\n'],
    [
      ['frobnicate'],
      /^error: Unknown command "frobnicate"; commands: start, status, tools, call, check, litellm, openapi, init\n/,
    ],
    [['help', 'stats'], /^error: Unknown command "stats"; did you mean/],
    [
      ['status', '--jsn'],
      'error: Unknown option "--jsn"; did you mean "--json"?\nRun mcp-sse-gateway status --help for help.\n',
    ],
    [['--prt', '1'], /^error: Unknown command "1"/],
    [
      ['--prt=1'],
      'error: Unknown option "--prt"; did you mean "--port"?\nRun mcp-sse-gateway start --help for help.\n',
    ],
    [['start', '-x'], /^error: Unknown option "-x"; see --help\nRun mcp-sse-gateway start --help/],
    [['init', '--json'], /^error: Unknown option "--json"; see --help/],
    [['start', '--port'], /^error: Option '-p, --port <value>' argument missing/],
    [['status', '--json=yes'], /^error: Option '--json' does not take an argument/],
    [['start', 'now'], 'error: Unexpected argument "now"\nRun mcp-sse-gateway start --help for help.\n'],
    [['call'], /^error: <plugin> is missing\nRun mcp-sse-gateway call --help/],
    [['call', 'a'], /^error: <tool> is missing/],
    [['call', 'a', 'b', '{}', 'c'], /^error: Unexpected argument "c"/],
    [['call', 'a', 'b', '{'], /^error: The arguments are not JSON: /],
    [['call', 'a', 'b', '[1]'], /^error: The arguments must be a JSON object, such as /],
    [['litellm', '--transport', 'stdio'], /^error: --transport must be sse or http/],
    [['litellm', '--url', 'gw:8000'], /^error: --url must be an http or https URL/],
    [['status', '--url', 'http://me:pw@gw'], /^error: --url must be an http or https URL without credentials/],
    [['start', '--port', 'x'], /^error: --port: server\.port: must be a whole number from 0 to 65535/, 1],
  ])('%j', async (args, message, code = 2) => {
    const finished = await run(args, { cwd: cwd() });
    expect(finished.stdout).toBe('');
    if (typeof message === 'string') expect(finished.stderr).toBe(message);
    else expect(finished.stderr).toMatch(message);
    expect(finished.code).toBe(code);
  });
});

test('options may stand before the command', async () => {
  const { code, stderr } = await run(['--config', 'absent.yaml', 'status'], { cwd: cwd() });
  expect([code, stderr]).toEqual([1, 'error: absent.yaml cannot be read (ENOENT)\n']);
});
