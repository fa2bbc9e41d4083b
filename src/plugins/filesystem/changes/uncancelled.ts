/** For work that is to be finished even where the call was cancelled, or that no call asked for. */
export function uncancelled(): AbortSignal {
  return new AbortController().signal;
}
