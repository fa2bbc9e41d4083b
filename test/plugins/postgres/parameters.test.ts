import { expect, test } from 'vitest';
import { parameterTexts } from '../../../src/plugins/postgres/parameters.ts';

test.each<[unknown, string | null]>([
  ['text', 'text'],
  ['"quoted"', '"quoted"'],
  ['', ''],
  [0, '0'],
  [-1.5, '-1.5'],
  [1e21, '1e+21'],
  [true, 'true'],
  [false, 'false'],
  [null, null],
  [[], '{}'],
  [[1, null, 2], '{1,NULL,2}'],
  [['a', 'NULL', '', null, 'b"c\\d', '{x,y}'], '{"a","NULL","",NULL,"b\\"c\\\\d","{x,y}"}'],
  [
    [
      [1, 2],
      [3, 4],
    ],
    '{{1,2},{3,4}}',
  ],
  [[true, false], '{true,false}'],
  [{ a: 'b' }, '{"a":"b"}'],
  [[{ a: 1 }], '[{"a":1}]'],
])('%j is sent as %j', (value, text) => {
  expect(parameterTexts([value], 'select $1')).toEqual([text]);
});

test('a list that the statement casts to json is sent as JSON', () => {
  const values = [[1], [1], [1], [1]];
  expect(parameterTexts(values, 'select $1::jsonb, CAST($2 AS json), $3::jsonb[], $4')).toEqual([
    '[1]',
    '[1]',
    '{1}',
    '{1}',
  ]);
  expect(parameterTexts(Array(12).fill([1]), 'select $12::json, $1').slice(0, 1)).toEqual(['{1}']);
});
