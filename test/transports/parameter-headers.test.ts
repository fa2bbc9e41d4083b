import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { conformancePlugin } from '../conformance/fixture.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { bodyOf, modern } from '../support/modern.ts';

let running: TestGateway;
let url: string;
beforeAll(async () => {
  running = await startTestGateway({}, [conformancePlugin]);
  url = `${running.url}/conformance/mcp`;
});
afterAll(() => running.gateway.stop());

const call = (args: object, headers: Record<string, string>) =>
  modern(url, 'tools/call', { name: 'test_mirrored_headers', arguments: args }, { headers });

const base64 = (text: string | Buffer) => `=?base64?${Buffer.from(text).toString('base64')}?=`;

describe('a call whose Mcp-Param headers say what its arguments say is run', () => {
  test.each<[string, object, Record<string, string>]>([
    ['a plain string', { region: 'eu' }, { 'mcp-param-region': 'eu' }],
    ['in any case of the name', { region: 'eu' }, { 'MCP-PARAM-REGION': 'eu' }],
    ['a string that needs base64', { region: 'Zürich\n' }, { 'mcp-param-region': base64('Zürich\n') }],
    ['a string that looks like base64', { region: '=?base64?x?=' }, { 'mcp-param-region': base64('=?base64?x?=') }],
    ['half of the base64 form is literal', { region: '=?base64?eu' }, { 'mcp-param-region': '=?base64?eu' }],
    ['an integer', { region: 'eu', shard: 42 }, { 'mcp-param-region': 'eu', 'mcp-param-shard': '42' }],
    [
      'numbers are compared as numbers',
      { region: 'eu', shard: -7 },
      { 'mcp-param-region': 'eu', 'mcp-param-shard': '-7.0' },
    ],
    ['a boolean', { region: 'eu', urgent: false }, { 'mcp-param-region': 'eu', 'mcp-param-urgent': 'false' }],
  ])('%s', async (_title, args, headers) => {
    const response = await call(args, headers);
    expect(response.status).toBe(200);
    expect((await bodyOf(response)).result?.content?.[0]?.text).toBe(JSON.stringify(args));
  });
});

describe('a call whose Mcp-Param headers say something else is refused with 400 and -32020', () => {
  test.each<[string, object, Record<string, string>]>([
    ['missing', { region: 'eu' }, {}],
    ['another value', { region: 'eu' }, { 'mcp-param-region': 'us' }],
    ['another case', { region: 'eu' }, { 'mcp-param-region': 'EU' }],
    ['twice', { region: 'eu' }, { 'mcp-param-region': 'eu, eu' }],
    ['bad base64 padding', { region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVsbG8?=' }],
    ['characters outside base64', { region: 'Hello' }, { 'mcp-param-region': '=?base64?SGVs!!!bG8=?=' }],
    ['base64 of bytes that are not UTF-8', { region: '�' }, { 'mcp-param-region': base64(Buffer.from([0xff])) }],
    ['a byte above ASCII', { region: 'Zürich' }, { 'mcp-param-region': 'Zürich' }],
    [
      'a number in another notation',
      { region: 'eu', shard: 42 },
      { 'mcp-param-region': 'eu', 'mcp-param-shard': '0x2a' },
    ],
    [
      'a boolean in another notation',
      { region: 'eu', urgent: true },
      { 'mcp-param-region': 'eu', 'mcp-param-urgent': 'True' },
    ],
    ['there, but not in the arguments', { region: 'eu' }, { 'mcp-param-region': 'eu', 'mcp-param-shard': '42' }],
    [
      'there, but null in the arguments',
      { region: 'eu', shard: null },
      { 'mcp-param-region': 'eu', 'mcp-param-shard': '42' },
    ],
  ])('%s', async (_title, args, headers) => {
    const response = await call(args, headers);
    expect(response.status).toBe(400);
    const { error, id } = await bodyOf(response);
    expect([id, error?.code]).toEqual([1, -32020]);
    expect(error?.message).toMatch(/^Header mismatch: Mcp-Param-/);
  });
});

test('older revisions are asked for no such header', async () => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'mcp-protocol-version': '2025-11-25' },
    body: JSON.stringify({
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'test_mirrored_headers', arguments: { region: 'eu' } },
    }),
  });
  expect((await bodyOf(response)).result?.content?.[0]?.text).toBe('{"region":"eu"}');
});
