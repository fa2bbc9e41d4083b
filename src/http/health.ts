import { Hono } from 'hono';
import type { Activity } from '../core/activity.ts';
import type { Health } from '../core/plugin.ts';
import type { RunningPlugin } from '../core/running-plugin.ts';
import type { HttpExchange } from '../transports/http-exchange.ts';
import { sendJson } from '../transports/respond.ts';
import type { TransportApp, TransportEnv } from '../transports/services.ts';

/** The fields that every health answer has, in this order; other software reads them. */
function report(
  status: Health['status'],
  service: string,
  version: string,
  startedAt: number,
  tools: number,
): Record<string, unknown> {
  return {
    status,
    service,
    version,
    uptime: Math.round((Date.now() - startedAt) / 10) / 100,
    tools_count: tools,
    timestamp: new Date().toISOString(),
  };
}

/** `GET /health` of one plugin: 200 while it is healthy, 503 otherwise; the reason only for those who may read it. */
export function pluginHealth(running: RunningPlugin, version: string): TransportApp {
  return new Hono<TransportEnv>({ strict: false }).get('/health', async ({ env: { http } }) => {
    const health = await running.health();
    const body = report(health.status, running.plugin.name, version, running.startedAt, running.tools.length);
    return send(
      http,
      health.status === 'healthy' ? 200 : 503,
      http.mayReadDetail ? { ...body, ...detail(health) } : body,
    );
  });
}

function detail({ reason, checks }: Health): object {
  return { ...(reason === undefined ? {} : { reason }), ...(checks === undefined ? {} : { checks }) };
}

/** `GET /health` of the gateway: alive, whatever its plugins are. */
export function gatewayHealth(plugins: readonly RunningPlugin[], version: string, startedAt: number): TransportApp {
  const tools = plugins.reduce((sum, running) => sum + running.tools.length, 0);
  return new Hono<TransportEnv>({ strict: false }).get('/health', ({ env: { http } }) =>
    send(http, 200, report('healthy', 'gateway', version, startedAt, tools)),
  );
}

/**
 * `GET /ready`: 200 once every plugin's first start has ended, well or badly (a plugin whose upstream is down must not
 * take the others out of service), 503 before that and while draining.
 */
export function readiness(plugins: readonly RunningPlugin[], activity: Activity): TransportApp {
  return new Hono<TransportEnv>({ strict: false }).get('/ready', async ({ env: { http } }) => {
    const started = plugins.every(({ hasSettled }) => hasSettled);
    const ready = started && !activity.isDraining;
    const states = await Promise.all(
      plugins.map(async (running) => [running.plugin.name, brief(await running.health(), running)] as const),
    );
    return send(http, ready ? 200 : 503, {
      status: activity.isDraining ? 'draining' : ready ? 'ready' : 'starting',
      draining: activity.isDraining,
      plugins: Object.fromEntries(states),
    });
  });
}

function brief({ status, reason }: Health, { tools }: RunningPlugin): object {
  return { status, tools_count: tools.length, ...(reason === undefined ? {} : { reason }) };
}

function send(http: HttpExchange, status: number, body: object): Response {
  http.outgoing.setHeader('Cache-Control', 'no-store');
  return sendJson(http.outgoing, status, JSON.stringify(body));
}
