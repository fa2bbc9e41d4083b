import { isBaseUrl } from '../config/addresses.ts';
import { GatewayError } from '../core/errors.ts';
import { catalogueOf } from './catalogue.ts';
import { type Arguments, type Command, UsageError } from './command.ts';
import { clientEndpoints } from './endpoints.ts';
import { pluginNamed } from './plugin-named.ts';
import { loadSettings } from './settings.ts';
import type { Terminal } from './terminal.ts';

/** `openapi`: the OpenAPI document of one plugin or of all, as the gateway serves it. */
export const openapi: Command = {
  name: 'openapi',
  summary: 'Prints the OpenAPI 3.1 document of one plugin or of all; no gateway need run.',
  usage: '[plugin]',
  options: {
    url: {
      type: 'string',
      short: 'u',
      value: 'URL',
      help: 'The URL under which the gateway is reached; server.publicUrl or the configured address if absent.',
    },
  },
  run,
};

async function run({ stdout }: Terminal, args: Arguments): Promise<number> {
  const url = args.text('url');
  if (url !== undefined && !isBaseUrl(url)) throw new UsageError('--url must be an http or https URL', 'openapi');
  const loaded = await loadSettings(args);
  const name = args.positionals[0] ?? null;
  const { faces, all } = catalogueOf(loaded);
  const face = name === null ? all : pluginNamed(name, faces);
  const endpoint = clientEndpoints(loaded, url).find(({ plugin }) => plugin === name);
  if (!endpoint) throw new GatewayError('bad_config', 'server.mode ports serves no document of all plugins; name one');
  const [{ openApi }, { version }] = await Promise.all([import('../transports/openapi.ts'), import('../version.ts')]);
  stdout.line(JSON.stringify(openApi(face, version, endpoint.url), null, 2));
  return 0;
}
