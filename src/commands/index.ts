import { call } from './call.ts';
import { check } from './check.ts';
import type { Command } from './command.ts';
import { init } from './init.ts';
import { litellm } from './litellm.ts';
import { openapi } from './openapi.ts';
import { start } from './start.ts';
import { status } from './status.ts';
import { tools } from './tools.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [start, status, tools, call, check, litellm, openapi, init];

/** What happens where no command is named. */
export const defaultCommand: Command = start;
