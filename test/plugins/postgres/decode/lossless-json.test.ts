import { expect, test } from 'vitest';
import { parseLossless } from '../../../../src/plugins/postgres/decode/lossless-json.ts';

test.each([
  '{"a":1,"b":[true,false,null,"x"],"c":{}}',
  '{"n":9007199254740991,"f":0.1,"e":1e3,"z":1.10,"big":1e300}',
  '{"text with : and 12345678901234567890 \\" {":"12345678901234567890"}',
  '"just text"',
  'true',
  '12.5',
  '{"__proto__":{"x":1},"constructor":2}',
  ' [1 , 2 ] ',
])('%s is parsed', (text) => {
  expect(parseLossless(text)?.value).toEqual(JSON.parse(text));
});

test.each([
  ['a number beyond 2^53', '{"n":9007199254740993}'],
  ['more digits than a double has', '{"n":0.1234567890123456789}'],
  ['a number beyond all doubles', '[1e400]'],
  ['minus zero', '[-0]'],
  ['a key that occurs twice', '{"a":1,"a":2}'],
  ['a key that occurs twice deep down', '[{"x":{"a":1,"b":2,"a":3}}]'],
  ["JSON's null", 'null'],
  ['nesting deeper than anybody reads', `${'['.repeat(500)}${']'.repeat(500)}`],
  ['what JavaScript does not parse', '{a:1}'],
])('%s stays text', (_what, text) => {
  expect(parseLossless(text)).toBeUndefined();
});
