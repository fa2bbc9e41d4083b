import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { builtInPlugins } from '../../src/plugins/index.ts';
import { builtIn, goodKey, load, messageOf } from './support.ts';

const otherKey = `other-${goodKey}`;

test('nothing at all gives the defaults', async () => {
  const { config, plugins, file, envFile } = await load({ env: { XDG_DATA_HOME: '/data' } });
  expect(config).toEqual({
    server: {
      host: '127.0.0.1',
      port: 8000,
      mode: 'prefix',
      publicUrl: null,
      allowedHosts: [],
      allowedOrigins: [],
      trustedProxies: [],
      drainTimeout: 10_000,
    },
    auth: { keys: [], open: false, jwt: null },
    limits: {
      bodyBytes: 4_194_304,
      resultBytes: 4_194_304,
      callTimeout: 30_000,
      requestTime: 30_000,
      rate: null,
      sessions: 1000,
    },
    sse: { keepAlive: 'comment', interval: 15_000 },
    sessions: { mode: 'auto', idleTimeout: 1_800_000, releaseAfter: 0 },
    mcp: { stateSecret: null, tasks: { ttl: 3_600_000, perCaller: 100, bytes: 268_435_456 } },
    log: { level: 'info' },
    audit: { enabled: true, file: null, arguments: false },
    dataFolder: '/data/mcp-sse-gateway',
    privateFiles: [],
    plugins: new Map([
      ['postgres', { enabled: true, port: undefined, settings: {} }],
      ['fetch', { enabled: true, port: undefined, settings: {} }],
    ]),
  });
  expect(plugins).toEqual(builtIn);
  expect([file, envFile]).toEqual([undefined, undefined]);
});

test('a block whose keys are all commented out is an empty block', async () => {
  const { config } = await load({ yaml: 'server:\n  # port: 1\nlimits:\nplugins:\n  fetch:\n' });
  expect(config.server.port).toBe(8000);
  expect(config.plugins.get('fetch')).toEqual({ enabled: true, port: undefined, settings: {} });
  await expect(load({ yaml: '' })).resolves.toMatchObject({ config: { server: { port: 8000 } } });
  await expect(load({ yaml: 'plugins:\n' })).resolves.toBeDefined();
});

test.each([
  ['500ms', 500],
  ['30s', 30_000],
  ['1.5m', 90_000],
  ['1h', 3_600_000],
  ['2 d', 172_800_000],
  ['250', 250],
])('a time of %s is %i ms', async (text, ms) => {
  const { config } = await load({ yaml: `limits: { callTimeout: "${text}" }` });
  expect(config.limits.callTimeout).toBe(ms);
});

test.each([
  ['4096', 4096],
  ['4KiB', 4096],
  ['1.5 MiB', 1_572_864],
  ['100000B', 100_000],
])('a size of %s is %i bytes', async (text, bytes) => {
  expect((await load({ yaml: `limits: { bodyBytes: "${text}" }` })).config.limits.bodyBytes).toBe(bytes);
  expect((await load({ yaml: `limits: { bodyBytes: ${bytes} }` })).config.limits.bodyBytes).toBe(bytes);
});

test.each([
  ['filesystem', 'trash: { maxBytes: SIZE }'],
  ...['read', 'total', 'media', 'edit', 'copy', 'searchFile', 'archive'].map((name) => [
    'filesystem',
    `limits: { ${name}Bytes: SIZE }`,
  ]),
  ['fetch', 'maxBytes: SIZE'],
  ['fetch', 'cacheBytes: SIZE'],
  ['postgres', 'resultBytes: SIZE'],
])('plugins.%s takes a size for %s', async (plugin, block) => {
  const given = (size: string) => ({
    yaml: `plugins: { ${plugin}: { ${block.replace('SIZE', size)} } }`,
    options: { builtIn: builtInPlugins },
  });
  const parsed = async (size: string) => {
    const { config, plugins } = await load(given(size));
    const settings = config.plugins.get(plugin ?? '')?.settings;
    return plugins.find(({ name }) => name === plugin)?.parseConfig(settings);
  };
  expect(JSON.stringify(await parsed('1048576'))).toContain(':1048576');
  expect(await parsed('1MiB')).toEqual(await parsed('1048576'));
  expect(await parsed('1.5MiB')).not.toEqual(await parsed('1048576'));
  expect(await messageOf(given('1MB'))).toContain('must be a size such as 512KiB or 4MiB, or a number of bytes');
});

test('addresses of every kind are accepted', async () => {
  const yaml = `server:
  publicUrl: https://tools.example.com/gateway/
  allowedHosts: [tools.example.com, "tools:8443", "[::1]:80", 10.0.0.1]
  allowedOrigins: ["https://chat.example.com", "http://localhost:3000", "null", "chrome-extension://abc"]
  trustedProxies: [10.0.0.1, 10.0.0.0/8, "::1", "fd00::/8"]`;
  const { config } = await load({ yaml });
  expect(config.server.publicUrl).toBe('https://tools.example.com/gateway');
  expect(config.server.allowedOrigins).toHaveLength(4);
});

describe('variables that work without being named', () => {
  test('win over the file', async () => {
    const { config } = await load({
      yaml: 'server: { host: 127.0.0.2, port: 1, mode: ports, publicUrl: "http://a" }\nlog: { level: warn }',
      env: {
        HOST: '::1',
        PORT: '9',
        MCP_GATEWAY_MODE: 'both',
        MCP_GATEWAY_PUBLIC_URL: 'http://b/',
        LOG_LEVEL: 'debug',
      },
    });
    expect(config.server).toMatchObject({ host: '::1', port: 9, mode: 'both', publicUrl: 'http://b' });
    expect(config.log.level).toBe('debug');
  });

  test('may be lists and booleans', async () => {
    const env = {
      HOST: '0.0.0.0',
      MCP_GATEWAY_OPEN: 'true',
      MCP_GATEWAY_ALLOWED_HOSTS: 'gateway, tools:8000',
      MCP_GATEWAY_ALLOWED_ORIGINS: 'https://a.example,https://b.example',
    };
    const { config } = await load({ yaml: 'auth: { open: false }\nserver: { allowedHosts: [x] }', env });
    expect(config.auth.open).toBe(true);
    expect(config.server.allowedHosts).toEqual(['gateway', 'tools:8000']);
    expect(config.server.allowedOrigins).toEqual(['https://a.example', 'https://b.example']);
    expect(await messageOf({ env: { MCP_GATEWAY_ALLOWED_HOSTS: 'a,http://b' } })).toMatch(
      /^MCP_GATEWAY_ALLOWED_HOSTS \(environment\): server\.allowedHosts\[1\]: must be a host name/,
    );
    expect(await messageOf({ env: { MCP_GATEWAY_OPEN: 'yes' } })).toBe(
      'MCP_GATEWAY_OPEN (environment): auth.open: must be true or false, but this is text',
    );
  });

  test('are named where they are wrong, and ignored where they are empty', async () => {
    expect(await messageOf({ yaml: 'server: { port: 1 }', env: { PORT: 'x' } })).toBe(
      'PORT (environment): server.port: must be a whole number from 0 to 65535',
    );
    expect(await messageOf({ env: { LOG_LEVEL: 'loud' } })).toMatch(
      /^LOG_LEVEL \(environment\): log\.level: must be silent/,
    );
    await expect(
      load({ env: { PORT: '', HOST: '', LOG_LEVEL: '', DATABASE_URL: '', MCP_GATEWAY_KEY: '' } }),
    ).resolves.toMatchObject({ config: { server: { port: 8000 }, auth: { keys: [] } } });
  });

  test('the command line wins over them', async () => {
    const overrides = [{ path: ['server', 'port'], value: '7', origin: '--port' }];
    expect((await load({ env: { PORT: '9' }, options: { overrides } })).config.server.port).toBe(7);
    const wrong = [{ path: ['server', 'port'], value: 'x', origin: '--port' }];
    expect(await messageOf({ env: { PORT: '9' }, options: { overrides: wrong } })).toMatch(
      /^--port: server\.port: must be/,
    );
  });

  test('DATABASE_URL is the main database where the file names none', async () => {
    const env = { DATABASE_URL: 'postgres://h/d' };
    const databasesOf = async (yaml: string) => (await load({ yaml, env })).config.plugins.get('postgres')?.settings;
    expect(await databasesOf('')).toEqual({ databases: { main: 'postgres://h/d' } });
    expect(await databasesOf('plugins: { postgres: { maxRows: 3 } }')).toEqual({
      maxRows: 3,
      databases: { main: 'postgres://h/d' },
    });
    expect(await databasesOf('plugins: { postgres: { databases: { a: b } } }')).toEqual({ databases: { a: 'b' } });
    await expect(load({ env, options: { builtIn: [] } })).resolves.toMatchObject({ plugins: [] });
  });

  test('MCP_GATEWAY_KEY adds a key, from a file too', async () => {
    const keysOf = async (given: Parameters<typeof load>[0]) => (await load(given)).config.auth.keys;
    expect(await keysOf({ env: { MCP_GATEWAY_KEY: goodKey } })).toEqual([{ name: 'env', key: goodKey }]);
    const yaml = `auth: { keys: [{ name: a, key: ${otherKey} }] }`;
    expect(await keysOf({ yaml, env: { MCP_GATEWAY_KEY: goodKey } })).toEqual([
      { name: 'a', key: otherKey },
      { name: 'env', key: goodKey },
    ]);
    expect(await keysOf({ yaml, env: { MCP_GATEWAY_KEY: otherKey } })).toEqual([{ name: 'a', key: otherKey }]);
    expect(await keysOf({ files: { 'sse.env': `MCP_GATEWAY_KEY=${goodKey}` } })).toEqual([
      { name: 'env', key: goodKey },
    ]);
    expect(await messageOf({ env: { MCP_GATEWAY_KEY: 'short' } })).toMatch(/^MCP_GATEWAY_KEY must be at least 16/);
    expect(
      await messageOf({ yaml: `auth: { keys: [{ name: env, key: ${otherKey} }] }`, env: { MCP_GATEWAY_KEY: goodKey } }),
    ).toMatch(/^MCP_GATEWAY_KEY adds a key named env/);
  });
});

describe('listening beyond loopback', () => {
  const refused =
    /^HOST \(environment\): server\.host: .* can be reached from other machines, and no key is asked\. Set a key .*auth\.jwt.*auth\.open: true if everyone may call$/;

  test.each(['0.0.0.0', '::', '192.168.1.5', 'tools.example.com', '127.0.0.1.nip.io', '::ffff:10.0.0.1', '[::]'])(
    '%s is refused without a key',
    async (host) => {
      expect(await messageOf({ env: { HOST: host } })).toMatch(refused);
      await expect(load({ env: { HOST: host, MCP_GATEWAY_KEY: goodKey } })).resolves.toBeDefined();
      await expect(load({ yaml: 'auth: { open: true }', env: { HOST: host } })).resolves.toBeDefined();
    },
  );

  test.each(['127.0.0.1', '127.9.9.9', 'localhost', 'LOCALHOST', '::1', '[::1]', '::ffff:127.0.0.1'])(
    '%s is loopback',
    async (host) => {
      await expect(load({ env: { HOST: host } })).resolves.toBeDefined();
    },
  );
});

describe('port mode', () => {
  test('two plugins cannot have one port', async () => {
    const yaml = 'server: { mode: ports }\nplugins:\n  fetch: { port: 8001 }';
    expect(await messageOf({ yaml })).toBe(
      'config.yaml:3: plugins.fetch.port: 8001 is the port of plugins.postgres.port too',
    );
    expect(await messageOf({ yaml: 'server: { mode: both, port: 8002 }' })).toMatch(
      /plugins\.fetch\.port: 8002 is the port of server\.port too$/,
    );
    await expect(
      load({ yaml: 'server: { mode: both, port: 0 }\nplugins: { fetch: { port: 0 }, postgres: { port: 0 } }' }),
    ).resolves.toBeDefined();
    await expect(load({ yaml: 'server: { mode: prefix, port: 8002 }' })).resolves.toBeDefined();
    await expect(
      load({ yaml: 'server: { mode: both, port: 8002 }\nplugins: { fetch: { enabled: false } }' }),
    ).resolves.toBeDefined();
  });
});

test('a plugin that is off is not among the plugins, and its other keys are not judged', async () => {
  const { plugins, config } = await load({ yaml: 'plugins: { fetch: { enabled: false, whatever: 1 } }' });
  expect(plugins.map(({ name }) => name)).toEqual(['postgres']);
  expect(config.plugins.get('fetch')?.enabled).toBe(false);
});

test('the data folder follows the platform and the file', async () => {
  const folderOf = async (given: Parameters<typeof load>[0]) => (await load(given)).config.dataFolder;
  expect(await folderOf({ options: { platform: 'linux' } })).toBe(join(homedir(), '.local/share/mcp-sse-gateway'));
  expect(await folderOf({ env: { XDG_DATA_HOME: 'relative' }, options: { platform: 'linux' } })).toBe(
    join(homedir(), '.local/share/mcp-sse-gateway'),
  );
  expect(await folderOf({ options: { platform: 'darwin' } })).toBe(
    join(homedir(), 'Library/Application Support/mcp-sse-gateway'),
  );
  expect(await folderOf({ env: { LOCALAPPDATA: '/l' }, options: { platform: 'win32' } })).toBe('/l/mcp-sse-gateway');
  expect(await folderOf({ yaml: 'dataFolder: ~/x' })).toBe(join(homedir(), 'x'));
  expect(await folderOf({ yaml: 'dataFolder: /abs' })).toBe('/abs');
  const { config, file } = await load({ yaml: 'dataFolder: data' });
  expect(config.dataFolder).toBe(String(file).replace('config.yaml', 'data'));
});

test('every file that was read is named, so that no tool hands it out', async () => {
  const { config, file, envFile } = await load({
    yaml: 'auth:\n  keys:\n    - keyFile: key.txt\nplugins:\n  postgres:\n    databases:\n      main: ${DB}\n',
    files: { 'key.txt': goodKey, 'sse.env': 'PORT=1234\n' },
    env: { DB_FILE: new URL('load.test.ts', import.meta.url).pathname },
  });
  const folder = String(file).replace('config.yaml', '');
  expect([...config.privateFiles].sort()).toEqual(
    [`${folder}config.yaml`, envFile, `${folder}key.txt`, new URL('load.test.ts', import.meta.url).pathname].sort(),
  );
});

describe('auth.jwt', () => {
  const issuer = 'https://auth.example.com/realms/main';
  const jwtOf = async (yaml: string) => (await load({ yaml })).config.auth.jwt;

  test('needs an issuer alone', async () => {
    expect(await jwtOf(`auth: { jwt: { issuer: "${issuer}" } }`)).toEqual({
      issuer,
      audience: null,
      jwksUrl: null,
      algorithms: ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'],
      clockTolerance: 5000,
      scopes: [],
      principalClaim: 'sub',
      authorizationServers: [issuer],
    });
    expect(await messageOf({ yaml: 'auth: { jwt: {} }' })).toMatch(/auth\.jwt\.issuer: required, but missing/);
  });

  test('takes an audience or several, and keeps the issuer as it is written', async () => {
    expect((await jwtOf(`auth: { jwt: { issuer: "${issuer}", audience: tools } }`))?.audience).toEqual(['tools']);
    expect((await jwtOf(`auth: { jwt: { issuer: "${issuer}", audience: [a, b] } }`))?.audience).toEqual(['a', 'b']);
    expect((await jwtOf('auth: { jwt: { issuer: "https://Tenant.auth0.example/" } }'))?.issuer).toBe(
      'https://Tenant.auth0.example/',
    );
  });

  test.each([
    ['issuer: "http://auth.example.com"', /auth\.jwt\.issuer: must be an https URL/],
    ['issuer: "http://localhost.example.com"', /auth\.jwt\.issuer: must be an https URL/],
    ['issuer: "https://user:pass@auth.example.com"', /auth\.jwt\.issuer: must be an https URL/],
    ['issuer: "https://auth.example.com/?a"', /auth\.jwt\.issuer: must be an https URL/],
    ['issuer: auth.example.com', /auth\.jwt\.issuer: must be an https URL/],
    [`issuer: "${issuer}", jwksUrl: "http://10.0.0.1/keys"`, /auth\.jwt\.jwksUrl: must be an https URL/],
    [
      `issuer: "${issuer}", algorithms: [HS256]`,
      /auth\.jwt\.algorithms\[0\]: must be RS256, .*did you mean "[A-Z]S256"/,
    ],
    [`issuer: "${issuer}", algorithms: [none]`, /auth\.jwt\.algorithms\[0\]: must be RS256/],
    [`issuer: "${issuer}", algorithms: []`, /auth\.jwt\.algorithms: must name at least one/],
    [`issuer: "${issuer}", audience: []`, /auth\.jwt\.audience: must be a text or a list/],
    [`issuer: "${issuer}", audience: ""`, /auth\.jwt\.audience: must be a text or a list/],
    [`issuer: "${issuer}", scopes: ["a b"]`, /auth\.jwt\.scopes\[0\]: must be visible ASCII/],
    [`issuer: "${issuer}", clockTolerance: 1h`, /auth\.jwt\.clockTolerance: must be at most 5m/],
    [`issuer: "${issuer}", audiance: x`, /auth\.jwt\.audiance: unknown key, did you mean "audience"\?/],
  ])('refuses { %s }', async (block, words) => {
    expect(await messageOf({ yaml: `auth: { jwt: { ${block} } }` })).toMatch(words);
  });

  test.each(['http://localhost:9000/realms/main', 'http://127.0.0.1:9000', 'http://[::1]:9000'])(
    'allows %s, since nobody is in between',
    async (url) => expect((await jwtOf(`auth: { jwt: { issuer: "${url}" } }`))?.issuer).toBe(url),
  );

  test('lets MCP_GATEWAY_KEY hold a token, which is no key of the gateway', async () => {
    const env = { MCP_GATEWAY_KEY: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl' };
    const given = await load({ yaml: `auth: { jwt: { issuer: "${issuer}" } }`, env });
    expect([given.config.auth.keys, given.environmentKey]).toEqual([[], env.MCP_GATEWAY_KEY]);
    expect((await load({ env })).config.auth.keys).toEqual([{ name: 'env', key: env.MCP_GATEWAY_KEY }]);
  });

  test('counts as asking who calls, and beyond loopback wants an audience that no caller can choose', async () => {
    const beyond = (jwt: string, server = '') =>
      load({ yaml: `server: { host: 0.0.0.0${server} }\nauth: { jwt: { issuer: "${issuer}"${jwt} } }` });
    await expect(beyond(', audience: tools')).resolves.toBeDefined();
    await expect(beyond('', ', publicUrl: "https://tools.example.com"')).resolves.toBeDefined();
    await expect(beyond('')).rejects.toThrow(/auth\.jwt: set server\.publicUrl/);
    for (const proxied of ['allowedHosts: [tools.example.com]', 'trustedProxies: [127.0.0.1]'])
      expect(await messageOf({ yaml: `server: { ${proxied} }\nauth: { jwt: { issuer: "${issuer}" } }` })).toMatch(
        /auth\.jwt: set server\.publicUrl/,
      );
    await expect(beyond('', ', publicUrl: "https://tools.example.com", mode: both')).rejects.toThrow(
      /auth\.jwt: server\.mode both .* set auth\.jwt\.audience/,
    );
  });
});

test('the caps of the filesystem plugin are read as written, and those left out have their defaults', async () => {
  const yaml = 'plugins:\n  filesystem:\n    limits: { copyBytes: 4096 }\n    trash: { maxBytes: 2048 }\n';
  const { config, plugins } = await load({ yaml, options: { builtIn: builtInPlugins } });
  const filesystem = plugins.find(({ name }) => name === 'filesystem');
  expect(filesystem?.parseConfig(config.plugins.get('filesystem')?.settings)).toMatchObject({
    limits: { copyBytes: 4096, editBytes: 16_777_216 },
    trash: { maxBytes: 2048, keepDays: 30 },
  });
  expect(filesystem?.parseConfig({})).toMatchObject({ limits: { copyBytes: 1_073_741_824 } });
  expect(() => filesystem?.parseConfig({ limits: { copyBytes: 100 } })).toThrow('copyBytes');
});
