import { type Arguments, type Command, jsonOption, UsageError, urlOption } from './command.ts';
import { loadSettings } from './settings.ts';
import { printable, type Terminal } from './terminal.ts';

/** What a call came to: for a reader, for a program, and whether the tool says that it failed. */
export interface CallResult {
  readonly content: readonly unknown[];
  readonly structured: unknown;
  readonly isError: boolean;
}

export interface CallRequest {
  readonly plugin: string;
  readonly tool: string;
  readonly args: Record<string, unknown>;
  /** Told how far the call is, where the tool says so. */
  onProgress(text: string): void;
}

/** `call`: calls one tool, of a running gateway or in this process. */
export const call: Command = {
  name: 'call',
  summary: 'Calls one tool and prints its result.',
  usage: '<plugin> <tool> [json]',
  details:
    'The arguments are a JSON object, or - to read one from standard input; none is {}. What the tool says goes to standard\n' +
    'output; a failed call says why on standard error and exits with 1.',
  options: {
    local: {
      type: 'boolean',
      short: 'l',
      help: 'Starts the plugin in this process instead of asking a running gateway.',
    },
    ...urlOption,
    ...jsonOption,
  },
  run,
};

async function run(terminal: Terminal, args: Arguments): Promise<number> {
  const [plugin = '', tool = '', json] = args.positionals;
  const request: CallRequest = {
    plugin,
    tool,
    args: parseArguments(json === '-' ? await terminal.readInput() : (json ?? '{}')),
    onProgress: (text) => terminal.stderr.progress(printable(text)),
  };
  const loaded = await loadSettings(args);
  const result = args.flag('local')
    ? await (await import('./local-call.ts')).callLocally(loaded, request)
    : await (await import('./remote-call.ts')).callRemotely(loaded, args, request);
  terminal.stderr.progress('');
  if (result.isError) {
    terminal.stderr.line(shown(result.content, terminal.stderr.isTerminal));
    return 1;
  }
  const text = args.flag('json')
    ? JSON.stringify(result.structured ?? { content: result.content }, null, 2)
    : shown(result.content, terminal.stdout.isTerminal);
  terminal.stdout.line(text);
  return 0;
}

function parseArguments(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return { ...parsed };
  } catch (error) {
    throw new UsageError(
      `The arguments are not JSON: ${error instanceof Error ? error.message : String(error)}`,
      'call',
    );
  }
  throw new UsageError('The arguments must be a JSON object, such as {"sql": "select 1"}', 'call');
}

/** The blocks of a result as text. On a terminal, what could steer it is taken out: the tool's data may be anybody's. */
function shown(content: readonly unknown[], onTerminal: boolean): string {
  const text = content.map((block) => blockText(Object(block))).join('\n');
  return onTerminal ? printable(text) : text;
}

function blockText(block: Record<string, unknown>): string {
  if (block.type === 'text') return String(block.text);
  if (block.type === 'resource_link') return String(block.uri);
  if (block.type === 'resource') {
    const resource: Record<string, unknown> = Object(block.resource);
    return typeof resource.text === 'string' ? resource.text : `[${String(resource.uri)}: binary; --json has it]`;
  }
  const size = typeof block.data === 'string' ? Math.floor((block.data.length * 3) / 4) : 0;
  return `[${String(block.type)}, ${String(block.mimeType)}, ${size} bytes; --json has it]`;
}
