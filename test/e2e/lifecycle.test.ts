import { connect } from 'node:net';
import { definePlugin, GatewayError } from 'mcp-sse-gateway';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { jsonOf, post, request, startTestGateway } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';

const wait = (ms: number) => request('tools/call', { name: 'wait', arguments: { ms } });

async function callsRunning(url: string): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  return Number(/^mcp_gateway_calls_running (\d+)$/m.exec(metrics)?.[1]);
}

test('a stop lets running calls end, says so on /ready at once, and closes streams after them', async () => {
  const { gateway, url } = await startTestGateway();
  const streams = await Promise.all(Array.from({ length: 50 }, () => SseClient.session(url, '/fixture/sse')));
  for (const { send } of streams) await send(wait(5000));
  const direct = Promise.all(
    Array.from({ length: 50 }, async () => jsonOf(await post(`${url}/fixture/rpc`, wait(5000)))),
  );
  await expect.poll(() => callsRunning(url), { timeout: 4000 }).toBe(100);
  const stopped = gateway.stop();
  const ready = await fetch(`${url}/ready`);
  expect([ready.status, (await jsonOf(ready)).status]).toEqual([503, 'draining']);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  const late = await jsonOf(await post(`${url}/fixture/rpc`, wait(1)));
  expect(late.error.message).toContain('shutting down');
  for (const answer of await direct) expect(answer.result.structuredContent).toEqual({ waited: 5000 });
  await stopped;
  for (const { client } of streams) {
    await client.end();
    expect(client.events.at(-1)?.data).toContain('"waited":5000');
  }
  await expect(fetch(`${url}/health`)).rejects.toThrow();
});

test('a call that outlasts the drain is called off, and its caller told why', async () => {
  const aborted = { count: 0 };
  const { gateway, url } = await startTestGateway({ server: { drainTimeout: '300ms' } }, [
    fixturePlugin('fixture', aborted),
  ]);
  const called = ['/fixture/rpc', '/fixture/mcp'].map((path) => post(`${url}${path}`, wait(20_000)).then(jsonOf));
  const rest = post(`${url}/fixture/tools/wait`, { ms: 20_000 });
  const { client, send } = await SseClient.session(url, '/fixture/sse');
  await send(wait(20_000));
  await new Promise((resolve) => setTimeout(resolve, 200));
  await gateway.stop();
  for (const { result } of [...(await Promise.all(called)), await client.answer(1)]) {
    expect(result).toMatchObject({ isError: true, content: [{ text: expect.stringContaining('shutting down') }] });
  }
  expect([(await rest).status, aborted.count]).toEqual([422, 4]);
});

test('a stop does not wait for a body that does not come', async () => {
  const { gateway, url } = await startTestGateway({ server: { drainTimeout: '20s' } });
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.on('error', () => undefined);
  const head = 'Host: localhost\r\nContent-Type: application/json\r\nContent-Length: 200';
  socket.write(`POST /fixture/tools/echo HTTP/1.1\r\n${head}\r\n\r\n{"tex`);
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect(await callsRunning(url)).toBe(0);
  const started = performance.now();
  await gateway.stop();
  expect(performance.now() - started).toBeLessThan(15_000);
});

/** A plugin whose start fails until it is told otherwise. */
function failingPlugin() {
  const state = { fails: true };
  const plugin = definePlugin({
    name: 'shaky',
    title: 'Shaky',
    description: 'Fails to start at first.',
    config: v.strictObject({}),
    tools: fixturePlugin().tools as never,
    start() {
      if (state.fails) throw new GatewayError('unavailable', 'its upstream is away; start the upstream');
      return { aborted: { count: 0 } };
    },
  });
  return { plugin, state };
}

test('a plugin that fails to start is degraded, harms nobody, and recovers by itself', async () => {
  const { plugin, state } = failingPlugin();
  const { gateway, url } = await startTestGateway({}, [plugin, fixturePlugin()]);
  const health = await fetch(`${url}/shaky/health`);
  expect([health.status, await jsonOf(health)]).toEqual([
    503,
    expect.objectContaining({ status: 'degraded', reason: 'its upstream is away; start the upstream' }),
  ]);
  expect((await jsonOf(await post(`${url}/shaky/rpc`, request('tools/list')))).result.tools).toHaveLength(4);
  const failed = await jsonOf(
    await post(`${url}/shaky/rpc`, request('tools/call', { name: 'echo', arguments: { text: 'x' } })),
  );
  expect(failed.result).toMatchObject({
    isError: true,
    content: [{ text: expect.stringContaining('its upstream is away') }],
  });
  expect((await fetch(`${url}/fixture/health`)).status).toBe(200);
  const ready = await fetch(`${url}/ready`);
  expect([ready.status, await jsonOf(ready)]).toEqual([
    200,
    expect.objectContaining({
      plugins: expect.objectContaining({ shaky: expect.objectContaining({ status: 'degraded' }) }),
    }),
  ]);
  state.fails = false;
  await expect.poll(async () => (await fetch(`${url}/shaky/health`)).status, { timeout: 10_000 }).toBe(200);
  expect((await post(`${url}/shaky/tools/echo`, { text: 'x' })).status).toBe(200);
  await gateway.stop();
});

test('a health check that never answers does not hang the endpoint', async () => {
  const stuck = definePlugin({
    name: 'stuck',
    title: 'Stuck',
    description: 'Its health check hangs.',
    config: v.strictObject({}),
    tools: [],
    start: () => ({}),
    health: () => new Promise<never>(() => undefined),
  });
  const { gateway, url } = await startTestGateway({}, [stuck]);
  const health = await fetch(`${url}/stuck/health`);
  expect([health.status, (await jsonOf(health)).status]).toEqual([503, 'unhealthy']);
  await gateway.stop();
});
