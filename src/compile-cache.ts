import * as nodeModule from 'node:module';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** What Node has from 22.1 on; on 20 neither is there. */
interface CompileCache {
  enableCompileCache?(directory?: string): unknown;
  flushCompileCache?(): void;
}

const { enableCompileCache, flushCompileCache } = nodeModule as CompileCache;

/**
 * Keeps compiled code between starts, which halves the time of one. In a folder of the user's own: Node's usual place is
 * the shared temporary folder, where another user could have put code for us. NODE_COMPILE_CACHE names another folder, and
 * NODE_DISABLE_COMPILE_CACHE=1 does without; where the folder cannot be written, Node goes on without too.
 */
export function keepCompiledCode(): void {
  enableCompileCache?.(join(homedir(), '.cache', 'mcp-sse-gateway', 'compiled'));
}

/** Writes what was compiled, which Node would do at the end of the process: one that is killed has none. */
export function writeCompiledCode(): void {
  flushCompileCache?.();
}
