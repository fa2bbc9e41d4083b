import type { KeyStyle } from './job.ts';

/** One client over one transport, on every face of the gateway. */
export interface Run {
  /** The driver in `clients/`, by its file. */
  readonly driver: string;
  readonly transport: string;
  readonly mode?: string;
  readonly keyStyle: KeyStyle;
  /** The virtual environment that the driver, or the program it starts, comes from. */
  readonly python?: string;
}

const bearer = 'bearer';
const apiKey = 'x-api-key';
const none = 'none';

/** Everything that is run, in this order. */
export const runs: readonly Run[] = [
  { driver: 'typescript-sdk-1.mjs', transport: 'sse', keyStyle: bearer },
  { driver: 'typescript-sdk-1.mjs', transport: 'http', keyStyle: apiKey },
  { driver: 'typescript-client-2.mjs', transport: 'http', mode: 'legacy', keyStyle: bearer },
  { driver: 'typescript-client-2.mjs', transport: 'http', mode: 'auto', keyStyle: none },
  { driver: 'typescript-client-2.mjs', transport: 'http', mode: '2026-07-28', keyStyle: apiKey },
  { driver: 'typescript-client-2.mjs', transport: 'sse', mode: 'legacy', keyStyle: apiKey },
  { driver: 'typescript-client-2.mjs', transport: 'sse', mode: 'auto', keyStyle: none },
  { driver: 'python-sdk-1.py', transport: 'sse', keyStyle: apiKey, python: 'mcp-1' },
  { driver: 'python-sdk-1.py', transport: 'http', keyStyle: bearer, python: 'mcp-1' },
  { driver: 'python-sdk-2.py', transport: 'sse', mode: 'auto', keyStyle: bearer, python: 'mcp-2' },
  { driver: 'python-sdk-2.py', transport: 'sse', mode: 'legacy', keyStyle: none, python: 'mcp-2' },
  { driver: 'python-sdk-2.py', transport: 'http', mode: 'auto', keyStyle: apiKey, python: 'mcp-2' },
  { driver: 'python-sdk-2.py', transport: 'http', mode: 'legacy', keyStyle: none, python: 'mcp-2' },
  { driver: 'python-sdk-2.py', transport: 'http', mode: '2026-07-28', keyStyle: bearer, python: 'mcp-2' },
  { driver: 'fastmcp-client.py', transport: 'sse', keyStyle: apiKey, python: 'fastmcp' },
  { driver: 'fastmcp-client.py', transport: 'http', keyStyle: bearer, python: 'fastmcp' },
  { driver: 'litellm.mjs', transport: 'sse', keyStyle: bearer, python: 'litellm' },
  { driver: 'litellm.mjs', transport: 'http', keyStyle: bearer, python: 'litellm' },
  { driver: 'mcpo.mjs', transport: 'sse', keyStyle: none, python: 'mcpo' },
  { driver: 'mcpo.mjs', transport: 'http', keyStyle: bearer, python: 'mcpo' },
  { driver: 'mcp-remote.mjs', transport: 'sse', keyStyle: apiKey },
  { driver: 'mcp-remote.mjs', transport: 'http', keyStyle: bearer },
  { driver: 'mcp-remote.mjs', transport: 'http', mode: 'http-first', keyStyle: none },
  { driver: 'inspector.mjs', transport: 'sse', mode: 'legacy', keyStyle: bearer },
  { driver: 'inspector.mjs', transport: 'http', mode: 'legacy', keyStyle: none },
  { driver: 'inspector.mjs', transport: 'http', mode: 'modern', keyStyle: apiKey },
  { driver: 'langchain.mjs', transport: 'sse', keyStyle: apiKey },
  { driver: 'langchain.mjs', transport: 'http', keyStyle: bearer },
  { driver: 'langchain.mjs', transport: 'http', mode: 'http-first', keyStyle: none },
  { driver: 'openai-agents.mjs', transport: 'sse', keyStyle: bearer },
  { driver: 'openai-agents.mjs', transport: 'http', keyStyle: none },
  { driver: 'openapi.mjs', transport: 'rest', keyStyle: apiKey },
];

/** How the run is called in the output. */
export function titleOf({ driver, transport, mode, keyStyle }: Run): string {
  const how = [transport, ...(mode === undefined ? [] : [mode]), keyStyle === none ? 'no key' : keyStyle];
  return `${driver.replace(/\.\w+$/, '')} (${how.join(', ')})`;
}
