/** What the core and plugins see of the log: pino's method shape, without pino. */
export interface Log {
  debug(fields: object, message?: string): void;
  info(fields: object, message?: string): void;
  warn(fields: object, message?: string): void;
  error(fields: object, message?: string): void;
  child(bindings: Record<string, unknown>): Log;
}

/** The levels of MCP's `notifications/message`, lowest first (RFC 5424). */
export const messageLevels = ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'] as const;
export type MessageLevel = (typeof messageLevels)[number];
