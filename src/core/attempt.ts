/** Like try and catch, around work that is done at once or later: no promise is made where none is needed. */
export function attempt<T>(work: () => Promise<T> | T, recover: (error: unknown) => T): Promise<T> | T {
  try {
    const done = work();
    return done instanceof Promise ? done.catch(recover) : done;
  } catch (error) {
    return recover(error);
  }
}
