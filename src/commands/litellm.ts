import { isBaseUrl, isLoopback } from '../config/addresses.ts';
import type { LoadedConfig } from '../config/load.ts';
import type { GatewayConfig } from '../config/schema.ts';
import { type Arguments, type Command, UsageError } from './command.ts';
import { clientEndpoints, type Endpoint } from './endpoints.ts';
import { loadSettings } from './settings.ts';
import type { Terminal } from './terminal.ts';

const paths: Readonly<Record<string, string>> = { sse: 'sse', http: 'mcp' };

/** `litellm`: the block that makes a LiteLLM proxy use this gateway. */
export const litellm: Command = {
  name: 'litellm',
  summary: "Prints the mcp_servers block of LiteLLM's config.yaml for this configuration.",
  usage: '',
  details:
    'Every plugin becomes an MCP server of LiteLLM; the one server that serves them all stands below as a comment, because with\n' +
    'both a model would see every tool twice. Where keys are asked for, LiteLLM takes one from MCP_GATEWAY_KEY of its environment;\n' +
    'where only tokens of an issuer are taken, it gets them as the client MCP_CLIENT_ID from MCP_TOKEN_URL.',
  options: {
    aggregate: { type: 'boolean', short: 'a', help: 'Prints the one server for all plugins instead.' },
    transport: { type: 'string', short: 't', value: 'sse|http', help: 'sse (default), or http for Streamable HTTP.' },
    url: {
      type: 'string',
      short: 'u',
      value: 'URL',
      help: 'The URL under which LiteLLM reaches the gateway; server.publicUrl or the configured address if absent.',
    },
  },
  run,
};

async function run({ stdout, stderr }: Terminal, args: Arguments): Promise<number> {
  const transport = args.text('transport') ?? 'sse';
  const path = paths[transport];
  if (path === undefined) throw new UsageError('--transport must be sse or http', 'litellm');
  const url = args.text('url');
  if (url !== undefined && !isBaseUrl(url)) throw new UsageError('--url must be an http or https URL', 'litellm');
  const loaded = await loadSettings(args);
  const endpoints = clientEndpoints(loaded, url);
  const { stringify } = await import('yaml');
  const block = (some: readonly Endpoint[]) =>
    stringify(
      { mcp_servers: Object.fromEntries(some.map((endpoint) => server(endpoint, loaded, transport, path))) },
      { lineWidth: 0 },
    ).trimEnd();
  const aggregate = endpoints.filter(({ plugin }) => plugin === null);
  if (args.flag('aggregate')) {
    if (aggregate.length === 0) throw new UsageError('server.mode ports has no server for all plugins', 'litellm');
    stdout.line(block(aggregate));
  } else {
    stdout.line(block(endpoints.filter(({ plugin }) => plugin !== null)));
    if (aggregate.length > 0) {
      const [, ...lines] = block(aggregate).split('\n');
      stdout.line(`\n  # Or all of them as one server, instead of those above:`);
      for (const line of lines) stdout.line(`  # ${line.slice(2)}`);
    }
  }
  const { keys, jwt } = loaded.config.auth;
  if (jwt && keys.length === 0) {
    stderr.line(
      `Note: LiteLLM needs MCP_TOKEN_URL (the token endpoint of ${jwt.issuer}), MCP_CLIENT_ID and MCP_CLIENT_SECRET in its environment, and tokens whose audience is ${jwt.audience?.join(' or ') ?? 'the URL of each server'}.`,
    );
  }
  const [first] = endpoints;
  if (first && isLoopback(new URL(first.url).hostname)) {
    stderr.line(
      'Note: only this machine reaches these addresses. Where LiteLLM runs elsewhere or in a container, name --url.',
    );
  }
  return 0;
}

/** LiteLLM refuses `-` in names: it stands between server and tool there. */
function server({ plugin, url }: Endpoint, { config, plugins }: LoadedConfig, transport: string, path: string) {
  const described = plugins.find(({ name }) => name === plugin)?.description;
  return [
    (plugin ?? 'gateway').replaceAll('-', '_'),
    {
      url: `${url}/${path}`,
      transport,
      description: described ?? `All tools of ${plugins.map(({ name }) => name).join(', ')}.`,
      ...credentials(config),
    },
  ];
}

/** A key where there is one, since it needs nothing else; else tokens that LiteLLM gets for itself. */
function credentials({ auth }: GatewayConfig): object {
  if (auth.keys.length > 0) return { auth_type: 'bearer_token', auth_value: 'os.environ/MCP_GATEWAY_KEY' };
  if (!auth.jwt) return {};
  return {
    auth_type: 'oauth2',
    oauth2_flow: 'client_credentials',
    token_url: 'os.environ/MCP_TOKEN_URL',
    client_id: 'os.environ/MCP_CLIENT_ID',
    client_secret: 'os.environ/MCP_CLIENT_SECRET',
    ...(auth.jwt.scopes.length > 0 ? { scopes: auth.jwt.scopes } : {}),
  };
}
