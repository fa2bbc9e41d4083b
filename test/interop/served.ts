import { isDeepStrictEqual } from 'node:util';
import type { CallJob, CallReport, FaceJob, FaceReport, Report, ToolReport } from './job.ts';

/** What the gateway itself says over plain JSON-RPC, which clients must hand on unchanged. */
export type Served = ReadonlyMap<string, FaceReport>;

/** Asks the gateway for the tools of every face and for the results of its calls. */
export async function servedBy(faces: readonly FaceJob[], headers: Readonly<Record<string, string>>): Promise<Served> {
  const served = new Map<string, FaceReport>();
  for (const { name, url, calls } of faces) {
    const { tools } = await rpc<{ tools: ToolReport[] }>(url, headers, 'tools/list', {});
    const results: CallReport[] = [];
    for (const call of calls) results.push(await callOf(url, headers, call));
    served.set(name, { name, tools, calls: results });
  }
  return served;
}

interface ToolResult {
  readonly content: readonly { readonly type: string; readonly text?: string }[];
  readonly structuredContent?: unknown;
  readonly isError?: boolean;
}

async function callOf(url: string, headers: Readonly<Record<string, string>>, call: CallJob): Promise<CallReport> {
  const params = { name: call.tool, arguments: call.arguments };
  const { content, structuredContent, isError = false } = await rpc<ToolResult>(url, headers, 'tools/call', params);
  return { isError, text: content.map(({ text }) => text ?? '').join('\n'), structured: structuredContent };
}

async function rpc<Result>(
  url: string,
  headers: Readonly<Record<string, string>>,
  method: string,
  params: object,
): Promise<Result> {
  const response = await fetch(`${url}/rpc`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }),
  });
  const answer = (await response.json()) as { result?: Result };
  if (answer.result === undefined) throw new Error(`${url}/rpc ${method}: ${JSON.stringify(answer)}`);
  return answer.result;
}

/** What differs between a client's report and what the gateway serves; empty where nothing does. */
export function differences(report: Report, served: Served): string[] {
  const found: string[] = [];
  const reported = report.faces.map(({ name }) => name);
  if (!isDeepStrictEqual(reported, [...served.keys()]))
    found.push(`faces ${reported} instead of ${[...served.keys()]}`);
  for (const face of report.faces) {
    const expected = served.get(face.name);
    if (expected) found.push(...toolDifferences(face, expected), ...callDifferences(face, expected));
  }
  return found;
}

function toolDifferences(face: FaceReport, expected: FaceReport): string[] {
  const names = face.tools.map(({ name }) => name).sort();
  const wanted = expected.tools.map(({ name }) => name).sort();
  if (!isDeepStrictEqual(names, wanted)) return [`${face.name}: lists ${names} instead of ${wanted}`];
  return face.tools.flatMap((tool) => {
    const known = expected.tools.find(({ name }) => name === tool.name);
    return (['description', 'inputSchema'] as const)
      .filter((member) => tool[member] !== undefined && !isDeepStrictEqual(tool[member], known?.[member]))
      .map((member) => `${face.name}: ${member} of ${tool.name} is ${JSON.stringify(tool[member])}`);
  });
}

function callDifferences(face: FaceReport, expected: FaceReport): string[] {
  if (face.calls.length !== expected.calls.length) {
    return [`${face.name}: ${face.calls.length} calls instead of ${expected.calls.length}`];
  }
  return face.calls.flatMap((call, index) => {
    const wanted = expected.calls[index];
    const isSame = wanted !== undefined && isSameCall(call, wanted);
    return isSame
      ? []
      : [`${face.name}: call ${index + 1} gave ${JSON.stringify(call)}, not ${JSON.stringify(wanted)}`];
  });
}

/** Clients wrap the text of a failure in words of their own; a result must be the same, in one of its two forms at least. */
function isSameCall(call: CallReport, wanted: CallReport): boolean {
  if (call.isError !== wanted.isError) return false;
  const text = timeless(call.text);
  if (wanted.isError) return typeof text === 'string' && text.includes(String(timeless(wanted.text)));
  if (call.text === undefined && call.structured === undefined) return false;
  return (
    (call.text === undefined || text === timeless(wanted.text)) &&
    (call.structured === undefined || isDeepStrictEqual(timeless(call.structured), timeless(wanted.structured)))
  );
}

/** The value without how long the call took, which no two calls share. */
function timeless(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(/\d+(\.\d+)? ms\b/g, '… ms');
  if (typeof value !== 'object' || value === null || !('duration_ms' in value)) return value;
  return { ...value, duration_ms: 0 };
}
