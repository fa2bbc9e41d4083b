import { type Command, commonOptions, type OptionSpec } from './command.ts';
import { columns, type Output } from './terminal.ts';

const program = 'mcp-sse-gateway';

/** The help of the whole program. */
export function printHelp(out: Output, commands: readonly Command[]): void {
  out.line(`Serves tool domains to MCP clients over HTTP+SSE, Streamable HTTP, JSON-RPC and REST.\n`);
  out.line(`${out.paint('bold', 'Usage:')} ${program} [command] [options]\n`);
  out.line(out.paint('bold', 'Commands:'));
  indented(
    out,
    commands.map(({ name, usage, summary }) => [`${name} ${usage}`, summary]),
  );
  out.line(`\n${out.paint('bold', 'Options:')}`);
  indented(out, optionRows({ ...commonOptions, version: { type: 'boolean', short: 'v', help: 'Shows the version.' } }));
  out.line(`\n${program} <command> --help says more of a command. Exit codes: 0 well, 1 failed, 2 not understood.`);
}

/** The help of one command. */
export function printCommandHelp(out: Output, { name, usage, summary, details, options }: Command): void {
  out.line(`${summary}\n`);
  out.line(`${out.paint('bold', 'Usage:')} ${[program, name, usage, '[options]'].filter(Boolean).join(' ')}\n`);
  if (details) out.line(`${details}\n`);
  out.line(out.paint('bold', 'Options:'));
  indented(out, optionRows({ ...options, ...commonOptions }));
}

/** Where a command line that was not understood may be looked up. */
export function helpPointer(command: string | undefined): string {
  return `Run ${[program, command, '--help'].filter(Boolean).join(' ')} for help.`;
}

function optionRows(options: Readonly<Record<string, OptionSpec>>): string[][] {
  return Object.entries(options).map(([name, { short, value, help }]) => {
    const long = value === undefined ? `--${name}` : `--${name} ${value}`;
    return [short === undefined ? `    ${long}` : `-${short}, ${long}`, help];
  });
}

function indented(out: Output, rows: readonly (readonly string[])[]): void {
  for (const line of columns(rows)) out.line(`  ${line}`);
}
