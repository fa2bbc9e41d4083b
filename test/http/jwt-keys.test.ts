import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { jsonOf, post, request, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { makeKey, TestIssuer } from '../support/issuer.ts';
import { SseClient } from '../support/sse-client.ts';

let issuer: TestIssuer;
let running: TestGateway | undefined;
beforeEach(async () => {
  issuer = await TestIssuer.start();
});
afterEach(async () => {
  await running?.gateway.stop();
  await issuer.down();
});

/** Starts a gateway for tokens of the issuer; returns what sends it one. */
async function asker(jwt: object = {}, config: object = {}): Promise<(token: string) => Promise<Response>> {
  const gateway = await startTestGateway({
    ...config,
    auth: { jwt: { issuer: issuer.url, audience: 'tools', ...jwt } },
  });
  running = gateway;
  return (token) => post(`${gateway.url}/fixture/rpc`, request('ping'), { authorization: `Bearer ${token}` });
}

const keyFetches = () => issuer.asked.filter((path) => path === '/keys').length;

test('nothing is fetched before the first token, and the keys once for many', async () => {
  const ask = await asker();
  expect((await ask('')).status).toBe(401);
  expect((await ask('no-token-at-all')).status).toBe(401);
  expect(issuer.asked).toEqual([]);
  const tokens = await Promise.all(Array.from({ length: 40 }, (_, n) => issuer.token('tools', { jti: `${n}` })));
  const answers = await Promise.all(tokens.map(ask));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(issuer.asked).toEqual(['/.well-known/oauth-authorization-server', '/keys']);
});

test('a token with a new key is good as soon as the issuer publishes it, and one with a withdrawn key is not', async () => {
  const ask = await asker();
  const before = issuer.key;
  expect((await ask(await issuer.token('tools'))).status).toBe(200);
  await issuer.rotate('second');
  expect((await ask(await issuer.token('tools'))).status).toBe(200);
  expect((await ask(await issuer.token('tools', { jti: 'new' }, { key: before }))).status).toBe(401);
});

test('forged tokens with keys that nobody has make no storm of fetches', async () => {
  const ask = await asker();
  expect((await ask(await issuer.token('tools'))).status).toBe(200);
  const stranger = await makeKey('stranger');
  for (let round = 0; round < 10; round++) {
    const forged = Array.from({ length: 20 }, (_, n) =>
      issuer.token('tools', {}, { key: stranger, kid: `${round}-${n}` }),
    );
    const answers = await Promise.all((await Promise.all(forged)).map(ask));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([401]));
  }
  expect(keyFetches()).toBeLessThanOrEqual(6);
  expect((await ask(await issuer.token('tools', { jti: 'good' }))).status).toBe(200);
});

test('without keys every token is refused with 503, the log says why, and all is well when the issuer is back', async () => {
  await issuer.down();
  const ask = await asker();
  const token = await issuer.token('tools');
  const refused = await ask(token);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '30']);
  expect((await jsonOf(refused)).error.message).toMatch(/^The keys of the authorization server cannot be had/);
  expect(running?.log()).toMatch(/ECONNREFUSED.*keys of the issuer cannot be had/);
  await issuer.up();
  expect((await ask(token)).status).toBe(200);
});

test('an issuer that went down later is not missed by tokens whose keys are known', async () => {
  const ask = await asker();
  expect((await ask(await issuer.token('tools'))).status).toBe(200);
  await issuer.down();
  expect((await ask(await issuer.token('tools', { jti: 'later' }))).status).toBe(200);
  const unknown = await issuer.token('tools', {}, { key: await makeKey('perhaps-new') });
  expect((await ask(unknown)).status).toBe(503);
  await issuer.up();
});

test.each([
  ['answers with an error', 500, '{}'],
  ['answers with HTML', 200, '<html></html>'],
  ['answers with a list', 200, '[]'],
  ['redirects', 302, ''],
  ['has no end', 200, `{"keys":[],"pad":"${'x'.repeat(600_000)}"}`],
  ['has keys that are none', 200, '{"keys":[1]}'],
  ['has no keys at all', 200, '{}'],
])('an issuer that %s gives no keys', async (_what, status, body) => {
  issuer.documents.set('/keys', (outgoing) => {
    outgoing.writeHead(status, { location: `${issuer.url}/elsewhere`, 'content-type': 'application/json' });
    outgoing.end(body);
  });
  const ask = await asker();
  expect((await ask(await issuer.token('tools'))).status).toBe(503);
  issuer.documents.clear();
  expect((await ask(await issuer.token('tools'))).status).toBe(200);
});

test('metadata of another issuer, or with keys beyond a plain connection, is not used', async () => {
  const ask = await asker();
  for (const metadata of [
    { issuer: 'https://honest.example', jwks_uri: `${issuer.url}/keys` },
    { issuer: issuer.url, jwks_uri: 'http://honest.example/keys' },
    { issuer: issuer.url },
  ]) {
    issuer.documents.set('/.well-known/oauth-authorization-server', (outgoing) =>
      outgoing.end(JSON.stringify(metadata)),
    );
    expect((await ask(await issuer.token('tools'))).status).toBe(503);
  }
  expect(keyFetches()).toBe(0);
  expect(running?.log()).toContain('set auth.jwt.issuer to exactly that');
});

test('metadata is looked for where RFC 8414 and OpenID Connect have it', async () => {
  await issuer.down();
  issuer = await TestIssuer.start('/realms/main');
  const openid = '/realms/main/.well-known/openid-configuration';
  issuer.documents.set('/.well-known/oauth-authorization-server/realms/main', (outgoing) => {
    outgoing.writeHead(404).end();
  });
  issuer.documents.set(openid, (outgoing) => {
    outgoing.end(JSON.stringify({ issuer: issuer.url, jwks_uri: `${new URL(issuer.url).origin}/keys` }));
  });
  const ask = await asker();
  expect((await ask(await issuer.token('tools'))).status).toBe(200);
  expect(issuer.asked).toEqual([
    '/.well-known/oauth-authorization-server/realms/main',
    '/.well-known/openid-configuration/realms/main',
    openid,
    '/keys',
  ]);
});

test('with jwksUrl no metadata is asked for', async () => {
  const ask = await asker({ jwksUrl: `${issuer.url}/keys` });
  expect((await ask(await issuer.token('tools'))).status).toBe(200);
  expect(issuer.asked).toEqual(['/keys']);
});

test('a client that goes away while the keys are fetched leaves no session behind', async () => {
  let release = (): void => undefined;
  issuer.documents.set('/keys', (outgoing) => {
    release = () => {
      outgoing.end(JSON.stringify({ keys: [issuer.key.publicJwk] }));
    };
  });
  await asker({}, { limits: { sessions: 1 } });
  const headers = { authorization: `Bearer ${await issuer.token('tools')}` };
  const abort = new AbortController();
  const gone = fetch(`${running?.url}/fixture/sse`, { headers, signal: abort.signal }).catch(() => 'gone');
  await expect.poll(keyFetches).toBe(1);
  abort.abort();
  expect(await gone).toBe('gone');
  await delay(50);
  release();
  await delay(50);
  const client = await SseClient.open(`${running?.url}/fixture/sse`, { headers });
  expect(client.response.status).toBe(200);
  client.close();
});
