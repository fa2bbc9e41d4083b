import { Hono } from 'hono';
import { durationBoundsMs, type ToolCounts } from '../core/metrics.ts';
import type { RunningPlugin } from '../core/running-plugin.ts';
import { sendText } from '../transports/respond.ts';
import type { Services, TransportApp, TransportEnv } from '../transports/services.ts';

type Labels = Readonly<Record<string, string>>;
type Sample = readonly [labels: Labels, value: number];

/** Prometheus' text format, version 0.0.4: its scraper and OpenTelemetry's collector both read it. */
const contentType = 'text/plain; version=0.0.4; charset=utf-8';

/** `GET /metrics` in Prometheus' text format, of the plugins that this port serves. A key opens it, as everything else. */
export function metrics(plugins: readonly RunningPlugin[], services: Services): TransportApp {
  return new Hono<TransportEnv>({ strict: false }).get('/metrics', async ({ env: { http } }) => {
    const { outgoing } = http;
    outgoing.setHeader('Cache-Control', 'no-store');
    return sendText(outgoing, 200, contentType, await render(plugins, services));
  });
}

async function render(plugins: readonly RunningPlugin[], { runtime, sessions, keepAlive }: Services): Promise<string> {
  const { metrics: counted, version, activity } = runtime;
  const up = await Promise.all(
    plugins.map(async (running): Promise<Sample> => {
      const { status } = await running.health();
      return [{ plugin: running.plugin.name }, status === 'healthy' ? 1 : 0];
    }),
  );
  const names = new Set(['gateway', ...plugins.map(({ plugin }) => plugin.name)]);
  const tools = [...counted.tools]
    .filter(([plugin]) => names.has(plugin))
    .flatMap(([plugin, ofPlugin]) => [...ofPlugin].map(([tool, counts]) => ({ labels: { plugin, tool }, counts })));
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed } = process.memoryUsage();
  return [
    family('mcp_gateway_info', 'gauge', 'The version that runs.', [[{ version }, 1]]),
    family('mcp_gateway_plugin_up', 'gauge', 'Whether the plugin is healthy.', up),
    family(
      'mcp_gateway_requests_total',
      'counter',
      'JSON-RPC requests by method; error where the answer is a JSON-RPC error.',
      [...counted.requests].flatMap(([method, { ok, error }]): Sample[] => [
        [{ method, outcome: 'ok' }, ok],
        [{ method, outcome: 'error' }, error],
      ]),
    ),
    family(
      'mcp_gateway_tool_calls_total',
      'counter',
      'Tool calls by how they ended: ok, or the code of the error. The tool is empty where it does not exist.',
      tools.flatMap(({ labels, counts }) =>
        [...counts.outcomes].map(([outcome, value]): Sample => [{ ...labels, outcome }, value]),
      ),
    ),
    histogram('mcp_gateway_tool_call_duration_seconds', 'Time of tool calls.', tools),
    family(
      'mcp_gateway_refused_requests_total',
      'counter',
      'Requests turned away before any endpoint saw them, by the guard that did.',
      [...counted.refusals].map(([reason, value]): Sample => [{ reason }, value]),
    ),
    family('mcp_gateway_calls_running', 'gauge', 'Requests being answered now.', [[{}, activity.running]]),
    family('mcp_gateway_sessions', 'gauge', 'Open sessions.', [[{}, sessions.size]]),
    family('mcp_gateway_streams', 'gauge', 'Open event streams.', [[{}, keepAlive.size]]),
    family('process_cpu_seconds_total', 'counter', 'CPU time, user and system.', [[{}, (user + system) / 1e6]]),
    family('process_resident_memory_bytes', 'gauge', 'Resident memory.', [[{}, rss]]),
    family('process_start_time_seconds', 'gauge', 'When the gateway started, in seconds since 1970.', [
      [{}, counted.startedAt / 1000],
    ]),
    family('nodejs_heap_size_used_bytes', 'gauge', 'Heap in use.', [[{}, heapUsed]]),
  ].join('');
}

function family(name: string, type: 'counter' | 'gauge', help: string, samples: readonly Sample[]): string {
  return `${head(name, type, help)}${samples.map(([labels, value]) => line(name, labels, value)).join('')}`;
}

function histogram(
  name: string,
  help: string,
  tools: readonly { readonly labels: Labels; readonly counts: ToolCounts }[],
): string {
  const samples = tools.map(({ labels, counts }) => {
    let below = 0;
    const buckets = counts.durations.map((count, place) => {
      below += count;
      const bound = durationBoundsMs[place];
      const le = bound === undefined ? '+Inf' : String(bound / 1000);
      return line(`${name}_bucket`, { ...labels, le }, below);
    });
    return [...buckets, line(`${name}_sum`, labels, counts.totalMs / 1000), line(`${name}_count`, labels, below)].join(
      '',
    );
  });
  return `${head(name, 'histogram', help)}${samples.join('')}`;
}

function head(name: string, type: string, help: string): string {
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`;
}

function line(name: string, labels: Labels, value: number): string {
  const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escaped(text)}"`);
  return `${name}${pairs.length === 0 ? '' : `{${pairs.join(',')}}`} ${value}\n`;
}

function escaped(text: string): string {
  return text.replace(/[\\"\n]/g, (character) => (character === '\n' ? '\\n' : `\\${character}`));
}
