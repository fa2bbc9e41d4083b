import { definePlugin, defineTool, GatewayError, type PluginHost, type ToolContext } from 'mcp-sse-gateway';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { fixturePlugin } from '../support/fixture-plugin.ts';
import { jsonOf, post, request, startTestGateway } from '../support/gateway.ts';
import { SseClient } from '../support/sse-client.ts';
import { both } from './endpoints.ts';

const hints = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

/** A plugin with one tool of that name, which runs `handler`. */
function oneTool(plugin: string, name: string, onStart: (host: PluginHost) => void = () => undefined) {
  const tool = defineTool({
    name,
    title: name,
    description: 'Says which plugin it is of.',
    input: v.strictObject({ ms: v.optional(v.number(), 0) }),
    output: v.object({ plugin: v.string() }),
    annotations: hints,
    async handler(_context: ToolContext, { ms }) {
      await new Promise((resolve) => setTimeout(resolve, ms));
      return { plugin };
    },
  });
  return definePlugin({
    name: plugin,
    title: plugin,
    description: plugin,
    config: v.strictObject({}),
    tools: [tool],
    start(_config, host) {
      onStart(host);
      return {};
    },
  });
}

test('H1 a plugin that fails to start leaves the gateway up and the others served', async () => {
  const broken = oneTool('broken', 'tool', () => {
    throw new GatewayError('unavailable', 'its upstream is away');
  });
  const { gateway, url } = await startTestGateway({}, [broken, fixturePlugin()]);
  expect((await fetch(`${url}/broken/health`)).status).toBe(503);
  expect((await fetch(`${url}/health`)).status).toBe(200);
  const ready = await jsonOf(await fetch(`${url}/ready`));
  expect(ready.plugins).toMatchObject({ broken: { status: 'degraded' }, fixture: { status: 'healthy' } });
  expect((await jsonOf(await post(`${url}/fixture/rpc`, request('tools/list')))).result.tools).toHaveLength(4);
  expect((await jsonOf(await post(`${url}/rpc`, request('tools/list')))).result.tools).toHaveLength(5);
  await gateway.stop();
});

test('H4 a change of the tools during a call lets the call end, and is told to every kind of listener', async () => {
  let host: PluginHost | undefined;
  const { gateway, url } = await startTestGateway({}, [
    oneTool('changing', 'slow', (given) => {
      host = given;
    }),
  ]);
  const sse = await SseClient.session(url, '/changing/sse');
  await sse.send(request('initialize', { protocolVersion: '2025-06-18', capabilities: {} }, 'init'));
  await sse.client.answer('init');
  const headers = { ...both, 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'subscriptions/listen' };
  const _meta = {
    'io.modelcontextprotocol/protocolVersion': '2026-07-28',
    'io.modelcontextprotocol/clientCapabilities': {},
  };
  const listener = await SseClient.open(`${url}/changing/mcp`, {
    method: 'POST',
    headers,
    body: JSON.stringify(request('subscriptions/listen', { notifications: { toolsListChanged: true }, _meta })),
  });
  await listener.next(({ data }) => data.includes('acknowledged'));
  const running = post(`${url}/changing/rpc`, request('tools/call', { name: 'slow', arguments: { ms: 500 } })).then(
    jsonOf,
  );
  await new Promise((resolve) => setTimeout(resolve, 100));
  host?.listChanged('tools');
  for (const stream of [sse.client, listener])
    await stream.next(({ data }) => data.includes('notifications/tools/list_changed'));
  expect((await running).result.structuredContent).toEqual({ plugin: 'changing' });
  sse.client.close();
  listener.close();
  await gateway.stop();
});

test('H5 two plugins with a tool of one name are both reachable on the aggregate', async () => {
  const { gateway, url } = await startTestGateway({}, [oneTool('first', 'same'), oneTool('second', 'same')]);
  for (const plugin of ['first', 'second']) {
    const answer = await jsonOf(
      await post(`${url}/rpc`, request('tools/call', { name: `${plugin}__same`, arguments: {} })),
    );
    expect(answer.result.structuredContent).toEqual({ plugin });
  }
  expect((await jsonOf(await post(`${url}/rpc`, request('tools/call', { name: 'same' })))).error.code).toBe(-32602);
  await gateway.stop();
});

test.each(['a'.repeat(60), 'with.dot', 'mit_ü', 'with space', ''])(
  'H5 a tool named "%s", whose full name clients would drop, fails the start loudly',
  async (name) => {
    await expect(startTestGateway({}, [oneTool('plugin', name)])).rejects.toMatchObject({
      code: 'bad_config',
      message: expect.stringContaining('tool name'),
    });
  },
);

test('H6 there is no way to name a command over HTTP', async () => {
  const { gateway, url } = await startTestGateway();
  const body = {
    command: 'touch',
    args: ['/tmp/x'],
    transport: 'stdio',
    name: 'x',
    mcpServers: { x: { command: 'sh' } },
  };
  for (const path of [
    '/',
    '/servers',
    '/plugins',
    '/config',
    '/mcp-rest/test/connection',
    '/admin',
    '/api/servers',
    '/reload',
    '/fixture',
    '/fixture/config',
  ]) {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
      const response = await fetch(`${url}${path}`, { method, headers: both, body: JSON.stringify(body) });
      expect([method, path, response.status]).toEqual([method, path, path === '/' ? 405 : 404]); // the index can be read
    }
  }
  await gateway.stop();
});

test('H8 names that objects have by themselves are no plugins and no tools', async () => {
  const { gateway, url } = await startTestGateway();
  for (const name of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '..', '%5F%5Fproto%5F%5F']) {
    for (const path of ['sse', 'tools', 'health', 'mcp']) {
      const response = await fetch(`${url}/${name}/${path}`);
      expect([405, 404, 200]).toContain(response.status);
      expect(response.headers.get('content-type')).toMatch(/json|event-stream/);
      if (!name.includes('..')) expect(response.status).toBe(404);
      await response.body?.cancel();
    }
    expect((await post(`${url}/fixture/tools/${encodeURIComponent(name)}`, {})).status).toBe(404);
    expect(
      (await jsonOf(await post(`${url}/fixture/rpc`, request('tools/call', { name, arguments: {} })))).error.code,
    ).toBe(-32602);
    expect((await jsonOf(await post(`${url}/fixture/rpc`, request(name)))).error.code).toBe(-32601);
    expect((await fetch(`${url}/tools?plugins=${name}`)).status).toBe(404);
    const polluted = await jsonOf(
      await post(
        `${url}/fixture/rpc`,
        `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"text":"x","${name}":{"polluted":true}}}}`,
      ),
    );
    expect(polluted.result).toMatchObject({ isError: true });
  }
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  await gateway.stop();
});

test('H12 a message that lands on another replica is 404 and runs nowhere, so that the client starts anew', async () => {
  const [one, two] = await Promise.all([startTestGateway(), startTestGateway()]);
  const { client, endpoint } = await SseClient.session(one.url, '/fixture/sse');
  expect(
    (await post(endpoint.replace(one.url, two.url), request('tools/call', { name: 'echo', arguments: { text: 'x' } })))
      .status,
  ).toBe(404);
  const opened = await post(
    `${one.url}/fixture/mcp`,
    request('initialize', { protocolVersion: '2025-11-25', capabilities: { roots: {} } }),
    both,
  );
  const headers = { ...both, 'mcp-session-id': opened.headers.get('mcp-session-id') ?? '' };
  expect((await post(`${two.url}/fixture/mcp`, request('tools/list'), headers)).status).toBe(404);
  expect(client.events).toHaveLength(1);
  client.close();
  await Promise.all([one.gateway.stop(), two.gateway.stop()]);
});
