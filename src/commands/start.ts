import { writeCompiledCode } from '../compile-cache.ts';
import { isNpmScript } from '../config/npm-script.ts';
import { secretsOf } from '../config/secrets.ts';
import type { Log } from '../core/log.ts';
import type { Arguments, Command } from './command.ts';
import { loadSettings } from './settings.ts';
import type { Terminal } from './terminal.ts';

/** `start`: runs the gateway until it is told to stop. */
export const start: Command = {
  name: 'start',
  summary: 'Runs the gateway; what happens where no command is named.',
  usage: '',
  details:
    'SIGTERM and Ctrl+C let running calls end (server.drainTimeout) and exit with 0; a second one exits at once.\n' +
    'On a terminal the addresses are shown; elsewhere the log on standard error has them.',
  options: {
    host: { type: 'string', value: 'ADDRESS', help: 'Address to listen on (server.host).' },
    port: { type: 'string', short: 'p', value: 'PORT', help: 'Port to listen on (server.port).' },
    mode: { type: 'string', value: 'MODE', help: 'prefix, ports or both (server.mode).' },
  },
  run,
};

async function run(terminal: Terminal, args: Arguments): Promise<number> {
  const stopAsked = watchSignals();
  const loaded = await loadSettings(args);
  const { createLog } = await import('../log.ts');
  const log = createLog({ level: loaded.config.log.level, secrets: secretsOf(loaded.config) });
  endOnDefects(log);
  const { startGateway } = await import('../gateway.ts');
  const gateway = await startGateway({ config: loaded.config, plugins: loaded.plugins, log });
  if (terminal.stdout.isTerminal) {
    const { printBanner } = await import('./banner.ts');
    printBanner(terminal.stdout, loaded, gateway.listeners);
  } else {
    const { config, plugins, file, envFile } = loaded;
    log.info(
      {
        listeners: gateway.listeners,
        plugins: plugins.map(({ name }) => name),
        keys: config.auth.keys.map(({ name }) => name),
        issuer: config.auth.jwt?.issuer,
        config: file,
        envFile,
      },
      'listening',
    );
  }
  void gateway.ready.then(writeCompiledCode);
  const signal = await stopAsked;
  log.info({ signal }, 'stopping');
  await gateway.stop();
  return 0;
}

const signals = { SIGINT: 2, SIGTERM: 15 } as const;

/** Resolves with the first signal to stop; the second one ends the process at once, as a shell reports it. */
function watchSignals(): Promise<string> {
  return new Promise((resolve) => {
    let asked = false;
    for (const [signal, number] of Object.entries(signals)) {
      process.on(signal, () => {
        if (asked) process.exit(128 + number);
        asked = true;
        resolve(signal);
      });
    }
    if (isNpmScript()) watchParent(() => resolve('the end of npm'));
  });
}

/** npm and its shell die of a signal without passing it on: the gateway would live on, unseen, and hold its ports. */
function watchParent(onEnd: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) onEnd();
  }, 500).unref();
}

/** A defect that nobody caught leaves the process in a state that nobody knows: it is logged, and the process ends. */
function endOnDefects(log: Log): void {
  for (const event of ['uncaughtException', 'unhandledRejection']) {
    process.on(event, (error: unknown) => {
      log.error({ err: error, event }, 'a defect that nobody caught; the process ends');
      process.exit(1);
    });
  }
}
