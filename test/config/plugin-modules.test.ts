import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { load, messageOf } from './support.ts';

const api = pathToFileURL('dist/index.js').href;
const valibot = import.meta.resolve('valibot');

/** The text of a module whose plugin says hello. */
function helloModule(exported: string, name = 'hello'): string {
  return `
import { definePlugin } from ${JSON.stringify(api)};
import * as v from ${JSON.stringify(valibot)};
const made = definePlugin({
  name: ${JSON.stringify(name)}, title: 'Hello', description: 'Says hello.', defaultPort: 8010,
  config: v.strictObject({ greeting: v.optional(v.string(), 'hello') }), tools: [], start: () => undefined,
});
${exported}`;
}

const yaml = 'plugins:\n  hello: { module: ./hello.mjs, greeting: hi, port: 9 }';

describe('a plugin of somebody else', () => {
  test.each([
    ['the export named plugin', 'export const plugin = made; export const other = 5;'],
    ['the only plugin exported', 'export const helloPlugin = made;'],
    ['a default export', 'export default made;'],
    ['plugin before another one', 'export const plugin = made; export const second = { ...made };'],
  ])('is %s', async (_title, exported) => {
    const { plugins, config } = await load({ yaml, files: { 'hello.mjs': helloModule(exported) } });
    expect(plugins.map(({ name }) => name)).toEqual(['postgres', 'fetch', 'hello']);
    expect(config.plugins.get('hello')).toEqual({ enabled: true, port: 9, settings: { greeting: 'hi' } });
  });

  test('comes from beside the configuration file, wherever the process runs', async () => {
    const files = {
      'etc/gateway.yaml': 'plugins: { hello: { module: ./hello.mjs } }',
      'etc/hello.mjs': helloModule('export const plugin = made;'),
    };
    const { plugins } = await load({ files, options: { file: 'etc/gateway.yaml' } });
    expect(plugins.at(-1)?.name).toBe('hello');
  });

  test.each([
    ['a string', '"./index.mjs"'],
    ['conditions', '{ ".": { "types": "./x.d.ts", "import": "./index.mjs" } }'],
    ['a require condition too', '{ "import": "./index.mjs", "require": "./index.mjs" }'],
  ])('may be a package whose exports are %s', async (_title, exports) => {
    const files = {
      'node_modules/hello-plugin/package.json': `{ "name": "hello-plugin", "type": "module", "exports": ${exports} }`,
      'node_modules/hello-plugin/index.mjs': helloModule('export const plugin = made;'),
    };
    const { plugins } = await load({ yaml: 'plugins: { hello: { module: hello-plugin } }', files });
    expect(plugins.at(-1)?.name).toBe('hello');
  });

  test('has its own settings judged', async () => {
    const files = { 'hello.mjs': helloModule('export const plugin = made;') };
    expect(await messageOf({ yaml: 'plugins:\n  hello:\n    module: ./hello.mjs\n    greting: hi', files })).toBe(
      'config.yaml:4: plugins.hello.greting: unknown key, did you mean "greeting"?',
    );
  });
});

describe('a module that does not fit is said to', () => {
  test.each([
    ['be missing', undefined, /: the module \.\/hello\.mjs cannot be loaded: Cannot find module '[^']*hello\.mjs'$/],
    ['be broken', 'export const plugin = ;', /cannot be loaded: /],
    ['throw', 'throw new Error("no luck")', /cannot be loaded: no luck$/],
    ['export nothing', '', /exports no plugin \(it exports nothing\); export what definePlugin returns as plugin$/],
    ['export something else', 'export const a = 1, b = {};', /exports no plugin \(it exports a, b\)/],
    [
      'export several',
      `${helloModule('export const one = made; export const two = { ...made, name: "two" };')}`,
      /exports several plugins \(hello, two\); export the one to use as plugin$/,
    ],
    [
      'have another name',
      helloModule('export const plugin = made;', 'other'),
      /holds the plugin "other", so this block must have that name$/,
    ],
  ])('%s', async (_title, text, message) => {
    const said = await messageOf({ yaml, files: text === undefined ? {} : { 'hello.mjs': text } });
    expect(said).toMatch(/^config\.yaml:2: plugins\.hello: /);
    expect(said).toMatch(message);
  });

  test.each(['tools', 'mcp', 'ready', 'Upper', 'a_b', '1a', 'a.b'])('have a bad name: %s', async (name) => {
    expect(await messageOf({ yaml: `plugins: { "${name}": { module: ./x.mjs } }` })).toMatch(
      /a plugin is named with up to 32 of a-z, 0-9 and -/,
    );
  });

  test('be a package that is not installed', async () => {
    expect(await messageOf({ yaml: 'plugins: { hello: { module: not-installed-anywhere } }' })).toMatch(
      /cannot be loaded: /,
    );
  });
});
