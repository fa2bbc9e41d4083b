import { expect, test } from 'vitest';
import { type ArrayText, parseArrayLiteral } from '../../../../src/plugins/postgres/decode/array-literal.ts';

test.each<[string, ArrayText]>([
  ['{}', []],
  ['{1,2,3}', ['1', '2', '3']],
  ['{a,NULL,"NULL","null",null}', ['a', null, 'NULL', 'null', null]],
  ['{"a,b","c\\"d","e\\\\f","",g h}', ['a,b', 'c"d', 'e\\f', '', 'g h']],
  [
    '{{1,2},{3,NULL}}',
    [
      ['1', '2'],
      ['3', null],
    ],
  ],
  ['[0:1]={5,6}', ['5', '6']],
  [
    '[-2:-1][5:6]={{a,b},{"{","}"}}',
    [
      ['a', 'b'],
      ['{', '}'],
    ],
  ],
  ['{"line\nbreak","(1,\\"x y\\")"}', ['line\nbreak', '(1,"x y")']],
])('%s is read', (text, expected) => {
  expect(parseArrayLiteral(text, ',')).toEqual(expected);
});

test('the elements of a box array are apart by semicolons', () => {
  expect(parseArrayLiteral('{(1,1),(0,0);(2,2),(1,1)}', ';')).toEqual(['(1,1),(0,0)', '(2,2),(1,1)']);
});

test.each(['', '{', '{1', '1,2', '{1}}', '{1}x', '{"a', '[0:1]', '}'])(
  '%j is no array, and no crash either',
  (text) => {
    expect(parseArrayLiteral(text, ',')).toBeUndefined();
  },
);

test('a long array of long texts is read without trouble', () => {
  const texts = Array.from({ length: 2000 }, (_, index) => `${index}"\\,{}`.repeat(20));
  const literal = `{${texts.map((text) => `"${text.replaceAll(/["\\]/g, '\\$&')}"`).join(',')}}`;
  expect(parseArrayLiteral(literal, ',')).toEqual(texts);
});
