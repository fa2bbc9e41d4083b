import type { LoadedConfig } from '../config/load.ts';
import type { Gateway } from '../gateway.ts';
import { version } from '../version.ts';
import { endpointsOf } from './endpoints.ts';
import { columns, type Output } from './terminal.ts';

/** What a person who starts the gateway by hand wants to know: where it is, which database, and who may call. */
export function printBanner(out: Output, loaded: LoadedConfig, listeners: Gateway['listeners']): void {
  const { config, plugins, file } = loaded;
  out.line(
    `\n${out.paint('bold', 'mcp-sse-gateway')} ${version}  ${out.paint('dim', file ?? 'no config.yaml: defaults')}\n`,
  );
  const rows = endpointsOf(plugins, listeners).map(({ plugin, url }) => [
    plugin ?? 'all of them',
    `${url}/sse`,
    `${url}/mcp`,
  ]);
  const [head = '', ...lines] = columns([['plugin', 'HTTP+SSE', 'Streamable HTTP'], ...rows]);
  out.line(`  ${out.paint('dim', head)}`);
  for (const line of lines) out.line(`  ${line}`);
  out.line('');
  for (const [name, text] of facts(loaded)) out.line(`  ${out.paint('dim', name.padEnd(10))}${text}`);
  const [first] = listeners;
  if (first && config.server.mode !== 'ports') {
    out.line(
      `  ${out.paint('dim', 'also'.padEnd(10))}/rpc, /tools and /openapi.json beside each /mcp; ${first.url}/ready`,
    );
  }
  out.line(`\n  Ctrl+C stops it.\n`);
}

function facts({ config, plugins }: LoadedConfig): [string, string][] {
  const { auth, server } = config;
  const keys =
    auth.keys.length > 0
      ? `asked for (${auth.keys.map(({ name }) => name).join(', ')})`
      : auth.jwt
        ? 'none'
        : auth.open
          ? 'not asked for: everyone who reaches the port may call (auth.open)'
          : 'not asked for: only this machine can reach the port';
  const facts: [string, string][] = [['keys', keys]];
  if (auth.jwt) facts.push(['tokens', `of ${auth.jwt.issuer}`]);
  if (plugins.some(({ name }) => name === 'postgres')) {
    facts.unshift(...databaseFacts(config.plugins.get('postgres')?.settings.databases));
  }
  if (server.publicUrl !== null) facts.push(['public', server.publicUrl]);
  return facts;
}

function databaseFacts(databases: unknown): [string, string][] {
  const entries = Object.entries(
    typeof databases === 'object' && databases !== null ? databases : { main: 'embedded' },
  );
  return entries.map(([id, database]) => [
    'database',
    `${id}: ${database === 'embedded' ? 'embedded PostgreSQL with sample data; set DATABASE_URL for your own' : target(database)}`,
  ]);
}

/** Host and database name, never the user or the password. */
function target(database: unknown): string {
  const url = typeof database === 'object' && database !== null && 'url' in database ? database.url : database;
  if (typeof url !== 'string' || !URL.canParse(url)) return 'configured';
  const { host, pathname } = new URL(url);
  return `${host}${pathname}`;
}
