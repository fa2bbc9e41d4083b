import { parseArgs } from 'node:util';
import { nearestKey } from '../core/schema-issues.ts';
import { Arguments, type Command, commonOptions, type OptionSpec, UsageError } from './command.ts';

/** What a command line asks for. */
export type Invocation =
  | { readonly is: 'run'; readonly command: Command; readonly args: Arguments }
  | { readonly is: 'help'; readonly command: Command | undefined }
  | { readonly is: 'version' };

type Options = Readonly<Record<string, OptionSpec>>;

const globalOptions: Options = {
  ...commonOptions,
  version: { type: 'boolean', short: 'v', help: 'Shows the version.' },
};

/** Understands a command line; `fallback` is the command where none is named. Throws UsageError that names the nearest word. */
export function parseCommandLine(argv: readonly string[], commands: readonly Command[], fallback: Command): Invocation {
  const every: Options = Object.assign({}, globalOptions, ...commands.map(({ options }) => options));
  const words = parseArgs({
    args: [...argv],
    options: specs(every),
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  if (words.values.version === true) return { is: 'version' };
  const first = words.tokens.find(({ kind }) => kind === 'positional');
  const name = first?.kind === 'positional' ? first.value : undefined;
  if (name === 'help') return { is: 'help', command: named(words.positionals[1], commands) };
  const command = named(name, commands);
  if (words.values.help === true) return { is: 'help', command };
  const rest = argv.filter((_, index) => index !== first?.index);
  return { is: 'run', command: command ?? fallback, args: parseArguments(rest, command ?? fallback) };
}

function named(name: string | undefined, commands: readonly Command[]): Command | undefined {
  if (name === undefined) return undefined;
  const command = commands.find((candidate) => candidate.name === name);
  if (command) return command;
  const names = commands.map((candidate) => candidate.name);
  throw new UsageError(
    `Unknown command "${name}"${didYouMean(nearestKey(name, names), `commands: ${names.join(', ')}`)}`,
  );
}

function parseArguments(argv: readonly string[], { name, usage, options }: Command): Arguments {
  const known: Options = { ...options, ...globalOptions };
  const { tokens } = parseArgs({ args: [...argv], options: specs(known), strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind !== 'option' || Object.hasOwn(known, token.name)) continue;
    const near = nearestKey(token.name, Object.keys(known));
    throw new UsageError(`Unknown option "${token.rawName}"${didYouMean(near && `--${near}`, 'see --help')}`, name);
  }
  const { positionals, values } = strictly(argv, known, name);
  const wanted = usage.split(' ').filter((word) => word !== '');
  const missing = wanted.filter((word) => word.startsWith('<'))[positionals.length];
  if (missing) throw new UsageError(`${missing} is missing`, name);
  const surplus = positionals[wanted.length];
  if (surplus !== undefined) throw new UsageError(`Unexpected argument "${surplus}"`, name);
  return new Arguments(positionals, values);
}

function strictly(argv: readonly string[], options: Options, command: string) {
  try {
    return parseArgs({ args: [...argv], options: specs(options), allowPositionals: true });
  } catch (error) {
    // Node's word for an option without its value, or with one that it does not take
    if (!(error instanceof TypeError) || !('code' in error)) throw error;
    throw new UsageError(error.message.split('\n')[0] ?? error.message, command);
  }
}

function specs(options: Options) {
  return Object.fromEntries(
    Object.entries(options).map(([name, { type, short }]) => [name, short === undefined ? { type } : { type, short }]),
  );
}

function didYouMean(near: string | undefined, otherwise: string): string {
  return near ? `; did you mean "${near}"?` : `; ${otherwise}`;
}
