import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { configJsonSchema } from '../../src/config/json-schema.ts';
import { isBlock } from '../../src/config/problems.ts';
import { builtIn, goodKey } from './support.ts';

const schema = configJsonSchema(builtIn);
const ajv = new Ajv2020({ strict: true, allowUnionTypes: true, formats: { uri: true } });
const validate = ajv.compile(schema);
const accepts = (yaml: string) => validate(parse(yaml));

test('it is a JSON Schema of draft 2020-12', () => {
  expect(schema.$schema).toBe('https://json-schema.org/draft/2020-12/schema');
  expect(ajv.validateSchema(schema), JSON.stringify(ajv.errors)).toBe(true);
});

describe('it accepts', () => {
  test.each([
    '{}',
    'server: { port: 1, mode: both, publicUrl: null, drainTimeout: 5s, allowedHosts: [a] }',
    'server: { port: "${PORT:-8000}", mode: "${MODE}", drainTimeout: 5 }',
    `auth: { open: "\${OPEN}", keys: [ ${goodKey}, "\${K}", { name: a, key: "\${K}" }, { keyFile: f } ] }`,
    'limits: { bodyBytes: 4MiB, sessions: 3 }',
    'auth: { jwt: { issuer: "https://a.example", audience: [a, b], clockTolerance: 1s, scopes: [x] } }',
    'auth: { jwt: { issuer: "https://a.example", audience: "${A}" } }',
    'plugins: { postgres: { port: 1, enabled: false, databases: { main: { url: "postgres://x" } }, maxRows: "${R}" } }',
    'plugins: { own: { module: ./x.js, whatever: [1] } }',
  ])('%s', (yaml) => {
    expect(accepts(yaml), JSON.stringify(validate.errors)).toBe(true);
  });
});

describe('it refuses', () => {
  test.each([
    'sever: {}',
    'server: { prot: 1 }',
    'server: { port: "80" }',
    'server: { port: 70000 }',
    'server: { mode: prefx }',
    'server: { drainTimeout: 5x }',
    'auth: { keys: [short] }',
    'auth: { keys: [{ nme: a }] }',
    'auth: { jwt: { audience: a } }',
    'auth: { jwt: { issuer: "https://a.example", algorithms: [HS256] } }',
    'limits: { bodyBytes: 4MB }',
    'plugins: { postgres: { prot: 1 } }',
    'plugins: { postgres: { module: ./x.js } }',
    'plugins: { own: { port: 1 } }',
  ])('%s', (yaml) => {
    expect(accepts(yaml)).toBe(false);
  });
});

test('every key says what it is for', () => {
  const undescribed: string[] = [];
  const visit = (node: unknown, path: string) => {
    if (!isBlock(node)) return;
    for (const [key, value] of Object.entries(isBlock(node.properties) ? node.properties : {})) {
      if (!isBlock(value)) continue;
      const options = Array.isArray(value.anyOf) ? value.anyOf : [];
      const described = [value, ...options].some((option) => isBlock(option) && typeof option.description === 'string');
      if (!described && !path.startsWith('.plugins.')) undescribed.push(`${path}.${key}`);
      visit(value, `${path}.${key}`);
    }
  };
  visit(schema, '');
  expect(undescribed).toEqual([]);
});
