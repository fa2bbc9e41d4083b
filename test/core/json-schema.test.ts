import Ajv2020 from 'ajv/dist/2020.js';
import * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import { titledChoice, titledChoices } from '../../src/core/choice.ts';
import { describeSchema } from '../../src/core/json-schema.ts';

const shown = (schema: v.GenericSchema) => describeSchema(schema, 'input', 'test');
const propertiesOf = (schema: v.GenericSchema) => shown(schema).properties;

describe('choices by titles', () => {
  const regions = { eu: 'Europe', us: 'United States' };
  const form = v.object({ one: titledChoice(regions), some: titledChoices(regions) });
  const constants = [
    { const: 'eu', title: 'Europe' },
    { const: 'us', title: 'United States' },
  ];

  test('are shown in the forms that elicitation has for them', () => {
    expect(propertiesOf(form)).toEqual({
      one: { type: 'string', oneOf: constants },
      some: { type: 'array', items: { anyOf: constants } },
    });
  });

  test('accept what they show, and nothing else', () => {
    const accepts = new Ajv2020.default().compile(shown(form));
    for (const value of [
      { one: 'eu', some: ['us', 'eu'] },
      { one: 'eu', some: [] },
      { one: 'Europe', some: [] },
      { one: 'eu', some: 'eu' },
    ]) {
      expect(v.is(form, value)).toBe(accepts(value));
    }
  });
});

describe('keywords that valibot has no word for', () => {
  test('come from metadata, win over those derived, and go where they are undefined', () => {
    const schema = v.object({
      mirrored: v.pipe(v.string(), v.metadata({ 'x-mcp-header': 'Region' })),
      reference: v.pipe(v.unknown(), v.metadata({ $ref: '#/$defs/thing' })),
      open: v.pipe(v.picklist(['a']), v.metadata({ enum: undefined })),
    });
    expect(propertiesOf(schema)).toEqual({
      mirrored: { type: 'string', 'x-mcp-header': 'Region' },
      reference: { $ref: '#/$defs/thing' },
      open: { type: 'string' },
    });
  });

  test('leave the dialect out unless the author names it, and keep definitions beside derived ones', () => {
    interface Tree {
      children: Tree[];
    }
    const tree: v.GenericSchema<Tree> = v.object({ children: v.array(v.lazy(() => tree)) });
    const schema = v.pipe(
      v.object({ tree }),
      v.metadata({ $schema: 'urn:dialect', $defs: { mine: { type: 'string' } } }),
    );
    expect(shown(v.object({})).$schema).toBeUndefined();
    expect(shown(schema)).toMatchObject({ $schema: 'urn:dialect', $defs: { mine: { type: 'string' } } });
    expect(Object.keys(shown(schema).$defs as object).length).toBe(2);
  });
});
