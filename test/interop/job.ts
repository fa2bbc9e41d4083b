/** How a client shows its key: `bearer` and `x-api-key` to a gateway that asks for one, `none` to one that does not. */
export type KeyStyle = 'bearer' | 'x-api-key' | 'none';

/** What a driver is given on its standard input. */
export interface Job {
  /** What the driver is to use of its client: `sse`, `http`, or what else it knows. */
  readonly transport: string;
  /** How the client finds its protocol revision, where it has several ways. */
  readonly mode?: string;
  readonly keyStyle: KeyStyle;
  /** The key itself; empty where none is asked for. */
  readonly key: string;
  /** The headers that carry the key. */
  readonly headers: Readonly<Record<string, string>>;
  readonly faces: readonly FaceJob[];
  /** A Node that is new enough for every client. */
  readonly node: string;
  /** The folder of the programs of the client's virtual environment. */
  readonly pythonBin?: string;
  /** A folder of the driver's own, for files and HOME. */
  readonly folder: string;
  /** What `mcp-sse-gateway litellm` printed for each plugin, and with --aggregate. */
  readonly liteLlm: { readonly plugins: string; readonly aggregate: string };
}

/** One endpoint of the gateway: a plugin, or `gateway` for all of them. `/sse` and `/mcp` stand below its URL. */
export interface FaceJob {
  readonly name: string;
  readonly url: string;
  readonly calls: readonly CallJob[];
}

export interface CallJob {
  readonly tool: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** What a driver prints as its last line. A client that hides a member (such as schemas) leaves it out. */
export interface Report {
  /** The client and its version, as it is installed. */
  readonly client: string;
  /** The revision that was negotiated, where the client tells. */
  readonly revision?: string;
  readonly faces: readonly FaceReport[];
}

export interface FaceReport {
  readonly name: string;
  readonly tools: readonly ToolReport[];
  readonly calls: readonly CallReport[];
}

export interface ToolReport {
  readonly name: string;
  readonly description?: string;
  readonly inputSchema?: unknown;
}

export interface CallReport {
  readonly isError: boolean;
  readonly text?: string;
  readonly structured?: unknown;
}
