import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { folderWith } from '../support/config-folder.ts';
import { goodKey, load, messageOf } from './support.ts';

const userAgent = (text: string) => `plugins: { fetch: { userAgent: '${text}' } }`;

async function replaced(text: string, env: Record<string, string>): Promise<unknown> {
  const { config } = await load({ yaml: `plugins: { postgres: { databases: { main: '${text}' } } }`, env });
  return config.plugins.get('postgres')?.settings.databases;
}

describe('references in values', () => {
  test.each([
    ['${A}', { A: 'x' }, 'x'],
    ['a${A}b${B}c', { A: '1', B: '2' }, 'a1b2c'],
    ['${A:-d}', {}, 'd'],
    ['${A:-d}', { A: '' }, 'd'],
    ['${A:-d}', { A: 'x' }, 'x'],
    ['${A:-}', {}, ''],
    ['${A:-a:-b c/d?e=f}', {}, 'a:-b c/d?e=f'],
    ['$${A}', {}, '${A}'],
    ['$$${A}', { A: 'x' }, '$${A}'],
    ['$A $5 $$ {A}', {}, '$A $5 $$ {A}'],
    // what the environment holds is never looked at again
    ['${A}', { A: '${B}', B: 'no' }, '${B}'],
    ['${A}', { A: '$${B}' }, '$${B}'],
    ['${A}', { A: '$& $1 $`' }, '$& $1 $`'],
    ['${A}', { A: 'x: y\nport: 1' }, 'x: y\nport: 1'],
  ])('%s', async (text, env, expected) => {
    expect(await replaced(text, env as Record<string, string>)).toEqual({ main: expected });
  });

  test.each([
    [
      userAgent('${NOPE}'),
      'config.yaml:1: plugins.fetch.userAgent: NOPE is not set in the environment; set it, or NOPE_FILE, or write ${NOPE:-default}',
    ],
    [
      userAgent('${A-b}'),
      'config.yaml:1: plugins.fetch.userAgent: a reference is ${NAME} or ${NAME:-default}; write $${ for ${ itself',
    ],
    [userAgent('${A:?b}'), /a reference is \$\{NAME\}/],
    [userAgent('${}'), /a reference is \$\{NAME\}/],
    [userAgent('${1A}'), /a reference is \$\{NAME\}/],
    [userAgent('${A'), /a reference is \$\{NAME\}/],
    [userAgent('${A:-${B}}'), /a reference is \$\{NAME\}/],
    ['server: { host: "${NOPE}" }', /^config.yaml:1: server.host: NOPE is not set/],
    ['auth: { keys: ["${NOPE}"] }', /^config.yaml:1: auth.keys\[0\]: NOPE is not set/],
  ])('%s is refused', async (yaml, message) => {
    const said = await messageOf({ yaml });
    if (typeof message === 'string') expect(said).toBe(message);
    else expect(said).toMatch(message);
  });

  test('a variable cannot add keys, close a block or make an alias', async () => {
    const attacks = [
      'x\nopen: true',
      'x }, auth: { open: true',
      '*anchor',
      '!!js/function x',
      '{ a: 1 }',
      '[1]',
      '"',
      "'",
      '# x',
      '__proto__',
      'null',
      '~',
    ];
    for (const attack of attacks) {
      const { config } = await load({
        yaml: 'plugins: { postgres: { databases: { main: "${A}" } } }',
        env: { A: attack },
      });
      expect.soft(config.auth.open).toBe(false);
      expect.soft(config.plugins.get('postgres')?.settings).toEqual({ databases: { main: attack } });
    }
  });

  test('keys are not looked at', async () => {
    const { config } = await load({ yaml: 'plugins: { postgres: { databases: { "${A}": x } } }', env: { A: 'b' } });
    expect(config.plugins.get('postgres')?.settings).toEqual({ databases: { '${A}': 'x' } });
  });

  test('a missing variable of a plugin that is off does not matter', async () => {
    await expect(load({ yaml: 'plugins: { fetch: { enabled: false, userAgent: "${NOPE}" } }' })).resolves.toBeDefined();
  });
});

describe('a value that is one variable and nothing else', () => {
  test('becomes a number or a boolean where the schema wants one', async () => {
    const yaml = `
server: { port: "\${P}" }
auth: { open: "\${O}" }
limits: { sessions: "\${S:-7}", callTimeout: "\${T}", bodyBytes: "\${B}" }
plugins: { postgres: { maxRows: "\${R}", redact: "\${O}", port: "\${P}", enabled: "\${O}" } }`;
    const { config } = await load({ yaml, env: { P: '9000', O: 'true', T: '5s', B: '2048', R: '12' } });
    expect(config.server.port).toBe(9000);
    expect(config.auth.open).toBe(true);
    expect(config.limits).toMatchObject({ sessions: 7, callTimeout: 5000, bodyBytes: 2048 });
    expect(config.plugins.get('postgres')).toMatchObject({ enabled: true, port: 9000 });
  });

  test('hands the plugin settings that its own schema accepts', async () => {
    const { config, plugins } = await load({
      yaml: 'plugins: { postgres: { maxRows: "${R}", redact: "${O}" } }',
      env: { R: '12', O: 'true' },
    });
    const [postgres] = plugins;
    expect(postgres?.parseConfig(config.plugins.get('postgres')?.settings)).toMatchObject({
      maxRows: 12,
      redact: true,
    });
  });

  test('stays text where the schema wants text', async () => {
    const { config } = await load({
      yaml: 'server: { host: "${H}" }\nauth: { keys: ["${K}"] }',
      env: { H: '10', K: '12345678901234567890' },
    });
    expect(config.server.host).toBe('10');
    expect(config.auth.keys).toEqual([{ name: 'key1', key: '12345678901234567890' }]);
  });

  test.each(['yes', '0x10', '1e3', ' 1', '1,5', 'null'])('does not become a number from %j', async (text) => {
    expect(await messageOf({ yaml: 'server: { port: "${P}" }', env: { P: text } })).toBe(
      'config.yaml:1: server.port: must be a whole number from 0 to 65535',
    );
  });

  test('counts as not set where it is empty and the schema refuses that', async () => {
    const { config } = await load({
      yaml: 'server: { host: "${H:-}", port: "${P:-}", publicUrl: "${U:-}", mode: "${M:-}" }',
    });
    expect(config.server).toMatchObject({ host: '127.0.0.1', port: 8000, publicUrl: null, mode: 'prefix' });
  });

  test('an empty key does not open the gateway', async () => {
    expect(await messageOf({ yaml: 'auth: { keys: ["${K:-}"] }' })).toMatch(
      /^config.yaml:1: auth\.keys\[0\]: must be at least 16/,
    );
    expect(await messageOf({ yaml: 'auth: { keys: [{ key: "${K:-}" }] }' })).toBe(
      'config.yaml:1: auth.keys[0]: needs one of key and keyFile',
    );
  });
});

describe('secrets in files', () => {
  test('NAME_FILE stands in for NAME, without its last line break', async () => {
    const folder = folderWith({ secret: 'from a file\n', crlf: 'from a file\r\n', lines: 'a\n\n' });
    expect(await replaced('${A}', { A_FILE: join(folder, 'secret') })).toEqual({ main: 'from a file' });
    expect(await replaced('${A:-x}', { A: '', A_FILE: join(folder, 'crlf') })).toEqual({ main: 'from a file' });
    expect(await replaced('${A}', { A_FILE: join(folder, 'lines') })).toEqual({ main: 'a\n' });
    expect(await replaced('${A}', { A: 'set', A_FILE: '/absent' })).toEqual({ main: 'set' });
  });

  test('a file that cannot be read, or is no secret, is named', async () => {
    const yaml = userAgent('${A}');
    const folder = folderWith({ large: 'x'.repeat(65_537) });
    expect(await messageOf({ yaml, env: { A_FILE: '/absent' } })).toBe(
      'config.yaml:1: plugins.fetch.userAgent: A_FILE names the file /absent, which cannot be read (ENOENT)',
    );
    expect(await messageOf({ yaml, env: { A_FILE: folder } })).toMatch(/which cannot be read \(EISDIR\)$/);
    expect(await messageOf({ yaml, env: { A_FILE: join(folder, 'large') } })).toMatch(
      /which is larger than 65536 bytes$/,
    );
  });

  test('a key may stand in a file beside the configuration', async () => {
    const { config } = await load({
      yaml: 'auth: { keys: [{ name: a, keyFile: keys/a }] }',
      files: { 'keys/a': `${goodKey}\n` },
    });
    expect(config.auth.keys).toEqual([{ name: 'a', key: goodKey }]);
    expect(await messageOf({ yaml: 'auth: { keys: [{ keyFile: a }] }', files: { a: 'short' } })).toMatch(
      /^config.yaml:1: auth\.keys\[0\]: the key in a must be at least 16/,
    );
  });
});

describe('the env file', () => {
  const yaml = 'plugins: { postgres: { databases: { main: "${A}" } } }';
  const mainOf = async (given: Parameters<typeof load>[0]) =>
    (await load(given)).config.plugins.get('postgres')?.settings.databases;

  test('sse.env beside the configuration is read, and the environment wins over it', async () => {
    const files = { 'sse.env': 'A="from the file"\n# comment\nexport B=1\n' };
    expect(await mainOf({ yaml, files })).toEqual({ main: 'from the file' });
    expect(await mainOf({ yaml, files, env: { A: 'real' } })).toEqual({ main: 'real' });
    expect(await mainOf({ yaml, files, env: { A: '' } })).toEqual({ main: 'from the file' });
  });

  test('another one may be named', async () => {
    expect(await mainOf({ yaml, files: { 'other.env': 'A=x' }, options: { envFile: 'other.env' } })).toEqual({
      main: 'x',
    });
    expect(await messageOf({ yaml, options: { envFile: 'absent.env' } })).toBe(
      'the env file absent.env does not exist',
    );
  });

  test.each([0o644, 0o640, 0o604, 0o620, 0o660])('mode %o is refused with the command that mends it', async (mode) => {
    const cwd = folderWith({ 'config.yaml': yaml, 'sse.env': 'A=hunter2' });
    const path = join(cwd, 'sse.env');
    chmodSync(path, mode);
    expect(await messageOf({ options: { cwd } })).toBe(
      `${path} holds secrets, and others may use it (mode ${mode.toString(8)}); run: chmod 600 ${path}`,
    );
    chmodSync(path, 0o400);
    expect(await mainOf({ options: { cwd } })).toEqual({ main: 'hunter2' });
    chmodSync(path, 0o644);
    expect(await mainOf({ options: { cwd, platform: 'win32' } })).toEqual({ main: 'hunter2' });
  });

  test('its path is quoted for the shell', async () => {
    const cwd = folderWith({ "it's here/sse.env": 'A=x' });
    chmodSync(join(cwd, "it's here/sse.env"), 0o644);
    expect(await messageOf({ options: { cwd: join(cwd, "it's here") } })).toMatch(
      /chmod 600 '.*it'\\''s here\/sse\.env'$/,
    );
  });

  test('a folder of that name is not taken for it', async () => {
    const cwd = folderWith({});
    mkdirSync(join(cwd, 'sse.env'), { mode: 0o700 });
    expect(await messageOf({ options: { cwd } })).toMatch(/sse\.env is not a file$/);
  });
});
