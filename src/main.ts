#!/usr/bin/env node
import { UsageError } from './commands/command.ts';
import { parseCommandLine } from './commands/command-line.ts';
import { helpPointer, printCommandHelp, printHelp } from './commands/help.ts';
import { commands, defaultCommand } from './commands/index.ts';
import { printable, processTerminal, type Terminal } from './commands/terminal.ts';
import { GatewayError } from './core/errors.ts';
import { version } from './version.ts';

/** Open handles, such as the keep-alive connections of a client command, hold the process up at most this long. */
const exitGraceMs = 1000;

const terminal = processTerminal();
process.exitCode = await runCommandLine(terminal, process.argv.slice(2));
setTimeout(() => process.exit(), exitGraceMs).unref();

/** Runs one command line and returns its exit code: 0 well, 1 failed, 2 not understood. */
async function runCommandLine({ stdout, stderr }: Terminal, argv: readonly string[]): Promise<number> {
  try {
    const invocation = parseCommandLine(argv, commands, defaultCommand);
    if (invocation.is === 'version') stdout.line(version);
    else if (invocation.is === 'run') return await invocation.command.run(terminal, invocation.args);
    else if (invocation.command) printCommandHelp(stdout, invocation.command);
    else printHelp(stdout, commands);
    return 0;
  } catch (error) {
    stderr.progress('');
    const label = stderr.paint('red', 'error:');
    if (error instanceof UsageError) {
      stderr.line(`${label} ${printable(error.message)}\n${helpPointer(error.command)}`);
      return 2;
    }
    const isExpected = error instanceof GatewayError;
    stderr.line(
      `${label} ${printable(isExpected || !(error instanceof Error) ? messageOf(error) : (error.stack ?? ''))}`,
    );
    return 1;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
