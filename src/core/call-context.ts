import type { Call } from './call.ts';
import { ask, elicit, elicitUrl } from './elicitation.ts';
import type { Log } from './log.ts';
import type { Principal } from './principal.ts';
import type { RunningPlugin } from './running-plugin.ts';
import type { ToolContext } from './tool.ts';

/**
 * What a handler is given. Each member is made when the handler takes it, because most handlers take two of the dozen;
 * functions need no `this`, so that a handler may take them apart.
 */
export class CallContext implements ToolContext<never> {
  readonly deps: never;
  readonly #call: Call;
  readonly #plugin: RunningPlugin;

  /** `deps` are what the plugin's own `start` returned: this is where their type was erased. */
  constructor(call: Call, plugin: RunningPlugin, deps: unknown) {
    this.deps = deps as never;
    this.#call = call;
    this.#plugin = plugin;
  }

  get signal(): AbortSignal {
    return this.#call.signal;
  }

  get principal(): Principal {
    return this.#call.principal;
  }

  get log(): Log {
    return this.#plugin.log;
  }

  get progress(): ToolContext['progress'] {
    const call = this.#call;
    return (done, total, message) => call.client.progress?.(done, total, message);
  }

  get notify(): ToolContext['notify'] {
    const call = this.#call;
    const { name } = this.#plugin.plugin;
    return (level, data) => call.client.log?.(level, data, name);
  }

  get clientSupports(): ToolContext['clientSupports'] {
    const call = this.#call;
    return (capability) => call.client.supports?.(capability) ?? false;
  }

  get elicit(): ToolContext['elicit'] {
    const call = this.#call;
    return (schema, message, options) => heeded(elicit(call, schema, message, options));
  }

  get elicitUrl(): ToolContext['elicitUrl'] {
    const call = this.#call;
    return (url, message, options) => heeded(elicitUrl(call, url, message, options));
  }

  get sample(): ToolContext['sample'] {
    const call = this.#call;
    return (params, options) => heeded(ask(call, { method: 'sampling/createMessage', params }, options));
  }

  get listRoots(): ToolContext['listRoots'] {
    const call = this.#call;
    return (options) => heeded(ask(call, { method: 'roots/list', params: {} }, options));
  }

  get continueAsTask(): ToolContext['continueAsTask'] {
    const call = this.#call;
    return () => call.client.continueAsTask?.() ?? false;
  }

  get releaseConnection(): ToolContext['releaseConnection'] {
    const call = this.#call;
    return () => call.client.releaseConnection?.();
  }
}

/** A handler that forgets to wait for its question loses the answer; its refusal must not end the whole process. */
function heeded<T>(answer: Promise<T>): Promise<T> {
  answer.catch(() => undefined);
  return answer;
}
