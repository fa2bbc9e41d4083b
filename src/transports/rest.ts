import { createHash } from 'node:crypto';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { Hono } from 'hono';
import { Call } from '../core/call.ts';
import { prepareCall, refuseOutsideTask, runTool as run, type ToolOutcome } from '../core/dispatcher.ts';
import { GatewayError, type GatewayErrorCode } from '../core/errors.ts';
import type { Face, ToolDescription } from '../core/face.ts';
import { parseArguments } from '../mcp/envelope.ts';
import { RpcError } from '../mcp/rpc-error.ts';
import { BodyRefused, readJsonBody } from './body.ts';
import { cancelOnClose } from './cancel-on-close.ts';
import type { HttpExchange } from './http-exchange.ts';
import { openApi } from './openapi.ts';
import { sendJson } from './respond.ts';
import type { Mount, Route, Services, TransportApp, TransportEnv } from './services.ts';

const forms = ['mcp', 'openai', 'anthropic'];
const listings = new WeakMap<Face, ReadonlyMap<string, Tagged>>();

/** `POST /tools/{tool}` of tools that are known to be there, found without Hono. */
export function restCalls(mount: Mount, services: Services): Route[] {
  return mount.toolNames.map((tool) => ({
    method: 'POST',
    path: `/tools/${tool}`,
    handle: (http) => runTool(http, tool, mount.faceOf(http), services),
  }));
}

/** The REST side: `GET /tools`, `POST /tools/{tool}`, `GET /openapi.json`. Listings are made once a face. */
export function rest(mount: Mount, services: Services): TransportApp {
  const { version } = services.runtime;
  return new Hono<TransportEnv>({ strict: false })
    .get('/tools', ({ env: { http } }) => {
      const asked = http.query.getAll('format');
      const listing = listingsOf(mount.faceOf(http), version).get(asked.length === 0 ? 'mcp' : asked.join(','));
      if (!listing) return sendError(http, 400, 'invalid_input', `Unknown format; use one of ${forms.join(', ')}.`);
      return sendTagged(http, listing);
    })
    .post('/tools/:tool', ({ env: { http }, req }) => runTool(http, req.param('tool'), mount.faceOf(http), services))
    .get('/openapi.json', ({ env: { http } }) => {
      // The server's address depends on how it was reached, so this one document is made anew.
      return sendJson(
        http.outgoing,
        200,
        JSON.stringify(openApi(mount.faceOf(http), version, `${http.publicPrefix}${mount.path}`)),
      );
    });
}

function listingsOf(face: Face, version: string): ReadonlyMap<string, Tagged> {
  let made = listings.get(face);
  if (!made) {
    const tools = [...face.tools.values()].map(({ description }) => description);
    made = new Map(Object.entries(listingForms(face, version, tools)).map(([form, json]) => [form, tagged(json)]));
    listings.set(face, made);
  }
  return made;
}

function listingForms(face: Face, version: string, tools: readonly ToolDescription[]): Record<string, string> {
  return {
    mcp: JSON.stringify({ plugin: face.name, version, tools }),
    openai: JSON.stringify(
      tools.map(({ name, description, inputSchema }) => ({
        type: 'function',
        function: { name, description, parameters: inputSchema },
      })),
    ),
    anthropic: JSON.stringify(
      tools.map(({ name, description, inputSchema }) => ({ name, description, input_schema: inputSchema })),
    ),
  };
}

interface Tagged {
  readonly json: string;
  readonly etag: string;
}

function tagged(json: string): Tagged {
  return { json, etag: `"${createHash('sha256').update(json).digest('base64url').slice(0, 22)}"` };
}

function sendTagged(http: HttpExchange, { json, etag }: Tagged): Response {
  const { incoming, outgoing } = http;
  outgoing.setHeader('ETag', etag);
  outgoing.setHeader('Cache-Control', 'private, no-cache');
  if (incoming.headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) {
    outgoing.writeHead(304).end();
    return RESPONSE_ALREADY_SENT;
  }
  return sendJson(outgoing, 200, json);
}

async function runTool(
  http: HttpExchange,
  tool: string,
  face: Face,
  { runtime, bodyBytes }: Services,
): Promise<Response> {
  let args: unknown;
  try {
    const text = await readJsonBody(http, bodyBytes);
    args = text === '' ? {} : parseArguments(text);
  } catch (error) {
    return sendFailure(http, error, false, runtime.log);
  }
  if (http.hasGone) return RESPONSE_ALREADY_SENT;
  if (runtime.activity.isDraining) {
    http.outgoing.setHeader('Retry-After', '5');
    return sendError(http, 503, 'unavailable', 'The gateway is shutting down; try again in a moment.');
  }
  const call = new Call(http.principal, http.requestId);
  runtime.activity.begin(call);
  let begun = false;
  try {
    const prepared = prepareCall(face, tool, args, call, runtime.dispatch);
    refuseOutsideTask(prepared);
    begun = true;
    const running = run(prepared, call, runtime.dispatch);
    const outcome = running instanceof Promise ? await cancelOnClose(http.outgoing, call, running) : running;
    return sendJson(http.outgoing, 200, outcomeJson(outcome));
  } catch (error) {
    if (call.cancelled?.code === 'cancelled') return RESPONSE_ALREADY_SENT;
    return sendFailure(http, error, begun, runtime.log);
  } finally {
    call.release();
    runtime.activity.end(call);
  }
}

function outcomeJson({ json, content }: ToolOutcome): string {
  return json ?? JSON.stringify({ content });
}

const beforehand: Readonly<Partial<Record<GatewayErrorCode, number>>> = { invalid_input: 400, unknown_tool: 404 };

/** 400 and 404 are the caller's to mend before the tool has `begun`; 422 says that the tool itself failed, and why. */
function sendFailure(http: HttpExchange, error: unknown, begun: boolean, log: Services['runtime']['log']): Response {
  if (error instanceof BodyRefused) return sendError(http, error.status, 'invalid_input', error.message);
  if (error instanceof RpcError) return sendError(http, 400, 'invalid_input', error.message);
  if (error instanceof GatewayError) {
    const status = begun ? 422 : (beforehand[error.code] ?? 422);
    return sendError(http, status, error.code, error.message, error.details);
  }
  log.error({ err: error, requestId: http.requestId }, 'unexpected error');
  return sendError(http, 500, 'internal', `Internal error. The gateway's log has it under request ${http.requestId}.`);
}

function sendError(http: HttpExchange, status: number, code: string, message: string, details?: object): Response {
  return sendJson(http.outgoing, status, JSON.stringify({ error: { code, message, ...(details ? { details } : {}) } }));
}
