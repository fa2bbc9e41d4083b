import { cpSync, symlinkSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { folderWith } from '../support/config-folder.ts';
import { run } from './support.ts';

const plugin = `
import { definePlugin, defineTool, GatewayError, withContent } from 'mcp-sse-gateway';
import * as v from 'valibot';
const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };
export const plugin = definePlugin({
  name: 'own', title: 'Own', description: 'Brings its own copy.', config: v.strictObject({}), start: () => undefined,
  tools: [
    defineTool({
      name: 'fail', title: 'Fail', description: 'Fails.', annotations, input: v.strictObject({}), output: v.object({}),
      handler: () => { throw new GatewayError('upstream', 'Said by another copy.'); },
    }),
    defineTool({
      name: 'rich', title: 'Rich', description: 'Shows.', annotations, input: v.strictObject({}),
      handler: () => withContent([{ type: 'text', text: 'shown by another copy' }]),
    }),
  ],
});`;

test('a plugin package that brings its own copy of the gateway works as the others do', async () => {
  const cwd = folderWith({
    'config.yaml': 'plugins: { own: { module: own-plugin } }',
    'node_modules/own-plugin/package.json': '{ "name": "own-plugin", "type": "module", "exports": "./index.js" }',
    'node_modules/own-plugin/index.js': plugin,
  });
  const copy = join(cwd, 'node_modules/mcp-sse-gateway');
  cpSync('dist', join(copy, 'dist'), { recursive: true });
  cpSync('package.json', join(copy, 'package.json'));
  symlinkSync(resolve('node_modules'), join(copy, 'node_modules'));
  symlinkSync(resolve('node_modules/valibot'), join(cwd, 'node_modules/valibot'));
  expect(await run(['call', '--local', 'own', 'fail'], { cwd })).toMatchObject({
    code: 1,
    stderr: 'error: Said by another copy.\n',
  });
  expect(await run(['call', '--local', 'own', 'rich'], { cwd })).toMatchObject({
    code: 0,
    stdout: 'shown by another copy\n',
  });
});
