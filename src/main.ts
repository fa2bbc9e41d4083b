#!/usr/bin/env node
import { keepCompiledCode } from './compile-cache.ts';

/** Open handles, such as the keep-alive connections of a client command, hold the process up at most this long. */
const exitGraceMs = 1000;

// Before anything else is loaded, since only what comes later is kept.
keepCompiledCode();
const { processTerminal } = await import('./commands/terminal.ts');
const { runCommandLine } = await import('./commands/run-command-line.ts');
process.exitCode = await runCommandLine(processTerminal(), process.argv.slice(2));
setTimeout(() => process.exit(), exitGraceMs).unref();
