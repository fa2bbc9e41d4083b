import type { GatewayErrorCode } from './errors.ts';

/** How a call ended: well, in a way its caller can read, or by a defect (`internal`). */
export type CallOutcome = 'ok' | GatewayErrorCode | 'internal';

/** One tool call that ended, as metrics and the audit see it. */
export interface CallRecord {
  /** The plugin's name; of the aggregate, where the tool is unknown, `gateway`. */
  readonly plugin: string;
  /** The tool's own name; undefined for a tool that does not exist, whose name only the caller knows. */
  readonly tool: string | undefined;
  readonly principal: string;
  readonly requestId: string;
  readonly outcome: CallOutcome;
  /** Milliseconds from the arguments being read to the result being ready. */
  readonly ms: number;
  /** The arguments that the handler ran with; as they came where they were refused. */
  readonly args: unknown;
}

/** Is told of every tool call that ended, on its way out: must not throw, wait, or keep the record. */
export type CallRecorder = (record: CallRecord) => void;
