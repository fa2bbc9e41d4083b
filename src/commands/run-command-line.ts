import { GatewayError } from '../core/errors.ts';
import { version } from '../version.ts';
import { UsageError } from './command.ts';
import { parseCommandLine } from './command-line.ts';
import { helpPointer, printCommandHelp, printHelp } from './help.ts';
import { commands, defaultCommand } from './index.ts';
import { printable, type Terminal } from './terminal.ts';

/** Runs one command line and returns its exit code: 0 well, 1 failed, 2 not understood. */
export async function runCommandLine(terminal: Terminal, argv: readonly string[]): Promise<number> {
  const { stdout, stderr } = terminal;
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
