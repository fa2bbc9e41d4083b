import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { anonymous, Call, callTool, Face, filesystemPlugin, RunningPlugin } from './built.ts';

const nothing = () => undefined;
const limits = { callTimeoutMs: 60_000, resultBytes: 64 * 1024 * 1024, record: nothing };

interface Answer {
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test reads the fields it knows of
  readonly data: any;
  readonly content: readonly unknown[];
}

interface Logged {
  readonly level: string;
  readonly fields: Record<string, unknown>;
  readonly message: string | undefined;
}

/** The filesystem plugin behind the real dispatcher, on folders of its own below a fresh temporary one. */
export interface Filesystem {
  /** The temporary folder; outside the root. */
  readonly outside: string;
  /** The one allowed directory. */
  readonly root: string;
  readonly running: RunningPlugin;
  /** URIs of resources that were said to have changed, in order. */
  readonly updated: readonly string[];
  /** What the plugin wrote to its log, in order. */
  readonly logged: readonly Logged[];
  call(tool: string, args: Record<string, unknown>): Promise<Answer>;
  /** The error message of a call that must fail. */
  refusal(tool: string, args: Record<string, unknown>): Promise<string>;
  readonly tools: readonly string[];
  stop(): Promise<void>;
}

export interface FilesystemOptions {
  readonly config?: Record<string, unknown>;
  /** Called with the temporary folder before the plugin starts; returns the roots. */
  readonly prepare?: (outside: string) => unknown[];
  /** After which a call is stopped; a minute where absent. */
  readonly callTimeoutMs?: number;
  /** Called with the usual root; returns the files that the gateway keeps to itself. */
  readonly privateFiles?: (root: string) => string[];
}

export async function startFilesystem({
  config = {},
  prepare,
  privateFiles,
  callTimeoutMs = limits.callTimeoutMs,
}: FilesystemOptions = {}): Promise<Filesystem> {
  const outside = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-files-')));
  const root = join(outside, 'data');
  mkdirSync(root);
  const roots = prepare?.(outside) ?? [root];
  const parsed = filesystemPlugin.parseConfig({ roots, write: true, ...config });
  const updated: string[] = [];
  const logged: Logged[] = [];
  const host = {
    log: logTo(logged),
    dataFolder: join(outside, 'gateway-data'),
    privateFiles: privateFiles?.(root) ?? [],
    resourceUpdated: (uri: string) => updated.push(uri),
    resourcesChanged: nothing,
    listChanged: nothing,
  };
  const running = new RunningPlugin(filesystemPlugin, parsed, host);
  await running.settled;
  const face = Face.of(running);
  const call = async (tool: string, args: Record<string, unknown>): Promise<Answer> => {
    const outcome = await callTool(face, tool, args, new Call(anonymous, 'test'), { ...limits, callTimeoutMs });
    return { text: outcome.text ?? '', data: outcome.data, content: outcome.content };
  };
  return {
    outside,
    root,
    running,
    updated,
    logged,
    call,
    refusal: async (tool, args) => {
      const outcome = await call(tool, args).then(
        (answer) => ({ answer }),
        (error: unknown) => ({ error }),
      );
      if ('answer' in outcome) throw new Error(`${tool} was expected to fail, but said: ${outcome.answer.text}`);
      const { error } = outcome;
      if (error instanceof Error && error.name === 'GatewayError') return error.message;
      throw error;
    },
    tools: [...face.tools.keys()],
    stop: async () => {
      await running.stop();
      rmSync(outside, { recursive: true, force: true });
    },
  };
}

function logTo(logged: Logged[]) {
  const at = (level: string) => (fields: object, message?: string) =>
    void logged.push({ level, fields: { ...fields }, message });
  const log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log };
  return log;
}
