/**
 * How a tool's calls go on as tasks (extension `io.modelcontextprotocol/tasks`, revision 2026-07-28): the client gets a
 * handle at once, polls or listens, and fetches the result when it is there. Only clients that declare the extension
 * are given one.
 */
export interface TaskSupport {
  /** `optional`: other clients wait for the result of the call. `required`: they are refused. */
  readonly support: 'optional' | 'required';
  /**
   * Milliseconds for which a call is answered in place, if it ends by then, before it becomes a task. 0 where absent: it
   * is a task at once, and `elicit` asks within it. `Infinity`: only the handler makes it one, by `continueAsTask`.
   */
  readonly afterMs?: number;
}
