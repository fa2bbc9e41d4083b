import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { ListRootsRequestSchema, McpError } from '@modelcontextprotocol/sdk/types.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { bodyOf, modern } from '../../support/modern.ts';
import { openSession } from '../../support/session.ts';
import { filesystemPlugin } from './support/built.ts';

// What a client says of its roots narrows what it reaches, over every way in which it can be asked.

let folder: string;
let gateway: TestGateway;
let ignoring: TestGateway;
const at = (...names: string[]) => join(folder, ...names);
const uriOf = (...names: string[]) => pathToFileURL(at(...names)).href;

function makeGone(): void {
  mkdirSync(at('gone/sub'), { recursive: true });
  writeFileSync(at('gone/sub/x'), 'gone needle');
}

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-roots-')));
  for (const name of ['one/a/deep', 'one/b', 'two/locked', 'outside']) mkdirSync(at(name), { recursive: true });
  for (const name of ['one/top', 'one/a/x', 'one/a/deep/y', 'one/b/x', 'two/x', 'two/locked/x', 'outside/x'])
    writeFileSync(at(name), `${name} needle`);
  makeGone();
  symlinkSync(at('outside'), at('one/out'));
  symlinkSync(at('one/b'), at('one/a/to-b'));
  symlinkSync(at('one'), at('one-link'));
  const roots = [at('one'), at('two'), { path: at('two/locked'), rights: 'ro' }];
  const start = (name: string, more = {}) =>
    startTestGateway({ dataFolder: at(name), plugins: { filesystem: { roots, write: true, ...more } } }, [
      filesystemPlugin,
    ]);
  gateway = await start('gateway');
  ignoring = await start('ignoring', { clientRoots: 'ignore' });
});

afterAll(async () => {
  await gateway.gateway.stop();
  await ignoring.gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface RootsClient {
  /** The text of an answer, whether it went well or not. */
  say(tool: string, args?: Record<string, unknown>): Promise<string>;
  changed(uris: readonly string[]): Promise<void>;
  readonly asked: () => number;
  readonly client: Client;
}

async function connect(
  kind: 'mcp' | 'sse',
  answer: readonly string[] | (() => never),
  { url = gateway.url, listChanged = true } = {},
): Promise<RootsClient> {
  const client = new Client({ name: 'roots', version: '1' }, { capabilities: { roots: { listChanged } } });
  let uris = answer;
  let asked = 0;
  client.setRequestHandler(ListRootsRequestSchema, () => {
    asked++;
    return { roots: typeof uris === 'function' ? uris() : uris.map((uri) => ({ uri })) };
  });
  const endpoint = new URL(`${url}/filesystem/${kind}`);
  const transport = kind === 'mcp' ? new StreamableHTTPClientTransport(endpoint) : new SSEClientTransport(endpoint);
  await client.connect(transport as Transport);
  return {
    client,
    asked: () => asked,
    say: async (name, args = {}) => {
      const { content } = await client.callTool({ name, arguments: args });
      return (content as { text?: string }[]).map(({ text = '' }) => text).join('');
    },
    changed: async (now) => {
      uris = now;
      await client.sendRootsListChanged();
    },
  };
}

describe.each(['mcp', 'sse'] as const)('over /%s', (kind) => {
  const withRoots = async (uris: readonly string[], work: (client: RootsClient) => Promise<void>) => {
    const client = await connect(kind, uris);
    try {
      await work(client);
    } finally {
      await client.client.close();
    }
  };

  test('a root inside a configured one is all that is reached, by whatever way', () =>
    withRoots([uriOf('one/a')], async ({ say }) => {
      expect(await say('list_allowed_directories')).toBe(`Allowed directories:\n${at('one/a')}`);
      expect(await say('read_text_file', { path: at('one/a/x') })).toBe('one/a/x needle');
      expect(await say('read_text_file', { path: 'deep/y' })).toBe('one/a/deep/y needle');
      for (const path of ['one/top', 'one/b/x', 'two/x', 'outside/x', 'one/a/../top', 'one/a/to-b/x', 'one/out/x'])
        expect(await say('read_text_file', { path: `${folder}/${path}` }), path).toContain('outside allowed');
      expect(await say('list_directory', { path: at('one') })).toContain('outside allowed');
      expect(await say('search_content', { path: at('one'), query: 'needle' })).toContain('outside allowed');
      const write = { path: at('one/b/new'), content: 'x' };
      expect(await say('write_file', write)).toContain('outside allowed');
      expect(existsSync(at('one/b/new'))).toBe(false);
      const move = { source: at('one/a/x'), destination: at('one/b/moved') };
      expect(await say('move_file', move)).toContain('outside allowed');
    }));

  test('a root above configured ones leaves those whole, with their rights', () =>
    withRoots([uriOf()], async ({ say }) => {
      expect(await say('list_allowed_directories')).toBe(
        `Allowed directories:\n${['one', 'two', 'two/locked'].map((name) => at(name)).join('\n')}`,
      );
      expect(await say('read_text_file', { path: at('outside/x') })).toContain('outside allowed');
      expect(await say('write_file', { path: at('two/locked/x'), content: 'x' })).toContain('read-only');
    }));

  test('rights of a folder inside are those of the innermost configured root', () =>
    withRoots([uriOf('two'), `${uriOf('two/locked')}/`], async ({ say }) => {
      expect(await say('read_text_file', { path: at('two/locked/x') })).toContain('needle');
      expect(await say('write_file', { path: at('two/locked/x'), content: 'x' })).toContain('read-only');
      expect(await say('write_file', { path: at('two/free'), content: 'x' })).toContain('Successfully');
    }));

  test.each([
    ['none', []],
    ['the outside', ['outside']],
    ['a folder that is not there', ['one/nowhere']],
    ['a link that leads out', ['one/out']],
    ['a file', ['one/top']],
    ['a folder by a name that no root has', ['one-link/a']],
  ])('%s gives nothing, and says why', (_, names) =>
    withRoots(
      names.map((name) => uriOf(name)),
      async ({ say }) => {
        expect(await say('read_text_file', { path: at('one/a/x') })).toContain("none of the client's roots");
        expect(await say('list_allowed_directories')).toContain("none of the client's roots");
      },
    ),
  );

  test('a root in a configured one that was removed is said to be gone, and reached when it is made anew', async () => {
    const removed = await startTestGateway(
      { dataFolder: at('third'), plugins: { filesystem: { roots: [at('one'), at('gone')] } } },
      [filesystemPlugin],
    );
    const { client, say } = await connect(kind, [uriOf('gone/sub')], { url: removed.url });
    try {
      const read = () => say('read_text_file', { path: at('gone/sub/x') });
      expect(await read()).toBe('gone needle');
      rmSync(at('gone'), { recursive: true });
      expect(await read()).toContain(`The root ${at('gone')} no longer exists`);
      expect(await say('list_allowed_directories')).toContain('no longer exists');
      makeGone();
      expect(await read()).toBe('gone needle');
    } finally {
      await client.close();
      await removed.gateway.stop();
    }
  });

  test('what is no file URI of this machine gives nothing, whatever it looks like', () =>
    withRoots(
      ['https://example.org/', `file://elsewhere${folder}`, at('one'), 'file:///%2e%2e%2f', 'file:///%00', 'file:', ''],
      async ({ say }) => {
        expect(await say('read_text_file', { path: at('one/a/x') })).toContain("none of the client's roots");
      },
    ));

  test('is asked once, and again when it says that its roots changed', () =>
    withRoots([uriOf('one/a')], async ({ say, asked, changed }) => {
      await say('read_text_file', { path: 'x' });
      await say('read_text_file', { path: 'x' });
      expect(asked()).toBe(1);
      await changed([uriOf('one/b')]);
      expect(await say('read_text_file', { path: 'x' })).toBe('one/b/x needle');
      expect(await say('read_text_file', { path: at('one/a/x') })).toContain('outside allowed');
      expect(asked()).toBe(2);
    }));

  test('resources are held to the same', () =>
    withRoots([uriOf('one/a')], async ({ client }) => {
      const { contents } = await client.readResource({ uri: uriOf('one/a/x') });
      expect(contents[0]).toMatchObject({ text: 'one/a/x needle' });
      const local = uriOf('one/a/x').replace('file://', 'file://localhost'); // RFC 8089
      expect(await client.readResource({ uri: local })).toEqual({ contents });
      await expect(client.readResource({ uri: uriOf('one/b/x') })).rejects.toMatchObject({ code: -32002 });
    }));

  test('an error instead of roots reaches nothing; "method not found" is a client without roots', async () => {
    const fail = (code: number) => () => {
      throw new McpError(code, 'no roots today');
    };
    const broken = await connect(kind, fail(-32603));
    expect(await broken.say('read_text_file', { path: at('one/a/x') })).toContain('no file is reached');
    await broken.client.close();
    const without = await connect(kind, fail(-32601));
    expect(await without.say('read_text_file', { path: at('one/a/x') })).toBe('one/a/x needle');
    await without.client.close();
  });

  test('changes elsewhere are neither listed nor undone', async () => {
    const all = await connect(kind, [uriOf()]);
    await all.say('write_file', { path: at('one/b/told'), content: 'x' });
    const id = /^\S+/.exec(await all.say('list_changes', { path: at('one/b/told') }))?.[0] ?? '';
    await all.client.close();
    await withRoots([uriOf('one/a')], async ({ say }) => {
      expect(await say('list_changes')).not.toContain('told');
      expect(await say('undo_change', { change_id: id })).toContain('outside allowed');
    });
    expect(existsSync(at('one/b/told'))).toBe(true);
  });
});

test('where the configuration ignores them, clients are not asked for their roots', async () => {
  const client = await connect('mcp', [uriOf('outside')], { url: ignoring.url });
  expect(await client.say('read_text_file', { path: at('one/a/x') })).toBe('one/a/x needle');
  expect(client.asked()).toBe(0);
  await client.client.close();
});

test('a client that never answers gets an error in the end, not the files', { timeout: 30_000 }, async () => {
  const session = await openSession(`${gateway.url}/filesystem/mcp`, { capabilities: { roots: {} } });
  const args = { name: 'read_text_file', arguments: { path: at('one/a/x') } };
  const answer = await (await session.send(request('tools/call', args, 7))).text();
  expect(answer).toContain('"method":"roots/list"');
  expect(answer).toContain('did not answer roots/list within 10 seconds');
  expect(answer).not.toContain('needle');
});

test('connections that cannot ask, and clients without roots, reach what is configured', async () => {
  const args = { name: 'read_text_file', arguments: { path: at('one/a/x') } };
  const rpc = await jsonOf(await post(`${gateway.url}/filesystem/rpc`, request('tools/call', args)));
  expect(JSON.stringify(rpc)).toContain('one/a/x needle');
  const plain = new Client({ name: 'plain', version: '1' });
  await plain.connect(new StreamableHTTPClientTransport(new URL(`${gateway.url}/filesystem/mcp`)) as Transport);
  expect(JSON.stringify(await plain.callTool(args))).toContain('one/a/x needle');
  await plain.close();
});

describe('on 2026-07-28', () => {
  const url = () => `${gateway.url}/filesystem/mcp`;
  const call = () => ({ name: 'read_text_file', arguments: { path: at('one/b/x') } });

  test('a client that declares roots is asked for them by an input-required result', async () => {
    const capabilities = { roots: {} };
    const first = await bodyOf(modern(url(), 'tools/call', call(), { capabilities }));
    expect(first.result).toMatchObject({
      resultType: 'input_required',
      inputRequests: { roots: { method: 'roots/list' } },
    });
    const { requestState } = first.result ?? {};
    const answer = (uri: string) => ({ ...call(), requestState, inputResponses: { roots: { roots: [{ uri }] } } });
    const inside = await bodyOf(modern(url(), 'tools/call', answer(uriOf('one/b')), { capabilities }));
    expect(JSON.stringify(inside)).toContain('one/b/x needle');
    const elsewhere = await bodyOf(modern(url(), 'tools/call', answer(uriOf('one/a')), { capabilities }));
    expect(JSON.stringify(elsewhere)).toContain('outside allowed');
  });

  test('one that does not is answered at once', async () => {
    expect(JSON.stringify(await bodyOf(modern(url(), 'tools/call', call())))).toContain('one/b/x needle');
  });
});
