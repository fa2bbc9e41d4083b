import { initialize, initialized, messageOf, modernMeta, modernVersion, post } from './requests.mjs';

/** Ids of one width, so that a request's length never changes. */
export const firstId = 1_000_000;

const two = Array.from({ length: 100 }, (_, index) => String(index).padStart(2, '0'));

/** The name of the n-th fixture tool; every contender has the same. */
export const toolName = (index) => `tool_${two[index]}`;

function fail(answer, why) {
  throw new Error(`${why}: HTTP ${answer.status} ${answer.body.slice(0, 300)}`);
}

/** Each answer must bring back the id and the message of its own request, as structured content or (where a contender has none) as text. */
function checkCall(answer, id) {
  if (answer.status !== 200) fail(answer, 'wrong status');
  const message = messageOf(answer);
  if (message?.id !== id || !message.result || message.result.isError) fail(answer, `no result for ${id}`);
  const { structuredContent, content } = message.result;
  const echoed = structuredContent ? structuredContent.message : content?.[0]?.text;
  if (!String(echoed).includes(`m-${id}`) || !content?.[0]?.text?.includes(`m-${id}`)) fail(answer, 'wrong content');
}

/** `tools/call` on 2025-11-25 or `/rpc`, going round all tools. */
function callTools({ path, tools, prefix = '' }) {
  const headers = path.endsWith('/rpc') ? '' : 'MCP-Protocol-Version: 2025-11-25\r\n';
  return {
    request: (id) =>
      post(
        path,
        `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"name":"${prefix}${toolName(id % tools)}","arguments":{"message":"m-${id}"}}}`,
        headers,
      ),
    check: checkCall,
  };
}

/** The same on 2026-07-28, with the headers and the `_meta` that it wants. */
function callModern({ path, tools }) {
  const fixed = `MCP-Protocol-Version: ${modernVersion}\r\nMcp-Method: tools/call\r\nMcp-Name: `;
  return {
    request: (id) =>
      post(
        path,
        `{"jsonrpc":"2.0","id":${id},"method":"tools/call","params":{"_meta":${modernMeta},"name":"${toolName(id % tools)}","arguments":{"message":"m-${id}"}}}`,
        `${fixed}${toolName(id % tools)}\r\n`,
      ),
    check: checkCall,
  };
}

/** REST: `POST {path}/tool_07`, arguments in, data out. */
function callRest({ path, tools }) {
  return {
    request: (id) => post(`${path}/${toolName(id % tools)}`, `{"message":"m-${id}"}`),
    check(answer, id) {
      if (answer.status !== 200 || !answer.body.includes(`m-${id}`)) fail(answer, 'wrong answer');
    },
  };
}

/** Another workload inside a session of Streamable HTTP, which each connection opens once. */
function inSession(make) {
  return (options) => {
    const { path } = options;
    const inner = make(options);
    return {
      async prepare(connection) {
        const answer = await connection.request(post(path, initialize('2025-11-25')));
        if (answer.status !== 200) fail(answer, 'initialize failed');
        const session = /\r\nmcp-session-id: *(\S+)/i.exec(answer.head)?.[1];
        const header = session ? `Mcp-Session-Id: ${session}\r\n` : '';
        await connection.request(post(path, initialized, `MCP-Protocol-Version: 2025-11-25\r\n${header}`));
        return header;
      },
      request: (id, session) => inner.request(id).replace('Content-Length', `${session}Content-Length`),
      check: inner.check,
    };
  };
}

/**
 * A fixed JSON-RPC request whose answer may differ in its id alone from the first one, which is parsed; where the answer
 * `varies` (it says how long it took), each must hold its id and the text.
 */
function fixedRequest({ path, method, params, headers = '', mustHold, varies = false }) {
  let first;
  const without = (body, id) => {
    const at = body.indexOf(`"id":${id}`);
    return at === -1 ? undefined : body.slice(0, at) + body.slice(at + 5 + String(id).length);
  };
  return {
    request: (id) =>
      post(path, `{"jsonrpc":"2.0","id":${id},"method":"${method}","params":${JSON.stringify(params)}}`, headers),
    check(answer, id) {
      if (answer.status !== 200) fail(answer, 'wrong status');
      const rest = without(answer.body, id);
      if (first === undefined) {
        const { result } = messageOf(answer);
        if (!result || result.isError || !answer.body.includes(mustHold)) fail(answer, `no ${mustHold}`);
        first = rest;
      }
      if (rest === undefined) fail(answer, `no id ${id}`);
      if (varies ? !rest.includes(mustHold) : rest !== first) fail(answer, 'another answer than the first');
    },
  };
}

/** LiteLLM's own way to call a tool over HTTP. */
function callLiteLlm({ path, tools }) {
  return {
    request(id) {
      const name = toolName(id % tools);
      return post(path, `{"server_id":"fixture","name":"${name}","arguments":{"message":"m-${id}"}}`);
    },
    check(answer, id) {
      if (answer.status !== 200 || !answer.body.includes(`m-${id}`)) fail(answer, 'wrong answer');
    },
  };
}

/** What a load can consist of, by name: a load is another process, so it is told a name and options. */
export const workloads = {
  callTools,
  callModern,
  callRest,
  callLiteLlm,
  callInSession: inSession(callTools),
  fixedRequest,
  fixedInSession: inSession(fixedRequest),
};
