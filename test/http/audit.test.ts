import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from '../support/config-folder.ts';
import { post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';

const key = 'correct-horse-battery-staple';
const headers = { authorization: `Bearer ${key}` };
const auth = { keys: [{ name: 'one', key }] };

function call(running: TestGateway, name: string, args: Record<string, unknown>): Promise<Response> {
  return post(`${running.url}/fixture/rpc`, request('tools/call', { name, arguments: args }), headers);
}

function linesOf(text: string) {
  return text
    .split('\n')
    .filter((line) => line.includes('"msg":"tool call"'))
    .map((line) => JSON.parse(line));
}

test('each call is one line of the log that says who called what and how it ended', async () => {
  const running = await startTestGateway({ auth });
  const response = await call(running, 'echo', { text: 'a private text' });
  await call(running, 'fail', { how: 'clearly' });
  await call(running, 'made-up\n"name', {});
  await post(`${running.url}/fixture/tools/echo`, { text: 'x' }, headers);
  await running.gateway.stop();
  expect(linesOf(running.log())).toMatchObject([
    {
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      plugin: 'fixture',
      tool: 'echo',
      principal: 'key:one',
      requestId: response.headers.get('x-request-id'),
      outcome: 'ok',
      ms: expect.any(Number),
    },
    { tool: 'fail', outcome: expect.not.stringMatching(/^ok$/) },
    { tool: null, outcome: 'unknown_tool' },
    { tool: 'echo', outcome: 'ok' },
  ]);
  expect(running.log()).not.toContain('a private text');
  expect(running.log()).not.toContain(key);
});

test('a call of a session is told by the id of the request that brought it', async () => {
  const running = await startTestGateway({ auth });
  const { client, send } = await SseClient.session(running.url, '/fixture/sse', headers);
  const posted = await send(request('tools/call', { name: 'echo', arguments: { text: 'x' } }));
  await client.answer(1);
  client.close();
  await running.gateway.stop();
  expect(linesOf(running.log())).toMatchObject([{ tool: 'echo', requestId: posted.headers.get('x-request-id') }]);
});

test('arguments are told where the operator asks for them, without the secrets of the configuration, and bounded', async () => {
  const running = await startTestGateway({ auth, audit: { arguments: true } });
  await call(running, 'echo', { text: `here is ${key}` });
  await call(running, 'echo', { text: 'x'.repeat(10_000) });
  await running.gateway.stop();
  const [first, second] = linesOf(running.log());
  expect(first).toMatchObject({ arguments: { text: 'here is [redacted]' } });
  expect(second.arguments.length).toBeLessThan(5000);
});

test('lines go to a file of their own, which only its owner reads, and survive a stop at once', async () => {
  const file = join(folderWith({}), 'audit.log');
  const running = await startTestGateway({ auth, audit: { file } });
  for (let i = 0; i < 100; i++) await call(running, 'echo', { text: `${i}` });
  await running.gateway.stop();
  expect(linesOf(readFileSync(file, 'utf8'))).toHaveLength(100);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(running.log()).not.toContain('tool call');
});

test('a file that cannot be opened refuses the start and names the key', async () => {
  await expect(startTestGateway({ audit: { file: join(folderWith({}), 'no', 'such', 'folder') } })).rejects.toThrow(
    'audit.file',
  );
});

test.each([
  ['switched off', { audit: { enabled: false } }],
  ['gone with a log that tells warnings only', { log: { level: 'warn' } }],
])('the audit is %s', async (_what, config) => {
  const running = await startTestGateway({ auth, ...config });
  await call(running, 'echo', { text: 'x' });
  await running.gateway.stop();
  expect(running.log()).not.toContain('tool call');
});
