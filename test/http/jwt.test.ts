import { createHmac, createPublicKey, type JsonWebKey } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { makeKey, TestIssuer } from '../support/issuer.ts';
import { getRaw } from '../support/raw-http.ts';
import { SseClient } from '../support/sse-client.ts';

const key = 'a-static-key-beside-the-tokens';
let issuer: TestIssuer;
let running: TestGateway;
let resource: string;
beforeAll(async () => {
  issuer = await TestIssuer.start('/realms/main');
  running = await startTestGateway({ auth: { keys: [{ name: 'one', key }], jwt: { issuer: issuer.url } } });
  resource = `${running.url}/fixture/mcp`;
});
afterAll(async () => {
  await running.gateway.stop();
  await issuer.down();
});

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const ping = (token: string, path = '/fixture/rpc') => post(`${running.url}${path}`, request('ping'), bearer(token));
const challengeOf = (response: Response) => response.headers.get('www-authenticate') ?? '';
const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = () => ({ iss: issuer.url, sub: 'alice', aud: resource, exp: Math.floor(Date.now() / 1000) + 300 });

test('a good token opens, again and again, and so does the key beside it', async () => {
  const token = await issuer.token(resource);
  for (let n = 0; n < 3; n++) expect((await ping(token)).status).toBe(200);
  expect((await post(`${running.url}/fixture/rpc`, request('ping'), { 'x-api-key': key })).status).toBe(200);
  expect((await post(`${running.url}/fixture/rpc`, request('ping'), bearer(key))).status).toBe(200);
});

test.each(['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA'])('a signature with %s is checked', async (alg) => {
  const other = await TestIssuer.start('', alg);
  const gateway = await startTestGateway({ auth: { jwt: { issuer: other.url, audience: 'tools' } } });
  const token = await other.token('tools');
  const forged = `${token.slice(0, -4)}${token.endsWith('AAAA') ? 'BBBB' : 'AAAA'}`;
  const status = async (sent: string) =>
    (await post(`${gateway.url}/fixture/rpc`, request('ping'), bearer(sent))).status;
  expect([await status(token), await status(forged)]).toEqual([200, 401]);
  await gateway.gateway.stop();
  await other.down();
});

describe('a token is refused', () => {
  const refused: [string, () => Promise<string> | string, RegExp][] = [
    ['for another resource', () => issuer.token('https://elsewhere.example/mcp'), /another resource/],
    ['without an audience', () => issuer.token(undefined), /another resource/],
    ['with an audience that only begins like this one', () => issuer.token(`${running.url}0/fixture/mcp`), /another/],
    ['that has expired', () => issuer.token(resource, { exp: Math.floor(Date.now() / 1000) - 60 }), /expired/],
    ['that never expires', () => issuer.token(resource, { exp: undefined }), /when it expires/],
    [
      'that is not valid yet',
      () => issuer.token(resource, { nbf: Math.floor(Date.now() / 1000) + 60 }),
      /not valid yet/,
    ],
    ['of another issuer', () => issuer.token(resource, { iss: 'https://elsewhere.example' }), /another issuer/],
    [
      'of an issuer that is spelled a little differently',
      () => issuer.token(resource, { iss: `${issuer.url}/` }),
      /issuer/,
    ],
    ['without a subject', () => issuer.token(resource, { sub: undefined }), /claim sub/],
    ['with a subject that is no text', () => issuer.token(resource, { sub: 7 }), /claim sub/],
    ['with a subject of half a character', () => issuer.token(resource, { sub: '\ud800' }), /claim sub/],
    [
      'with the key of somebody else under the same kid',
      async () => issuer.token(resource, {}, { key: await makeKey('first') }),
      /signature/,
    ],
    [
      'with an unknown kid',
      async () => issuer.token(resource, {}, { key: await makeKey('unknown') }),
      /does not publish/,
    ],
    ['without a signature', () => `${part({ alg: 'none' })}.${part(claims())}.`, /not accepted/],
    ['with alg None in capitals', () => `${part({ alg: 'None' })}.${part(claims())}.`, /not accepted/],
    ['with HS256 and the public key as the secret', () => signedByPublicKey(), /not accepted/],
    ['with a critical extension that nobody knows', () => criticalToken(), /not valid/],
    ['that is changed behind the signature', async () => changed(await issuer.token(resource)), /signature/],
    ['that is garbage', () => 'aaaa.bbbb.cccc', /not valid/],
    ['whose parts are no base64url', () => 'a+b.c/d.e=f', /not known/],
    ['with five parts', () => 'a.b.c.d.e', /not known/],
  ];

  test.each(refused)('%s', async (_what, make, words) => {
    const response = await ping(await make());
    expect(response.status).toBe(401);
    expect(challengeOf(response)).toMatch(/error="invalid_token"/);
    expect((await jsonOf(response)).error.message).toMatch(words);
  });

  async function signedByPublicKey(): Promise<string> {
    const { publicJwk } = issuer.key;
    const pem = createPublicKey({ key: publicJwk as JsonWebKey, format: 'jwk' }).export({
      type: 'spki',
      format: 'pem',
    });
    const signed = `${part({ alg: 'HS256', kid: 'first' })}.${part(claims())}`;
    return `${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`;
  }

  function criticalToken(): string {
    return `${part({ alg: 'ES256', kid: 'first', crit: ['x'], x: 1 })}.${part(claims())}.${'A'.repeat(86)}`;
  }

  function changed(token: string): string {
    const [header, , signature] = token.split('.');
    return `${header}.${part({ ...claims(), sub: 'root' })}.${signature}`;
  }

  test('in the query, in X-API-Key, twice, or beside a key that differs', async () => {
    const token = await issuer.token(resource);
    const status = async (path: string, lines: string[]) =>
      (await getRaw(running.url, path, ['Host: localhost', ...lines])).status;
    expect(await status(`/fixture/tools?access_token=${token}`, [])).toBe(401);
    expect(await status('/fixture/tools', [`X-API-Key: ${token}`])).toBe(401);
    expect(await status('/fixture/tools', [`Authorization: Bearer ${token}`, 'Authorization: Bearer x'])).toBe(401);
    expect(await status('/fixture/tools', [`Authorization: Bearer ${token}`, `Authorization: Bearer ${token}`])).toBe(
      401,
    );
    expect(await status('/fixture/tools', [`Authorization: Bearer ${token}`, `X-API-Key: ${key}`])).toBe(401);
    expect(await status('/fixture/tools', [`Authorization: DPoP ${token}`])).toBe(401);
  });

  test('once it has expired, although it was good before', async () => {
    const strict = await startTestGateway({
      auth: { jwt: { issuer: issuer.url, audience: 'tools', clockTolerance: '0s' } },
    });
    const token = await issuer.token('tools', { exp: Math.floor(Date.now() / 1000) + 2 });
    const status = async () => (await post(`${strict.url}/fixture/rpc`, request('ping'), bearer(token))).status;
    expect(await status()).toBe(200);
    await expect.poll(status, { timeout: 10_000 }).toBe(401);
    await strict.gateway.stop();
  });
});

describe('the audience, where none is configured, is the URL', () => {
  test('of a plugin, which opens that plugin alone', async () => {
    for (const path of ['/fixture', '/fixture/', '/fixture/mcp', '/fixture/sse']) {
      const token = await issuer.token(`${running.url}${path}`);
      expect((await ping(token)).status).toBe(200);
      expect((await ping(token, '/fixture/mcp')).status).toBe(200);
      expect((await ping(token, '/rpc')).status).toBe(401);
      expect((await fetch(`${running.url}/`, { headers: bearer(token) })).status).toBe(401);
    }
  });

  test('of the gateway or its aggregate, which opens all', async () => {
    for (const path of ['', '/', '/mcp', '/sse']) {
      const token = await issuer.token(['account', `${running.url}${path}`]);
      for (const asked of ['/rpc', '/fixture/rpc', '/mcp']) expect((await ping(token, asked)).status).toBe(200);
    }
  });

  test('of the host that was asked for, in any case', async () => {
    const { port } = new URL(running.url);
    const token = await issuer.token(`HTTP://LocalHost:${port}/fixture/mcp`);
    const status = async (host: string) =>
      (await fetch(`http://${host}:${port}/fixture/tools`, { headers: bearer(token) })).status;
    expect([await status('localhost'), await status('127.0.0.1')]).toEqual([200, 401]);
  });
});

test('a token without the scopes is 403 with what is missing', async () => {
  const scoped = await startTestGateway({
    auth: { jwt: { issuer: issuer.url, audience: ['tools', 'more'], scopes: ['mcp:read', 'mcp:call'] } },
  });
  const ask = async (given: object) =>
    post(`${scoped.url}/fixture/mcp`, request('ping'), bearer(await issuer.token('more', { ...given })));
  const response = await ask({ scope: 'openid mcp:read' });
  expect(response.status).toBe(403);
  expect(challengeOf(response)).toBe(
    `Bearer realm="mcp-sse-gateway", error="insufficient_scope", error_description="The access token needs the scopes mcp:read mcp:call.", scope="mcp:read mcp:call", resource_metadata="${scoped.url}/.well-known/oauth-protected-resource/fixture/mcp"`,
  );
  for (const given of [{ scope: 'mcp:call mcp:read' }, { scp: ['mcp:read', 'mcp:call'] }, { scp: 'mcp:read mcp:call' }])
    expect((await ask(given)).status).toBe(200);
  await scoped.gateway.stop();
});

test('health stays open, and says more to a token that is good', async () => {
  const good = await issuer.token(running.url);
  const health = async (token: string) => {
    const response = await fetch(`${running.url}/fixture/health`, { headers: bearer(token) });
    return response.status;
  };
  expect([await health(good), await health('a.b.c'), await health('')]).toEqual([200, 200, 200]);
  expect((await fetch(`${running.url}/ready`, { headers: bearer(good) })).status).toBe(200);
});

test('a session belongs to its subject, whatever token it sends, and to nobody else', async () => {
  const { client, endpoint } = await SseClient.session(
    running.url,
    '/fixture/sse',
    bearer(await issuer.token(resource)),
  );
  const say = async (token: string) => (await post(endpoint, request('ping'), bearer(token))).status;
  expect(await say(await issuer.token(resource, { jti: 'fresh' }))).toBe(202);
  expect(await say(await issuer.token(resource, { sub: 'bob' }))).toBe(404);
  expect((await post(endpoint, request('ping'), bearer(key))).status).toBe(404);
  client.close();
});

test('another claim may say who calls, and no subject passes for another', async () => {
  const named = await startTestGateway({
    auth: { jwt: { issuer: issuer.url, audience: 'tools', principalClaim: 'client_id' } },
  });
  const tokenOf = (id: string) => issuer.token('tools', { client_id: id });
  const { client, endpoint } = await SseClient.session(named.url, '/fixture/sse', bearer(await tokenOf('a/b')));
  const say = async (id: string) => (await post(endpoint, request('ping'), bearer(await tokenOf(id)))).status;
  expect([await say('a/b'), await say('a%2Fb'), await say('a'), await say('b')]).toEqual([202, 404, 404, 404]);
  client.close();
  await named.gateway.stop();
});

test('no token is in a log, an error or a listing', async () => {
  const token = await issuer.token(resource);
  const bad = await issuer.token('https://elsewhere.example');
  const texts = await Promise.all(
    [token, bad].flatMap((sent) =>
      ['/', '/fixture/tools', `/${sent}`, '/ready'].map(async (path) =>
        (await fetch(`${running.url}${path}`, { headers: bearer(sent) })).text(),
      ),
    ),
  );
  await ping(await issuer.token(resource, {}, { key: await makeKey('other') }));
  const everything = `${texts.join('\n')}${running.log()}`;
  for (const secret of [token, bad, ...token.split('.'), 'alice']) expect(everything).not.toContain(secret);
});
