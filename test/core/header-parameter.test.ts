import { expect, test } from 'vitest';
import { headerParameters } from '../../src/core/header-parameter.ts';

const marked = (type: string, name: unknown = 'Region') => ({ type, 'x-mcp-header': name });
const object = (properties: object, rest: object = {}) => ({ type: 'object', properties, ...rest });

test('marked parameters are found by the path of properties that leads to them', () => {
  const schema = object({
    region: marked('string'),
    plain: { type: 'string' },
    deep: object({ shard: marked('integer', 'Shard') }),
  });
  expect(headerParameters(schema, 'tool x')).toEqual([
    { title: 'Mcp-Param-Region', header: 'mcp-param-region', path: ['region'] },
    { title: 'Mcp-Param-Shard', header: 'mcp-param-shard', path: ['deep', 'shard'] },
  ]);
});

test('data that only looks like a mark is none', () => {
  const schema = object({ 'x-mcp-header': { type: 'string' } }, { default: { 'x-mcp-header': 'Region' } });
  expect(headerParameters(schema, 'tool x')).toEqual([]);
});

test.each<[string, object, RegExp]>([
  ['an empty name', object({ a: marked('string', '') }), /of a must be a header name/],
  ['a line end in the name', object({ a: marked('string', 'A\r\nB') }), /of a must be a header name/],
  ['a name that is no text', object({ a: marked('string', 1) }), /of a must be a header name/],
  ['a number', object({ a: marked('number') }), /may not mark a: only strings, integers and booleans/],
  ['an object', object({ a: { ...object({}), 'x-mcp-header': 'A' } }), /may not mark a/],
  [
    'one name twice in two cases',
    object({ a: marked('string'), b: marked('string', 'REGION') }),
    /names "REGION" twice/,
  ],
  ['items', object({ a: { type: 'array', items: marked('string') } }), /reached by properties alone/],
  ['a union', object({ a: { anyOf: [marked('string')] } }), /reached by properties alone/],
  ['a definition', object({}, { $defs: { a: marked('string') } }), /reached by properties alone/],
  ['the arguments as a whole', { ...object({}), 'x-mcp-header': 'A' }, /reached by properties alone/],
])('a mark on %s fails the start, since clients would drop the tool', (_title, schema, message) => {
  expect(() => headerParameters(schema as Record<string, unknown>, 'tool x')).toThrow(message);
});
