import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { GatewayError } from '../../../dist/core/errors.js';
import type { FetchDeps } from '../../../dist/plugins/fetch/deps.js';
import { AddressPolicy } from '../../../dist/plugins/fetch/net/address-policy.js';
import { guardedAgent } from '../../../dist/plugins/fetch/net/guarded-agent.js';
import { OwnAddresses } from '../../../dist/plugins/fetch/net/own-addresses.js';
import { UrlRules } from '../../../dist/plugins/fetch/net/url-rules.js';
import type { PagePartData } from '../../../dist/plugins/fetch/page/page-output.js';
import { fetchPage } from '../../../dist/plugins/fetch/tools/fetch.js';
import { call, openTestFetch, publicAddress, resolverOf } from './support/open-test-fetch.ts';
import { type OriginServer, startOrigin } from './support/origin-server.ts';
import { insideNames, malformed, privateLiterals, privateNames, publicUrls } from './support/ssrf-cases.ts';

/** Listens on every address of the machine, so that whatever leads inside leads to it. */
let inside: OriginServer;
let outside: OriginServer;
let deps: FetchDeps;

beforeAll(async () => {
  inside = await startOrigin('::', (_, response) => response.end('secret'));
  outside = await startOrigin(publicAddress);
  deps = openTestFetch([inside.port, outside.port], { obeyRobots: false }, resolverOf(insideNames));
});

beforeEach(() => {
  inside.seen.length = 0;
  outside.seen.length = 0;
  outside.answer = (_, response) => response.end('public');
});

afterAll(async () => {
  await deps.close();
  await inside.close();
  await outside.close();
});

async function refusal(url: string, input: Record<string, unknown> = {}): Promise<GatewayError> {
  const error: unknown = await call(fetchPage, deps, { url, max_age_s: 0, ...input }).then(
    ({ text }) => new Error(`was fetched: ${text}`),
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(GatewayError);
  return error as GatewayError;
}

const at = (url: string) => url.replaceAll('PORT', String(inside.port));

test('the private server is really there to be reached, for an operator who allows it', async () => {
  const open = openTestFetch([inside.port], { privateNetworks: ['127.0.0.1/32'], obeyRobots: false });
  const { text } = await call(fetchPage, open, { url: `http://127.0.0.1:${inside.port}/` });
  await open.close();
  expect(text).toContain('secret');
  expect(inside.seen).toHaveLength(1);
});

describe('URLs that lead inside', () => {
  test.each([...privateLiterals, ...privateNames, ...malformed])(
    '%j is refused and nothing reaches the private server',
    async (url) => {
      const before = inside.connections();
      const error = await refusal(at(url));
      expect(['denied', 'invalid_input', 'upstream']).toContain(error.code);
      expect(inside.seen).toEqual([]);
      expect(inside.connections()).toBe(before);
      expect(error.message).not.toContain('secret');
    },
  );

  test.each(privateLiterals)('%j is refused on the default ports too, before any connection', async (url) => {
    expect((await refusal(url.replace(':PORT', ''))).code).toMatch(/denied|invalid_input/);
  });
});

test.each(
  [301, 302, 303, 307, 308].flatMap((status) =>
    [...privateLiterals, ...privateNames].map((url) => [status, url] as const),
  ),
)('a redirect %i to %j is not followed', async (status, target) => {
  outside.answer = (_, response) =>
    response.writeHead(status, { location: encodeURI(at(target)) }).end('body of the redirect');
  const error = await refusal(`http://site.example:${outside.port}/`);
  expect(['denied', 'invalid_input', 'upstream']).toContain(error.code);
  expect(inside.seen).toEqual([]);
  expect(error.message).not.toContain('body of the redirect');
});

describe('names', () => {
  test('that turn private between two answers are dialled at the answer that was checked', async () => {
    let asked = 0;
    const rebinding = openTestFetch([outside.port], { obeyRobots: false }, async () => {
      const address = asked++ % 2 === 0 ? publicAddress : '127.0.0.1';
      return [{ address, family: 4 }];
    });
    const url = `http://rebind.test.example:${outside.port}/`;
    const { text } = await call(fetchPage, rebinding, { url });
    expect(text).toContain('public');
    const second = call(
      fetchPage,
      openTestFetch([inside.port], { obeyRobots: false }, async () => [{ address: '127.0.0.1', family: 4 }]),
      {
        url: `http://rebind.test.example:${inside.port}/`,
      },
    );
    await expect(second).rejects.toMatchObject({ code: 'denied' });
    await rebinding.close();
    expect(inside.seen).toEqual([]);
  });

  test('are refused for one private answer among public ones, in either order', async () => {
    for (const addresses of [
      [publicAddress, '127.0.0.1'],
      ['127.0.0.1', publicAddress],
    ]) {
      const mixed = openTestFetch(
        [inside.port],
        { obeyRobots: false },
        resolverOf({ 'mixed.test.example': addresses }),
      );
      const asked = call(fetchPage, mixed, { url: `http://mixed.test.example:${inside.port}/` });
      await expect(asked).rejects.toMatchObject({ code: 'denied' });
      await mixed.close();
    }
    expect(inside.seen).toEqual([]);
  });
});

test('the address of the peer is checked again once connected, before anything is sent', async () => {
  /** Permits the answers of the resolver and not the peer: as if the two were not the same. */
  class Changing extends AddressPolicy {
    asked = 0;
    override permits(): boolean {
      return ++this.asked === 1;
    }
  }
  const policy = new Changing([]);
  const agent = guardedAgent({ timeoutMs: 5000 }, policy, resolverOf({}), new OwnAddresses([]));
  const sent = agent.request({ origin: `http://site.example:${outside.port}`, path: '/', method: 'GET' });
  await expect(sent).rejects.toMatchObject({ code: 'denied' });
  await agent.destroy();
  expect(policy.asked).toBeGreaterThan(1);
  expect(outside.seen).toEqual([]);
});

describe('what the operator allows', () => {
  const rules = (settings: Record<string, unknown>, networks: string[] = []) =>
    new UrlRules(
      { allowHosts: [], denyHosts: [], privateHosts: [], ports: [80, 443, 8080, 8443], ...settings },
      new AddressPolicy(networks),
    );

  test.each(publicUrls)('%s passes with no configuration', (url) => {
    expect(rules({}).check(url)).toBeInstanceOf(URL);
  });

  test('is a private range, but never link-local or the metadata addresses in it', () => {
    const policy = new AddressPolicy(['0.0.0.0/0', '::/0']);
    expect(['10.1.2.3', '127.0.0.1', '::1', 'fc00::1'].map((address) => policy.permits(address))).toEqual([
      true,
      true,
      true,
      true,
    ]);
    const never = [
      '169.254.169.254',
      '169.254.170.2',
      '168.63.129.16',
      '100.100.100.200',
      'fe80::1',
      'fd00:ec2::254',
      '0.0.0.0',
      '::',
      '224.0.0.1',
      '::ffff:169.254.169.254',
      '::ffff:10.0.0.1',
    ];
    expect(never.filter((address) => policy.permits(address))).toEqual([]);
  });

  test('is an internal name, without opening other names', () => {
    const own = rules({ privateHosts: ['wiki.corp', '*.team.internal'] });
    expect(own.check('https://wiki.corp/').hostname).toBe('wiki.corp');
    expect(own.check('https://a.team.internal/').hostname).toBe('a.team.internal');
    expect(() => own.check('https://team.internal/')).toThrow(GatewayError);
    expect(() => own.check('https://other.corp/')).toThrow(GatewayError);
  });

  test('is a list of hosts and the list of those denied, which wins', () => {
    const listed = rules({ allowHosts: ['example.com', '*.example.com'], denyHosts: ['bad.example.com'] });
    expect(listed.check('https://a.example.com/').hostname).toBe('a.example.com');
    for (const url of [
      'https://bad.example.com/',
      'https://example.org/',
      'https://notexample.com/',
      'https://example.com.evil.org/',
    ]) {
      expect(() => listed.check(url)).toThrow(GatewayError);
    }
  });

  test('is never the gateway itself, at the addresses it listens on and at its public one', () => {
    const settings = { allowHosts: [], denyHosts: [], privateHosts: [], ports: [80, 443, 8000] };
    const origins = ['http://127.0.0.1:8000', 'https://tools.example.com'];
    const own = new UrlRules(settings, new AddressPolicy(['127.0.0.0/8']), origins);
    expect(own.check('http://127.0.0.1/').port).toBe('');
    expect(own.check('http://tools.example.com/').hostname).toBe('tools.example.com');
    for (const url of [
      'http://127.0.0.1:8000/fetch/rpc',
      'http://127.1:8000/',
      'https://tools.example.com./',
      'https://tools.example.com:443/x',
    ]) {
      expect(() => own.check(url)).toThrow(/is this gateway itself/);
    }
  });

  test('a range that is none stops the start with the name of the setting', () => {
    expect(() => new AddressPolicy(['10.0.0.0/99'])).toThrow(/privateNetworks/);
    expect(() => new AddressPolicy(['intranet'])).toThrow(/privateNetworks/);
  });
});

test.each([
  ['its address', (port: number) => `http://${publicAddress}:${port}`],
  ['every IPv4 address', (port: number) => `http://0.0.0.0:${port}`],
  ['every address', (port: number) => `http://[::]:${port}`],
])('a name that leads to the gateway itself is refused once connected, where it listens at %s', async (_, origin) => {
  const gateway = await startOrigin(publicAddress);
  const own = openTestFetch([gateway.port, outside.port], {}, undefined, ['http://127.0.0.9:1', origin(gateway.port)]);
  const before = outside.seen.length;
  try {
    for (const host of ['site.example', publicAddress]) {
      const failure = call(fetchPage, own, { url: `http://${host}:${gateway.port}/` });
      await expect(failure).rejects.toMatchObject({ code: 'denied', message: expect.stringContaining('itself') });
    }
    await call(fetchPage, own, { url: `http://site.example:${outside.port}/` });
    expect(outside.seen.length).toBeGreaterThan(before);
    expect(gateway.seen).toEqual([]);
  } finally {
    await own.close();
    await gateway.close();
  }
});

test('a URL of more than 4096 characters is refused', async () => {
  expect((await refusal(`http://site.example:${outside.port}/${'a'.repeat(5000)}`)).code).toBe('invalid_input');
  expect(outside.seen).toEqual([]);
});

test('an answer is served from memory without any new connection', async () => {
  const url = `http://cached.example:${outside.port}/`;
  await call<PagePartData>(fetchPage, deps, { url });
  const before = outside.connections();
  const again = await call<PagePartData>(fetchPage, deps, { url });
  expect(again.data.from_cache).toBe(true);
  expect(outside.seen).toHaveLength(1);
  expect(outside.connections()).toBe(before);
});
