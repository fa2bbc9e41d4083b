/**
 * Files that are copied or synced at a time: as many as make a disk busy, and one fewer than the threads that Node has for
 * files and names of hosts, so that a disk that is slow or hangs leaves one to everybody else.
 */
export const filesAtOnce = 3;

/** Runs `work` for each item, `most` at a time. After a failure no more are begun; it is thrown when those that run have ended. */
export async function forEachAtOnce<T>(
  items: readonly T[],
  most: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  const one = async () => {
    for (let item = items[next++]; item !== undefined && !failure; item = items[next++]) {
      try {
        await work(item);
      } catch (error) {
        failure ??= { error };
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, one));
  if (failure) throw failure.error;
}
