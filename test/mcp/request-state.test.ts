import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { StateSeal } from '../../src/mcp/request-state.ts';
import { conformancePlugin } from '../conformance/fixture.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { bodyOf, type Json, modern } from '../support/modern.ts';

const secret = 'a secret that two replicas share, long enough';
const keys = ['a-key-of-one-caller', 'a-key-of-another-caller'];
const frozen = { code: -32602, message: 'Invalid or expired requestState' };

/** Another plugin with tools of the same names. */
const twin = { ...conformancePlugin, name: 'twin', resources: [], resourceTemplates: [] };

let one: TestGateway;
let two: TestGateway;
let stranger: TestGateway;
beforeAll(async () => {
  const start = (stateSecret: string | null) =>
    startTestGateway({ auth: { keys }, mcp: { stateSecret } }, [conformancePlugin, twin]);
  [one, two, stranger] = await Promise.all([start(secret), start(secret), start(null)]);
});
afterAll(() => Promise.all([one, two, stranger].map(({ gateway }) => gateway.stop())));

afterEach(() => void vi.useRealTimers());

const tool = 'test_input_required_result_multi_round';

function call(
  to: TestGateway,
  params: Record<string, unknown>,
  { path = 'conformance', key = keys[0] ?? '', name = tool } = {},
) {
  return bodyOf(
    modern(
      `${to.url}/${path}/mcp`,
      'tools/call',
      { name, arguments: {}, ...params },
      {
        capabilities: { elicitation: {} },
        headers: { 'x-api-key': key },
      },
    ),
  );
}

const stateOf = async (to: TestGateway): Promise<Json | undefined> => {
  const { result } = await call(to, { inputResponses: { step1: { action: 'accept', content: { name: 'Ada' } } } });
  expect(Object.keys(result?.inputRequests ?? {})).toEqual(['step2']);
  return result?.requestState;
};
const step2 = { step2: { action: 'accept', content: { color: 'blue' } } };

test('carries earlier answers to the next round, on any replica that shares the secret', async () => {
  const requestState = await stateOf(one);
  for (const replica of [one, two]) {
    const { result } = await call(replica, { requestState, inputResponses: step2 });
    expect(result?.content?.[0]?.text).toBe('Ada likes blue');
  }
});

test('cannot be talked out of an earlier answer', async () => {
  const requestState = await stateOf(one);
  const inputResponses = { ...step2, step1: { action: 'accept', content: { name: 'Eve' } } };
  const { result } = await call(one, { requestState, inputResponses });
  expect(result?.content?.[0]?.text).toBe('Ada likes blue');
});

test('is worth nothing changed, from elsewhere, for someone else, or for something else: one and the same error', async () => {
  const requestState = String(await stateOf(one));
  const flipped = `${requestState.slice(0, -2)}${requestState.endsWith('A') ? 'B' : 'A'}${requestState.slice(-1)}`;
  const answers = [
    await call(one, { requestState: flipped }),
    await call(one, { requestState: `${requestState}-TAMPERED` }),
    await call(one, { requestState: '' }),
    await call(one, { requestState: null }),
    await call(one, { requestState: { answers: {} } }),
    await call(stranger, { requestState }),
    await call(one, { requestState }, { key: keys[1] ?? '' }),
    await call(one, { requestState }, { path: 'twin' }),
    await call(one, { requestState }, { name: 'test_input_required_result_elicitation' }),
    await call(one, { requestState, arguments: { other: 1 } }),
  ];
  for (const { error } of answers) expect(error).toEqual(frozen);
});

test('is not told by looking what it holds', async () => {
  const state = Buffer.from(String(await stateOf(one)), 'base64url').toString('latin1');
  expect(state).not.toContain('Ada');
});

const binding = { principal: 'a', face: 'f', method: 'm', target: { b: 1, a: { d: 1, c: [1, 2] } } };

test('does not mind in which order arguments are written', () => {
  const seal = new StateSeal(secret);
  const sealed = seal.seal({ x: 1 }, binding);
  expect(seal.open(sealed, { ...binding, target: { a: { c: [1, 2], d: 1 }, b: 1 } })).toEqual({ x: 1 });
  expect(() => seal.open(sealed, { ...binding, target: { a: { c: [2, 1], d: 1 }, b: 1 } })).toThrow(frozen.message);
});

test('expires after ten minutes', () => {
  vi.useFakeTimers({ toFake: ['Date'] });
  const seal = new StateSeal(secret);
  const sealed = seal.seal({ x: 1 }, binding);
  vi.advanceTimersByTime(9 * 60_000);
  expect(seal.open(sealed, binding)).toEqual({ x: 1 });
  vi.advanceTimersByTime(60_001);
  expect(() => seal.open(sealed, binding)).toThrow(frozen.message);
});
