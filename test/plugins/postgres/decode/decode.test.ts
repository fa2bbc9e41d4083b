import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { CellDecoder } from '../../../../src/plugins/postgres/decode/decode.ts';
import { TypeCatalog } from '../../../../src/plugins/postgres/decode/type-catalog.ts';
import type { Engine } from '../../../../src/plugins/postgres/engine.ts';
import { listPostgresVersions, type PostgresServer, startPostgres } from '../../../support/postgres.ts';
import { openEngine, run } from '../server/support.ts';

const schema = `
  create type mood as enum ('sad', 'happy', 'so, so');
  create type point3 as (x int, y text, z numeric);
  create domain positive as int check (value > 0);
  create schema hidden;
  create type hidden.colour as enum ('red');
  alter database postgres set datestyle = 'German';
  alter database postgres set intervalstyle = 'iso_8601';
  alter database postgres set bytea_output = 'escape';
  alter database postgres set extra_float_digits = -3;
  alter database postgres set timezone = 'Asia/Kolkata';
`;

/** Expression, name of its type, value as JSON. */
const cases: readonly (readonly [expression: string, type: string, value: unknown])[] = [
  ['true', 'bool', true],
  ['false', 'bool', false],
  ['32767::int2', 'int2', 32767],
  ['(-2147483648)::int4', 'int4', -2147483648],
  ['4294967295::oid', 'oid', 4294967295],
  ['9223372036854775807::int8', 'int8', '9223372036854775807'],
  ['1::int8', 'int8', '1'],
  ['12345678901234567890.12345678901234567890::numeric', 'numeric', '12345678901234567890.12345678901234567890'],
  ["'NaN'::numeric", 'numeric', 'NaN'],
  ['1.10::numeric(5,2)', 'numeric', '1.10'],
  ["'12.34'::money", 'money', '$12.34'],
  ['0.1::float4', 'float4', 0.1],
  ['0.1::float8 + 0.2::float8', 'float8', 0.30000000000000004],
  ["'NaN'::float8", 'float8', 'NaN'],
  ["'Infinity'::float8", 'float8', 'Infinity'],
  ["'-Infinity'::float4", 'float4', '-Infinity'],
  ["'-0'::float8", 'float8', '-0'],
  ['1e300::float8', 'float8', 1e300],
  ["'text'::text", 'text', 'text'],
  ["'NULL'::text", 'text', 'NULL'],
  ["''::varchar", 'varchar', ''],
  ["'ab'::char(4)", 'bpchar', 'ab  '],
  ["'n'::name", 'name', 'n'],
  ["U&'\\+01F600'", 'text', '😀'],
  ["timestamptz '2001-02-03 04:05:06.123456+00'", 'timestamptz', '2001-02-03 09:35:06.123456+05:30'],
  ["timestamp '2001-02-03 04:05:06.000001'", 'timestamp', '2001-02-03 04:05:06.000001'],
  ["timestamptz 'infinity'", 'timestamptz', 'infinity'],
  ["timestamp '-infinity'", 'timestamp', '-infinity'],
  ["date '0044-03-15 BC'", 'date', '0044-03-15 BC'],
  ["date '2001-02-03'", 'date', '2001-02-03'],
  ["date 'infinity'", 'date', 'infinity'],
  ["time '24:00:00'", 'time', '24:00:00'],
  ["timetz '04:05:06.5+02'", 'timetz', '04:05:06.5+02'],
  ["interval '1 year 2 months 3 days 04:05:06.789'", 'interval', '1 year 2 mons 3 days 04:05:06.789'],
  [`'{"a":[1,2]}'::jsonb`, 'jsonb', { a: [1, 2] }],
  [`'{"a":1,"a":2}'::json`, 'json', '{"a":1,"a":2}'],
  [`'{"n":12345678901234567890}'::jsonb`, 'jsonb', '{"n": 12345678901234567890}'],
  [`'null'::jsonb`, 'jsonb', 'null'],
  [`'"x"'::jsonb`, 'jsonb', 'x'],
  ["'\\xdeadbeef'::bytea", 'bytea', { base64: '3q2+7w==', truncated: false }],
  ["''::bytea", 'bytea', { base64: '', truncated: false }],
  ["'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::uuid", 'uuid', 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'],
  ["'10.0.0.1/8'::inet", 'inet', '10.0.0.1/8'],
  ["'10.0.0.0/8'::cidr", 'cidr', '10.0.0.0/8'],
  ["'08:00:2b:01:02:03'::macaddr", 'macaddr', '08:00:2b:01:02:03'],
  ["B'101'", 'bit', '101'],
  ["'<a/>'::xml", 'xml', '<a/>'],
  ["'(1,2)'::point", 'point', '(1,2)'],
  ["'[1,5)'::int4range", 'int4range', '[1,5)'],
  ["'a & b'::tsquery", 'tsquery', "'a' & 'b'"],
  ["'so, so'::mood", 'mood', 'so, so'],
  ["'red'::hidden.colour", 'hidden.colour', 'red'],
  ["'7'::positive", 'int4', 7],
  ["row(1,'a b',2.5)::point3", 'point3', '(1,"a b",2.5)'],
  ['row(1,2)', 'record', '(1,2)'],
  ["'pg_class'::regclass", 'regclass', 'pg_class'],
  ['array[1,null,3]', 'int4[]', [1, null, 3]],
  ["array['a','NULL',null,'','b,c','d\"e']", 'text[]', ['a', 'NULL', null, '', 'b,c', 'd"e']],
  [
    'array[[1,2],[3,4]]::int8[]',
    'int8[]',
    [
      ['1', '2'],
      ['3', '4'],
    ],
  ],
  ["'[0:1]={5,6}'::int[]", 'int4[]', [5, 6]],
  ["'{}'::int[]", 'int4[]', []],
  ['array[true,false,null]', 'bool[]', [true, false, null]],
  ["array['NaN',1.5]::float8[]", 'float8[]', ['NaN', 1.5]],
  [`array['{"a":"b,c"}','[]']::jsonb[]`, 'jsonb[]', [{ a: 'b,c' }, []]],
  ["array['\\xff']::bytea[]", 'bytea[]', [{ base64: '/w==', truncated: false }]],
  ["array['sad','so, so']::mood[]", 'mood[]', ['sad', 'so, so']],
  ["array[row(1,'a',2)]::point3[]", 'point3[]', ['(1,a,2)']],
  ["'{(1,1),(0,0);(3,3),(2,2)}'::box[]", 'box[]', ['(1,1),(0,0)', '(3,3),(2,2)']],
  ["'{1,2}'::positive[]", 'positive[]', ['1', '2']],
  ["'1 2 3'::int2vector", 'int2vector', '1 2 3'],
  ['null::int', 'int4', null],
  ['null::text[]', 'text[]', null],
];

describe.each(listPostgresVersions())('values of PostgreSQL %s', (version) => {
  let server: PostgresServer;
  let engine: Engine;

  beforeAll(async () => {
    server = await startPostgres(version, { settings: { lc_monetary: 'C' } });
    const sql = postgres(server.url, { max: 1, onnotice: () => undefined });
    await sql.unsafe(schema);
    await sql.end();
    engine = openEngine(server.url);
  });
  afterAll(async () => {
    await engine.close();
    await server.stop();
  });

  test('of every type become JSON without loss, whatever the defaults of the database', async () => {
    const sql = `select ${cases.map(([expression], index) => `${expression} as c${index}`).join(', ')}`;
    const { columns, rows } = await run(engine, sql);
    const types = new TypeCatalog(engine.catalog);
    const typeOf = await types.resolve(
      columns.map(({ oid }) => oid),
      new AbortController().signal,
    );
    const decoder = new CellDecoder(typeOf, 65_536);
    const decoded = columns.map(({ oid }, index) => [
      cases[index]?.[0],
      typeOf(oid).name,
      decoder.decode(rows[0]?.[index] ?? null, oid),
    ]);
    expect(decoded).toEqual(cases.map((each) => [...each]));
    expect(decoder.cut).toBe(0);
  });

  test('keep their rows where the names of their types cannot be asked for', async () => {
    const types = new TypeCatalog(() => Promise.reject(new Error('busy')));
    const typeOf = await types.resolve([23, 999_999], new AbortController().signal);
    expect([typeOf(23).name, typeOf(999_999).name]).toEqual(['int4', 'oid 999999']);
  });
});

describe('a value longer than may be', () => {
  const decoder = () => new CellDecoder(() => ({ name: 'text', element: undefined, delimiter: ',' }), 10);

  test('is cut and says how long it was', () => {
    const cells = decoder();
    expect(cells.decode('x'.repeat(10), 25)).toBe('x'.repeat(10));
    expect(cells.decode('x'.repeat(11), 25)).toBe(`${'x'.repeat(10)}… [cut: 11 characters in all]`);
    expect(cells.decode(`[${'1,'.repeat(20)}1]`, 3802)).toContain('[cut: ');
    expect(cells.cut).toBe(2);
  });

  test('is not cut within a character', () => {
    expect(decoder().decode(`${'x'.repeat(9)}😀y`, 25)).toBe(`${'x'.repeat(9)}… [cut: 12 characters in all]`);
  });

  test('is marked as truncated where it is binary', () => {
    const cells = decoder();
    expect(cells.decode(`\\x${'ff'.repeat(20)}`, 17)).toEqual({ base64: '//////8=', truncated: true });
    expect(cells.cut).toBe(1);
  });
});
