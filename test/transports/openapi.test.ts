import { definePlugin, defineTool, type ToolContext } from 'mcp-sse-gateway';
import * as v from 'valibot';
import { expect, test } from 'vitest';
import { startTestGateway } from '../support/gateway.ts';

interface Tree {
  name: string;
  children: Tree[];
}
const tree: v.GenericSchema<Tree> = v.object({ name: v.string(), children: v.array(v.lazy(() => tree)) });

const prune = defineTool({
  name: 'prune',
  title: 'Prune',
  description: 'Prunes a tree.',
  input: v.strictObject({ tree }),
  output: v.object({ tree }),
  annotations: { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  handler: (_context: ToolContext, input) => input,
});

test('references of a tool’s schemas lead somewhere in the OpenAPI document', async () => {
  const plugin = definePlugin({
    name: 'garden',
    title: 'Garden',
    description: 'Trees.',
    config: v.strictObject({}),
    tools: [prune],
    start: () => ({}),
  });
  const { url, gateway } = await startTestGateway({}, [plugin]);
  const document = (await (await fetch(`${url}/garden/openapi.json`)).json()) as { components: { schemas: object } };
  const references = [...JSON.stringify(document).matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)].map(
    ([, name]) => name,
  );
  expect(new Set(references)).toEqual(new Set(['prune.input.0', 'prune.output.0', 'Error']));
  for (const name of references) expect(document.components.schemas).toHaveProperty([name ?? '']);
  expect(JSON.stringify(document)).not.toContain('#/$defs/');
  await gateway.stop();
});
