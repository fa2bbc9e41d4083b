import {
  Client as Client2,
  ClientCredentialsProvider as Provider2,
  StreamableHTTPClientTransport as StreamableHttp2,
} from '@modelcontextprotocol/client';
import {
  discoverOAuthProtectedResourceMetadata,
  extractWWWAuthenticateParams,
} from '@modelcontextprotocol/sdk/client/auth.js';
import { ClientCredentialsProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { SSEClientTransport } from '@modelcontextprotocol/sdk/client/sse.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { TestIssuer } from '../support/issuer.ts';

let issuer: TestIssuer;
let running: TestGateway;
beforeAll(async () => {
  issuer = await TestIssuer.start('/tenant');
  running = await startTestGateway({ auth: { jwt: { issuer: issuer.url, scopes: ['mcp:call'] } } });
});
afterAll(async () => {
  await running.gateway.stop();
  await issuer.down();
});

const credentials = () => ({
  clientId: 'machine',
  clientSecret: 'secret',
  scope: 'mcp:call',
  expectedIssuer: issuer.url,
});

test.each([
  [
    'Streamable HTTP',
    '/fixture/mcp',
    (url: URL, authProvider: ClientCredentialsProvider) => new StreamableHTTPClientTransport(url, { authProvider }),
  ],
  [
    'SSE',
    '/fixture/sse',
    (url: URL, authProvider: ClientCredentialsProvider) => new SSEClientTransport(url, { authProvider }),
  ],
])(
  'the official client finds the issuer by the 401, gets a token for the URL and calls a tool over %s',
  async (_name, path, transport) => {
    const client = new Client({ name: 'test', version: '1.0.0' });
    const provider = new ClientCredentialsProvider(credentials());
    await client.connect(transport(new URL(`${running.url}${path}`), provider));
    const result = await client.callTool({ name: 'echo', arguments: { text: 'hello' } });
    expect(result.structuredContent).toEqual({ text: 'hello' });
    const [, claims = ''] = provider.tokens()?.access_token.split('.') ?? [];
    expect(JSON.parse(Buffer.from(claims, 'base64url').toString())).toMatchObject({
      aud: `${running.url}${path}`,
      scope: 'mcp:call',
    });
    await client.close();
  },
);

test('so does the client of 2026-07-28', async () => {
  const client = new Client2({ name: 'test', version: '1.0.0' }, { versionNegotiation: { mode: 'auto' } });
  const authProvider = new Provider2(credentials());
  await client.connect(new StreamableHttp2(new URL(`${running.url}/fixture/mcp`), { authProvider }));
  expect(client.getNegotiatedProtocolVersion()).toBe('2026-07-28');
  const result = await client.callTool({ name: 'echo', arguments: { text: 'hello' } });
  expect(result.structuredContent).toEqual({ text: 'hello' });
  await client.close();
});

test('its discovery works from the header, and by the well-known path alone', async () => {
  const url = `${running.url}/fixture/mcp`;
  const { resourceMetadataUrl, scope, error } = extractWWWAuthenticateParams(await fetch(url, { method: 'POST' }));
  expect([scope, error]).toEqual(['mcp:call', undefined]);
  for (const options of [{ resourceMetadataUrl: resourceMetadataUrl ?? '' }, {}]) {
    expect(await discoverOAuthProtectedResourceMetadata(url, options)).toMatchObject({
      resource: url,
      authorization_servers: [issuer.url],
      scopes_supported: ['mcp:call'],
    });
  }
});
