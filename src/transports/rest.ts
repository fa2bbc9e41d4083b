import { createHash } from 'node:crypto';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import { Call, clientGone } from '../core/call.ts';
import { prepareCall, refuseOutsideTask, runTool as run, type ToolOutcome } from '../core/dispatcher.ts';
import { GatewayError, type GatewayErrorCode } from '../core/errors.ts';
import type { Face, ToolDescription } from '../core/face.ts';
import { parseArguments } from '../mcp/envelope.ts';
import { RpcError } from '../mcp/rpc-error.ts';
import { BodyRefused, readJsonBody } from './body.ts';
import { openApi } from './openapi.ts';
import { sendJson } from './respond.ts';
import type { Mount, Services, TransportApp, TransportEnv } from './services.ts';

const forms = ['mcp', 'openai', 'anthropic'];
const listings = new WeakMap<Face, ReadonlyMap<string, Tagged>>();

/** The REST side: `GET /tools`, `POST /tools/{tool}`, `GET /openapi.json`. Listings are made once a face. */
export function rest(mount: Mount, services: Services): TransportApp {
  const { version } = services.runtime;
  return new Hono<TransportEnv>({ strict: false })
    .get('/tools', (c) => {
      const listing = listingsOf(mount.faceOf(c), version).get(c.req.queries('format')?.join(',') ?? 'mcp');
      if (!listing) return sendError(c, 400, 'invalid_input', `Unknown format; use one of ${forms.join(', ')}.`);
      return sendTagged(c, listing);
    })
    .post('/tools/:tool', (c) => runTool(c, mount.faceOf(c), services))
    .get('/openapi.json', (c) => {
      // The server's address depends on how it was reached, so this one document is made anew.
      return sendJson(
        c.env.outgoing,
        200,
        JSON.stringify(openApi(mount.faceOf(c), version, `${c.get('publicPrefix')}${mount.path}`)),
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

function sendTagged(c: Context<TransportEnv>, { json, etag }: Tagged): Response {
  const { incoming, outgoing } = c.env;
  outgoing.setHeader('ETag', etag);
  outgoing.setHeader('Cache-Control', 'private, no-cache');
  if (incoming.headers['if-none-match']?.split(/\s*,\s*/).includes(etag)) {
    outgoing.writeHead(304).end();
    return RESPONSE_ALREADY_SENT;
  }
  return sendJson(outgoing, 200, json);
}

async function runTool(c: Context<TransportEnv>, face: Face, { runtime, bodyBytes }: Services): Promise<Response> {
  const { incoming, outgoing } = c.env;
  const call = new Call(c.get('principal'), c.get('requestId'));
  const onClose = () => call.cancel(clientGone());
  if (runtime.activity.isDraining)
    return sendError(c, 503, 'unavailable', 'The gateway is shutting down; try again in a moment.');
  runtime.activity.begin(call);
  let begun = false;
  try {
    const text = await readJsonBody(incoming, bodyBytes);
    const args = text === '' ? {} : parseArguments(text);
    outgoing.on('close', onClose);
    const prepared = prepareCall(face, c.req.param('tool') ?? '', args, call, runtime.dispatch);
    refuseOutsideTask(prepared);
    begun = true;
    return sendJson(outgoing, 200, outcomeJson(await run(prepared, call, runtime.dispatch)));
  } catch (error) {
    if (call.cancelled?.code === 'cancelled') return RESPONSE_ALREADY_SENT;
    return sendFailure(c, error, begun, runtime.log);
  } finally {
    runtime.activity.end(call);
    outgoing.off('close', onClose);
  }
}

function outcomeJson({ json, content }: ToolOutcome): string {
  return json ?? JSON.stringify({ content });
}

const beforehand: Readonly<Partial<Record<GatewayErrorCode, number>>> = { invalid_input: 400, unknown_tool: 404 };

/** 400 and 404 are the caller's to mend before the tool has `begun`; 422 says that the tool itself failed, and why. */
function sendFailure(
  c: Context<TransportEnv>,
  error: unknown,
  begun: boolean,
  log: Services['runtime']['log'],
): Response {
  if (error instanceof BodyRefused) return sendError(c, error.status, 'invalid_input', error.message);
  if (error instanceof RpcError) return sendError(c, 400, 'invalid_input', error.message);
  if (error instanceof GatewayError) {
    const status = begun ? 422 : (beforehand[error.code] ?? 422);
    return sendError(c, status, error.code, error.message, error.details);
  }
  log.error({ err: error, requestId: c.get('requestId') }, 'unexpected error');
  return sendError(c, 500, 'internal', `Internal error. The gateway's log has it under request ${c.get('requestId')}.`);
}

function sendError(
  c: Context<TransportEnv>,
  status: number,
  code: string,
  message: string,
  details?: object,
): Response {
  return sendJson(
    c.env.outgoing,
    status,
    JSON.stringify({ error: { code, message, ...(details ? { details } : {}) } }),
  );
}
