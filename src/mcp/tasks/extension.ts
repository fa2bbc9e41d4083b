import type { Params } from '../envelope.ts';

/** The extension's identifier (SEP-2663), in both sides' capabilities. */
export const tasksExtension = 'io.modelcontextprotocol/tasks';

/** The extension as each side declares it. */
export const tasksDeclaration: Params = { extensions: { [tasksExtension]: {} } };
