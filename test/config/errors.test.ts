import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../support/config-folder.ts';
import { goodKey, messageOf } from './support.ts';

const keyForm = 'must be at least 16 visible ASCII characters without spaces; make one with: openssl rand -hex 32';
const duration = 'must be a duration such as 500ms, 30s, 5m or 1h, or a number of milliseconds';
const port = 'must be a whole number from 0 to 65535';

describe('one wrong value', () => {
  test.each([
    // unknown keys
    ['sever: {}', 'config.yaml:1: sever: unknown key, did you mean "server"?'],
    ['server:\n  prot: 9000', 'config.yaml:2: server.prot: unknown key, did you mean "port"?'],
    ['server:\n  public_url: null', 'config.yaml:2: server.public_url: unknown key, did you mean "publicUrl"?'],
    [
      'limits: { quota: null }',
      'config.yaml:1: limits.quota: unknown key, valid keys: bodyBytes, resultBytes, callTimeout, requestTime, rate, sessions',
    ],
    ['auth: { oidc: null }', 'config.yaml:1: auth.oidc: unknown key, valid keys: keys, open, jwt'],
    ['server:\n  tls: {}', /^config.yaml:2: server.tls: unknown key, valid keys: host, port, mode, /],
    ['server: { constructor: 1 }', 'config.yaml:1: server.constructor: this name cannot be a key'],
    ['server: { __proto__: { port: 1 } }', 'config.yaml:1: server.__proto__: this name cannot be a key'],
    // kinds of values
    ['- server', 'config.yaml: must be a block of keys'],
    ['server: 5', 'config.yaml:1: server: must be a block of keys, but this is a number'],
    ['server: [a]', 'config.yaml:1: server: must be a block of keys, but this is a list'],
    ['server: []', 'config.yaml:1: server: must be a block of keys, but this is a list'],
    ['plugins: []', 'config.yaml:1: plugins: must be a block of keys, but this is a list'],
    ['plugins: { fetch: [] }', 'config.yaml:1: plugins.fetch: must be a block of keys, but this is a list'],
    [
      'plugins: { postgres: { databases: [] } }',
      'config.yaml:1: plugins.postgres.databases: must be a block of keys, but this is a list',
    ],
    ['server:\n  host: 5', 'config.yaml:2: server.host: must be text, but this is a number: put it in quotes'],
    ['server: { host: "a b" }', 'config.yaml:1: server.host: must be a host name or an IP address'],
    ['server: { port: "80" }', `config.yaml:1: server.port: ${port}`],
    ['server: { port: 65536 }', `config.yaml:1: server.port: ${port}`],
    ['server: { port: -1 }', `config.yaml:1: server.port: ${port}`],
    ['server: { port: 80.5 }', `config.yaml:1: server.port: ${port}`],
    ['server: { mode: prefx }', 'config.yaml:1: server.mode: must be prefix, ports or both; did you mean "prefix"?'],
    ['server: { mode: 7 }', 'config.yaml:1: server.mode: must be prefix, ports or both'],
    ['sse: { keepAlive: pings }', 'config.yaml:1: sse.keepAlive: must be comment or event'],
    ['log: { level: warm }', /log\.level: must be silent, fatal, .* or trace; did you mean "warn"\?$/],
    ['dataFolder: 5', /^config.yaml:1: dataFolder: must be text, but this is a number: put it in quotes$/],
    ['dataFolder: ""', 'config.yaml:1: dataFolder: must not be empty'],
    // addresses
    [
      'server: { publicUrl: tools.example.com }',
      /publicUrl: must be an http or https URL without credentials, query and fragment$/,
    ],
    ['server: { publicUrl: "ftp://example.com" }', /publicUrl: must be an http or https URL/],
    ['server: { publicUrl: "https://me:pw@example.com" }', /publicUrl: must be an http or https URL/],
    ['server: { publicUrl: "https://example.com/?a=b" }', /publicUrl: must be an http or https URL/],
    [
      'server: { allowedHosts: [ok.example, "https://x.example"] }',
      /^config.yaml:1: server\.allowedHosts\[1\]: must be a host name such as/,
    ],
    ['server: { allowedHosts: ["a/b"] }', /allowedHosts\[0\]: must be a host name/],
    [
      'server: { allowedOrigins: ["https://x.example/"] }',
      /allowedOrigins\[0\]: must be an origin: scheme, host and port only/,
    ],
    ['server: { allowedOrigins: ["*"] }', /allowedOrigins\[0\]: must be an origin/],
    ['server: { trustedProxies: ["10.0.0.0/33"] }', /trustedProxies\[0\]: must be an IP address or a range/],
    ['server: { trustedProxies: ["proxy"] }', /trustedProxies\[0\]: must be an IP address or a range/],
    // times and sizes
    ['limits: { callTimeout: 30x }', `config.yaml:1: limits.callTimeout: ${duration}`],
    ['limits: { callTimeout: true }', `config.yaml:1: limits.callTimeout: ${duration}`],
    ['limits: { callTimeout: -1 }', `config.yaml:1: limits.callTimeout: ${duration}`],
    ['limits: { callTimeout: 0 }', 'config.yaml:1: limits.callTimeout: must be at least 1ms'],
    ['limits: { callTimeout: 25d }', 'config.yaml:1: limits.callTimeout: must be at most 24d'],
    ['sse: { interval: 10 }', 'config.yaml:1: sse.interval: must be at least 1s'],
    ['limits: { bodyBytes: 1 }', 'config.yaml:1: limits.bodyBytes: must be at least 1KiB'],
    [
      'limits: { bodyBytes: 4MB }',
      'config.yaml:1: limits.bodyBytes: must be a size such as 512KiB or 4MiB, or a number of bytes',
    ],
    ['limits: { sessions: 0 }', 'config.yaml:1: limits.sessions: must be at least 1'],
    ['limits: { sessions: many }', 'config.yaml:1: limits.sessions: must be a whole number'],
    // keys
    ['auth: { keys: short }', 'config.yaml:1: auth.keys: must be a list, but this is text'],
    ['auth: { keys: [short] }', `config.yaml:1: auth.keys[0]: ${keyForm}`],
    ['auth: { keys: ["sixteen chars, ok"] }', `config.yaml:1: auth.keys[0]: ${keyForm}`],
    ['auth: { keys: [{ key: short }] }', `config.yaml:1: auth.keys[0].key: ${keyForm}`],
    [
      `auth: { keys: [{ nme: a, key: ${goodKey} }] }`,
      'config.yaml:1: auth.keys[0].nme: unknown key, did you mean "name"?',
    ],
    ['auth: { keys: [{ name: a }] }', 'config.yaml:1: auth.keys[0]: needs one of key and keyFile'],
    [`auth: { keys: [{ key: ${goodKey}, keyFile: f }] }`, 'config.yaml:1: auth.keys[0]: needs one of key and keyFile'],
    [
      'auth: { keys: [{ name: "a b", key: x }] }',
      /auth\.keys\[0\]\.name: must be 1 to 64 characters of A-Z a-z 0-9 \. _ -/,
    ],
    [
      `auth:\n  keys:\n    - ${goodKey}\n    - { name: key1, key: another${goodKey} }`,
      'config.yaml:4: auth.keys[1]: another key has the name key1 too',
    ],
    [
      `auth:\n  keys:\n    - ${goodKey}\n    - ${goodKey}`,
      'config.yaml:4: auth.keys[1]: this is the same key as that of key1',
    ],
    [
      'auth: { keys: [{ keyFile: absent }] }',
      /auth\.keys\[0\]: keyFile names the file .*absent, which cannot be read \(ENOENT\)$/,
    ],
    ['auth: { open: "yes" }', 'config.yaml:1: auth.open: must be true or false, but this is text'],
    // plugins
    [
      'plugins:\n  postgrse: {}',
      'config.yaml:2: plugins.postgrse: unknown plugin, did you mean "postgres"? A plugin of your own needs its module here',
    ],
    [
      'plugins: { weather: {} }',
      /unknown plugin, built in: postgres, fetch\. A plugin of your own needs its module here$/,
    ],
    ['plugins: { postgres: 5 }', 'config.yaml:1: plugins.postgres: must be a block of keys, but this is a number'],
    ['plugins: { postgres: { prot: 1 } }', 'config.yaml:1: plugins.postgres.prot: unknown key, did you mean "port"?'],
    ['plugins: { postgres: { port: x } }', `config.yaml:1: plugins.postgres.port: ${port}`],
    [
      'plugins: { postgres: { enabled: 1 } }',
      'config.yaml:1: plugins.postgres.enabled: must be true or false, but this is a number',
    ],
    [
      'plugins: { postgres: { module: ./x.js } }',
      /plugins\.postgres: postgres is built in and takes no module; give yours another name$/,
    ],
    [
      'plugins:\n  postgres:\n    databases:\n      main: { ulr: "postgres://x", url: "postgres://x" }',
      'config.yaml:4: plugins.postgres.databases.main.ulr: unknown key, did you mean "url"?',
    ],
    [
      'plugins: { postgres: { databases: { main: { url: nope } } } }',
      'config.yaml:1: plugins.postgres.databases.main.url: is not a valid url',
    ],
    [
      'plugins: { postgres: { databases: { main: { poolSize: 3 } } } }',
      'config.yaml:1: plugins.postgres.databases.main.url: required, but missing',
    ],
    ['plugins: { postgres: { maxRows: 0 } }', 'config.yaml:1: plugins.postgres.maxRows: must be at least 1'],
    [
      'plugins: { fetch: { userAgent: 12345678901 } }',
      /userAgent: must be text, but this is a number: put it in quotes$/,
    ],
    [
      'plugins: { fetch: { userAgent: "12345678901" } }',
      'config.yaml:1: plugins.fetch.userAgent: must have at most 10 characters',
    ],
  ])('%s', async (yaml, message) => {
    const said = await messageOf({ yaml });
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });
});

test('every problem is said at once, in the order of the file', async () => {
  const yaml = [
    'server:',
    '  prot: 1',
    '  hots: 2',
    '  mode: x',
    'auth:',
    '  keys: [{ keyFile: absent }]',
    'plugins:',
    '  fetch: { a: 1, b: 2 }',
    '  nope: {}',
  ].join('\n');
  const lines = (await messageOf({ yaml })).split('\n');
  expect(lines[0]).toBe('7 problems in the configuration:');
  expect(lines.slice(1).map((line) => line.trim().split(' ', 2).join(' '))).toEqual([
    'config.yaml:2: server.prot:',
    'config.yaml:3: server.hots:',
    'config.yaml:4: server.mode:',
    'config.yaml:6: auth.keys[0]:',
    'config.yaml:8: plugins.fetch.a:',
    'config.yaml:8: plugins.fetch.b:',
    'config.yaml:9: plugins.nope:',
  ]);
});

describe('what is not YAML', () => {
  test.each([
    ['server:\n  port: 1\n  port: 2', 'config.yaml:3: this key stands twice in its block'],
    ['server: {}\nserver: {}', 'config.yaml:2: this key stands twice in its block'],
    [
      'auth: { keys: [*secret] }',
      'config.yaml:1: an unquoted value that begins with * names an anchor, and there is no such anchor; put the value in quotes',
    ],
    [
      'auth: { keys: [!secret x] }',
      'config.yaml:1: an unquoted value that begins with ! is a tag, and there is no such tag; put the value in quotes',
    ],
    ['server:\n\tport: 1', /^config.yaml:2: this is not valid YAML/m],
    ['server: { port: 1', /^config.yaml:1: this is not valid YAML/],
    ['a: 1\n---\nb: 2', 'config.yaml:2: a second document begins here (---), and there may be only one'],
    [`server: ${'['.repeat(100_000)}`, 'config.yaml:1: it is nested too deeply'],
  ])('%.40s', async (yaml, message) => {
    const said = await messageOf({ yaml });
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });

  test('aliases that would expand to gigabytes are refused at once', async () => {
    const levels = Array.from(
      { length: 12 },
      (_, i) =>
        `a${i}: &a${i} [${Array(10)
          .fill(i === 0 ? 'x' : `*a${i - 1}`)
          .join(', ')}]`,
    );
    expect(await messageOf({ yaml: `server:\n${levels.map((line) => `  ${line}`).join('\n')}` })).toBe(
      'config.yaml: its aliases expand to too much',
    );
  });

  test('an alias to a block in the same file is fine', async () => {
    const yaml = 'plugins:\n  postgres: { databases: { main: &db { url: "postgres://h/a" }, other: *db } }';
    await expect(messageOf({ yaml })).rejects.toThrow('the configuration was accepted');
  });

  test('a file over 1 MiB is refused', async () => {
    expect(await messageOf({ yaml: `# ${'x'.repeat(1_048_576)}` })).toBe('config.yaml is larger than 1048576 bytes');
  });

  test('no syntax error quotes the file', async () => {
    for (const yaml of [
      'k: "hunter2\\q"',
      'k: *hunter2',
      'k: !hunter2 x',
      'k: |hunter2\n  x',
      'k: "hunter2',
      'k: @hunter2',
      'k: hunter2: hunter2',
      '%hunter2 hunter2\n---\nk: 1',
      'k: }hunter2',
      'k: [hunter2: }',
    ]) {
      expect.soft(await messageOf({ yaml }), yaml).not.toContain('hunter2');
    }
  });
});

test('no error holds a value of the file or of the environment', async () => {
  const secret = 'hunter2hunter2hunter2';
  const yaml = `
server: { host: [${secret}], port: ${secret}, mode: ${secret}, publicUrl: ${secret}, allowedHosts: ${secret}, allowedOrigins: [${secret}], trustedProxies: [${secret}] }
auth: { keys: { a: ${secret} }, open: ${secret} }
limits: { callTimeout: ${secret}, bodyBytes: ${secret}, sessions: ${secret} }
log: { level: ${secret} }
dataFolder: [${secret}]
plugins: { postgres: { databases: { main: { url: ${secret} }, b: [${secret}] }, maxRows: ${secret}, redact: ${secret}, port: "\${SECRET}" }, fetch: { userAgent: ${secret} } }
`;
  const message = await messageOf({
    yaml,
    env: { SECRET: secret, PORT: secret, LOG_LEVEL: secret, MCP_GATEWAY_MODE: secret },
  });
  expect(message).not.toContain('hunter2');
  expect(message.split('\n').length).toBeGreaterThan(15);
});

test('a config.yaml of another program is told apart, unless it was asked for', async () => {
  const yaml = 'model_list: []\nlitellm_settings: {}';
  expect(await messageOf({ yaml })).toMatch(
    /^config\.yaml in this folder has none of the keys of this program \(server, .*name yours with --config$/,
  );
  expect(await messageOf({ yaml, options: { file: 'config.yaml' } })).toMatch(/^2 problems/);
});

test('a file that was asked for and is not there is an error', async () => {
  expect(await messageOf({ options: { file: 'absent.yaml' } })).toBe('absent.yaml cannot be read (ENOENT)');
});

test('text that is not UTF-8 is refused', async () => {
  const folder = folderWith({});
  writeFileSync(join(folder, 'config.yaml'), Buffer.from([0x61, 0x3a, 0x20, 0xff, 0xfe]));
  expect(await messageOf({ options: { cwd: folder } })).toBe('config.yaml is not UTF-8 text');
});
