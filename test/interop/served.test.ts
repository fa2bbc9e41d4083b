import { describe, expect, test } from 'vitest';
import type { FaceReport, Report } from './job.ts';
import { differences } from './served.ts';

const face: FaceReport = {
  name: 'fixture',
  tools: [{ name: 'echo', description: 'Says it again.', inputSchema: { type: 'object' } }],
  calls: [
    { isError: false, text: 'one row in 3.5 ms', structured: { rows: 1, duration_ms: 3.5 } },
    { isError: true, text: 'No.' },
  ],
};
const served = new Map([['fixture', face]]);

function found(change: Partial<FaceReport>): string[] {
  const report: Report = { client: 'some client 1.0.0', faces: [{ ...face, ...change }] };
  return differences(report, served);
}

describe('what a client reports', () => {
  test('is well where it is what the gateway serves, whatever the time it took', () => {
    const [, failed] = face.calls;
    const calls = [{ isError: false, text: 'one row in 12 ms', structured: { rows: 1, duration_ms: 12 } }];
    expect(found({})).toEqual([]);
    expect(found({ calls: [...calls, ...(failed ? [failed] : [])] })).toEqual([]);
  });

  test('may leave out what the client hides, and put the text of a failure into its own words', () => {
    const calls = [
      { isError: false, text: 'one row in 3.5 ms' },
      { isError: true, text: 'The tool failed: No.' },
    ];
    expect(found({ tools: [{ name: 'echo' }], calls })).toEqual([]);
  });

  test.each<[string, Partial<FaceReport>]>([
    ['a tool is missing', { tools: [] }],
    ['a tool is there that nobody serves', { tools: [...face.tools, { name: 'other' }] }],
    ['a description is another one', { tools: [{ name: 'echo', description: 'Says.' }] }],
    ['a schema is another one', { tools: [{ name: 'echo', inputSchema: {} }] }],
    ['a call is missing', { calls: face.calls.slice(1) }],
    ['a failure came back as a result', { calls: face.calls.map((call) => ({ ...call, isError: false })) }],
    ['a result came back as a failure', { calls: face.calls.map((call) => ({ ...call, isError: true })) }],
    ['a text is another one', { calls: face.calls.map((call) => ({ ...call, text: 'two rows in 3.5 ms' })) }],
    ['a result is another one', { calls: face.calls.map((call) => ({ ...call, structured: { rows: 2 } })) }],
    ['a result lost its structure', { calls: face.calls.map((call) => ({ ...call, structured: null })) }],
    ['a call gave nothing', { calls: face.calls.map(({ isError }) => ({ isError })) }],
    ['the face is another one', { name: 'postgres' }],
  ])('is not well where %s', (_title, change) => {
    expect(found(change)).not.toEqual([]);
  });
});
