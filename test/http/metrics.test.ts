import { afterAll, beforeAll, expect, test } from 'vitest';
import { post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { modern } from '../support/modern.ts';
import { SseClient } from '../support/sse-client.ts';

const key = 'correct-horse-battery-staple';
const headers = { authorization: `Bearer ${key}` };
let running: TestGateway;
beforeAll(async () => {
  running = await startTestGateway({ auth: { keys: [{ name: 'one', key }] } });
});
afterAll(() => running.gateway.stop());

async function scrape(): Promise<string> {
  const response = await fetch(`${running.url}/metrics`, { headers });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toContain('text/plain; version=0.0.4');
  return response.text();
}

/** The value of the sample that starts with this text; 0 where there is none. */
async function value(sample: string): Promise<number> {
  const line = (await scrape()).split('\n').find((candidate) => candidate.startsWith(`${sample} `));
  return line === undefined ? 0 : Number(line.slice(sample.length + 1));
}

const echo = request('tools/call', { name: 'echo', arguments: { text: 'hi' } });
const ok = 'mcp_gateway_tool_calls_total{plugin="fixture",tool="echo",outcome="ok"}';

test('a call is counted once, by whatever way it came', async () => {
  const before = await value(ok);
  await post(`${running.url}/fixture/rpc`, echo, headers);
  await post(`${running.url}/fixture/mcp`, echo, headers);
  await post(
    `${running.url}/mcp`,
    request('tools/call', { name: 'fixture__echo', arguments: { text: 'hi' } }),
    headers,
  );
  await post(`${running.url}/fixture/tools/echo`, { text: 'hi' }, headers);
  await modern(`${running.url}/fixture/mcp`, 'tools/call', { name: 'echo', arguments: { text: 'hi' } }, { headers });
  expect(await value(ok)).toBe(before + 5);
});

test('failures are counted by their code, and names that callers made up are not kept', async () => {
  const of = (tool: string, outcome: string) =>
    `mcp_gateway_tool_calls_total{plugin="fixture",tool="${tool}",outcome="${outcome}"}`;
  await post(`${running.url}/fixture/rpc`, request('tools/call', { name: 'no-such-tool-a' }), headers);
  await post(`${running.url}/fixture/rpc`, request('tools/call', { name: 'no-such-tool-b' }), headers);
  await post(`${running.url}/fixture/rpc`, request('tools/call', { name: 'echo', arguments: { nope: 1 } }), headers);
  await post(
    `${running.url}/fixture/rpc`,
    request('tools/call', { name: 'fail', arguments: { how: 'by a defect' } }),
    headers,
  );
  await post(`${running.url}/fixture/rpc`, request('made/up'), headers);
  expect(await value(of('', 'unknown_tool'))).toBe(2);
  expect(await value(of('echo', 'invalid_input'))).toBe(1);
  expect(await value(of('fail', 'internal'))).toBe(1);
  expect(await value('mcp_gateway_requests_total{method="unknown",outcome="error"}')).toBe(1);
  const text = await scrape();
  expect(text).not.toContain('no-such-tool');
  expect(text).not.toContain('made/up');
});

test('the durations of a tool add up to its calls', async () => {
  const lines = (await scrape())
    .split('\n')
    .filter((line) => line.includes('tool="echo"') && line.includes('duration'));
  const buckets = lines.filter((line) => line.includes('_bucket')).map((line) => Number(line.split(' ').at(-1)));
  expect(buckets).toEqual([...buckets].sort((a, b) => a - b));
  expect(
    lines
      .find((line) => line.includes('le="+Inf"'))
      ?.split(' ')
      .at(-1),
  ).toBe(
    lines
      .find((line) => line.includes('_count'))
      ?.split(' ')
      .at(-1),
  );
});

test('requests that the guards turn away are counted by guard', async () => {
  const refused = (reason: string) => value(`mcp_gateway_refused_requests_total{reason="${reason}"}`);
  const [keys, addresses] = [await refused('key'), await refused('address')];
  expect((await fetch(`${running.url}/fixture/tools`)).status).toBe(401);
  expect((await fetch(`${running.url}/fixture/tools`, { headers: { origin: 'https://evil.example' } })).status).toBe(
    403,
  );
  expect([await refused('key'), await refused('address')]).toEqual([keys + 1, addresses + 1]);
});

test('sessions and streams are told while they are open', async () => {
  const client = await SseClient.open(`${running.url}/fixture/sse`, { headers });
  expect([await value('mcp_gateway_sessions'), await value('mcp_gateway_streams')]).toEqual([1, 1]);
  client.close();
  await expect.poll(() => value('mcp_gateway_streams')).toBe(0);
  expect(await value('mcp_gateway_sessions')).toBe(0);
});

test('every line is what a scraper can read, and no key is in it', async () => {
  const text = await scrape();
  const sample = /^[a-z_]+(\{[a-z]+="(?:[^"\\\n]|\\["\\n])*"(,[a-z]+="(?:[^"\\\n]|\\["\\n])*")*\})? -?[0-9.e+-]+$/;
  const comment = /^# (HELP|TYPE) [a-z_]+ .+$/;
  expect(
    text
      .trimEnd()
      .split('\n')
      .filter((line) => !sample.test(line) && !comment.test(line)),
  ).toEqual([]);
  expect(text).not.toContain(key);
  expect(await value('mcp_gateway_plugin_up{plugin="fixture"}')).toBe(1);
});
