import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface, type Interface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export interface ProcessState {
  readonly heap: number;
  readonly rss: number;
  readonly sockets: number;
  readonly timers: number;
  readonly aborted: number;
}

/** The gateway of gateway-process.mjs, in a process whose memory and end can be looked at. */
export class GatewayProcess {
  readonly url: string;
  readonly #child: ChildProcess;
  readonly #lines: Interface;

  private constructor(child: ChildProcess, lines: Interface, url: string) {
    this.#child = child;
    this.#lines = lines;
    this.url = url;
  }

  static async start(config: object = {}): Promise<GatewayProcess> {
    const program = fileURLToPath(new URL('./gateway-process.mjs', import.meta.url));
    const child = spawn(process.execPath, ['--expose-gc', program, JSON.stringify(config)], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout as NodeJS.ReadableStream });
    const [url] = await once(lines, 'line');
    return new GatewayProcess(child, lines, url);
  }

  /** What the process holds, after a garbage collection. */
  async state(): Promise<ProcessState> {
    const line = once(this.#lines, 'line');
    this.#child.stdin?.write('state\n');
    return JSON.parse((await line)[0]);
  }

  /** Sends SIGTERM; resolves with the exit code. */
  async terminate(): Promise<number | null> {
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    return (await exit)[0];
  }
}
