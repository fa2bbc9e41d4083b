import type { LoadedConfig } from '../config/load.ts';
import { secretsOf } from '../config/secrets.ts';
import { Call } from '../core/call.ts';
import { callTool } from '../core/dispatcher.ts';
import { GatewayError } from '../core/errors.ts';
import { Face } from '../core/face.ts';
import { anonymous } from '../core/principal.ts';
import { startPlugins } from '../gateway.ts';
import { createLog } from '../log.ts';
import type { CallRequest, CallResult } from './call.ts';
import { pluginNamed } from './plugin-named.ts';
import { progressText } from './progress-text.ts';

/** Starts one plugin in this process, calls its tool and stops it. No port is opened. */
export async function callLocally({ config, plugins }: LoadedConfig, request: CallRequest): Promise<CallResult> {
  const plugin = pluginNamed(request.plugin, plugins);
  const log = createLog({ level: 'error', secrets: secretsOf(config) });
  const [running] = startPlugins(config, [plugin], log);
  if (!running) throw new GatewayError('unknown_plugin', `${plugin.name} is switched off in the configuration`);
  const options = {
    callTimeoutMs: config.limits.callTimeout,
    resultBytes: config.limits.resultBytes,
    record: () => undefined, // the caller is at the keyboard: there is nobody to tell
  };
  const call = new Call(anonymous, 'local', {
    progress: (done, total, message) => request.onProgress(progressText(done, total, message)),
  });
  try {
    const { content, text, data } = await callTool(Face.of(running), request.tool, request.args, call, options);
    const spoken = text === undefined ? [] : [{ type: 'text', text }];
    return { content: [...spoken, ...content], structured: data, isError: false };
  } finally {
    await running.stop();
  }
}
