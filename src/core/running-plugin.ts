import { GatewayError } from './errors.ts';
import type { Log } from './log.ts';
import type { Health, Plugin, PluginHost, PluginInstance } from './plugin.ts';
import type { Tool } from './tool.ts';

const healthCacheMs = 1000;
const healthTimeoutMs = 3000;
const firstRetryMs = 1000;
const longestRetryMs = 30_000;

type State =
  | { readonly is: 'starting' }
  | { readonly is: 'up'; readonly instance: PluginInstance }
  | { readonly is: 'failed'; readonly reason: string }
  | { readonly is: 'stopped' };

/** A plugin with its life: started in the background, retried while it fails, asked for its health, stopped once. */
export class RunningPlugin {
  readonly plugin: Plugin;
  readonly startedAt = Date.now();
  #state: State = { is: 'starting' };
  #settled: Promise<void>;
  #retry: NodeJS.Timeout | undefined;
  #health: { readonly at: number; readonly value: Promise<Health> } | undefined;
  readonly #config: unknown;
  readonly #host: PluginHost;

  constructor(plugin: Plugin, config: unknown, host: PluginHost) {
    this.plugin = plugin;
    this.#config = config;
    this.#host = host;
    this.#settled = this.#start(firstRetryMs);
  }

  /** The tools that this configuration offers. */
  get tools(): readonly Tool[] {
    return this.plugin.tools.filter((tool) => this.plugin.offers(this.#config, tool));
  }

  get log(): Log {
    return this.#host.log;
  }

  /** Resolves when the first attempt to start has ended, well or badly. */
  get settled(): Promise<void> {
    return this.#settled;
  }

  get hasSettled(): boolean {
    return this.#state.is !== 'starting';
  }

  /** The instance, at once where it is up; waits for a start in progress; throws `unavailable` with the reason otherwise. */
  instance(): PluginInstance | Promise<PluginInstance> {
    if (this.#state.is === 'up') return this.#state.instance;
    if (this.#state.is === 'starting') return this.#settled.then(() => this.instance());
    const reason = this.#state.is === 'failed' ? this.#state.reason : 'the gateway is shutting down';
    throw new GatewayError(
      'unavailable',
      `${this.plugin.title} is not available: ${reason}. It is being retried; try again later.`,
    );
  }

  /** Never throws and never hangs: at most `healthTimeoutMs`, and asked at most once a second. */
  health(): Promise<Health> {
    const now = Date.now();
    if (!this.#health || now - this.#health.at >= healthCacheMs) this.#health = { at: now, value: this.#askHealth() };
    return this.#health.value;
  }

  async stop(): Promise<void> {
    clearTimeout(this.#retry);
    const state = this.#state;
    this.#state = { is: 'stopped' };
    if (state.is === 'starting') await this.#settled;
    if (state.is === 'up') await state.instance.stop();
  }

  async #start(retryMs: number): Promise<void> {
    try {
      const instance = await this.plugin.start(this.#config, this.#host);
      if (this.#state.is === 'stopped') return await instance.stop();
      this.#state = { is: 'up', instance };
      this.#health = undefined;
    } catch (error) {
      if (this.#state.is === 'stopped') return;
      const reason = error instanceof Error ? error.message : String(error);
      this.#state = { is: 'failed', reason };
      this.log.warn({ plugin: this.plugin.name, reason, retryMs }, 'plugin failed to start, will be retried');
      this.#retry = setTimeout(() => void this.#start(Math.min(retryMs * 2, longestRetryMs)), retryMs);
      this.#retry.unref();
    }
  }

  async #askHealth(): Promise<Health> {
    if (this.#state.is === 'starting') return { status: 'degraded', reason: 'starting' };
    if (this.#state.is === 'failed') return { status: 'degraded', reason: this.#state.reason };
    if (this.#state.is === 'stopped') return { status: 'unhealthy', reason: 'stopped' };
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<Health>((resolve) => {
      timer = setTimeout(
        () => resolve({ status: 'unhealthy', reason: `no answer to the health check in ${healthTimeoutMs} ms` }),
        healthTimeoutMs,
      );
    });
    try {
      return await Promise.race([this.#state.instance.health(), late]);
    } catch (error) {
      this.log.error({ plugin: this.plugin.name, err: error }, 'health check threw');
      return { status: 'unhealthy', reason: 'the health check failed; the log has the error' };
    } finally {
      clearTimeout(timer);
    }
  }
}
