import { isBlock } from '../config/problems.ts';
import { catalogueOf } from './catalogue.ts';
import { type Arguments, type Command, jsonOption, urlOption } from './command.ts';
import { getJson, knownBaseOf, notOurs, pluginsOf } from './gateway-client.ts';
import { pluginNamed } from './plugin-named.ts';
import { loadSettings } from './settings.ts';
import { baseOf, targetOf } from './target.ts';
import { type Output, printable, type Terminal } from './terminal.ts';

interface Listing {
  readonly plugin: string;
  readonly tools: readonly unknown[];
}

/** `tools`: what can be called, and what for. */
export const tools: Command = {
  name: 'tools',
  summary: 'Lists the tools of one plugin or of all.',
  usage: '[plugin]',
  options: {
    local: { type: 'boolean', short: 'l', help: 'Lists what this configuration offers, without a running gateway.' },
    ...urlOption,
    ...jsonOption,
  },
  run,
};

async function run({ stdout }: Terminal, args: Arguments): Promise<number> {
  const [plugin] = args.positionals;
  const listings = args.flag('local') ? await localListings(args, plugin) : await remoteListings(args, plugin);
  if (args.flag('json')) stdout.line(JSON.stringify(plugin === undefined ? listings : listings[0], null, 2));
  else for (const listing of listings) print(stdout, listing);
  return 0;
}

async function localListings(args: Arguments, plugin: string | undefined): Promise<Listing[]> {
  const { faces } = catalogueOf(await loadSettings(args));
  const chosen = plugin === undefined ? faces : [pluginNamed(plugin, faces)];
  return chosen.map((face) => ({
    plugin: face.name,
    tools: [...face.tools.values()].map(({ description }) => description),
  }));
}

async function remoteListings(args: Arguments, plugin: string | undefined): Promise<Listing[]> {
  const target = targetOf(args, await loadSettings(args));
  const names = plugin === undefined ? await pluginsOf(target) : [plugin];
  return Promise.all(
    names.map(async (name) => {
      const base = plugin === undefined ? baseOf(target, name) : await knownBaseOf(target, name);
      const { status, body } = await getJson(`${base}/tools`, target.key);
      if (status === 200 && Array.isArray(body.tools)) return { plugin: name, tools: body.tools };
      throw notOurs(base);
    }),
  );
}

function print(out: Output, { plugin, tools: listed }: Listing): void {
  out.line(out.paint('bold', printable(plugin)));
  for (const tool of listed) {
    if (!isBlock(tool)) continue;
    out.line(`  ${out.paint('cyan', printable(String(tool.name)))}`);
    out.line(`      ${printable(String(tool.description))}`);
  }
}
