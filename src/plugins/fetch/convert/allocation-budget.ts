const guarded = [
  'Uint8Array',
  'Uint8ClampedArray',
  'Uint16Array',
  'Uint32Array',
  'Int32Array',
  'Float32Array',
] as const;

/** Largest array, and all arrays together, in bytes. */
export interface Budget {
  readonly largest: number;
  readonly total: number;
}

/** Counts bytes that become part of an array of `size`; throws where that is too much. */
type Take = (bytes: number, size?: number) => void;

/**
 * Runs `work` while no typed array of this thread may be larger than the budget says, nor all of them together: then
 * making one throws a RangeError. The heap limit of a worker does not count such memory, and a library that unpacks
 * foreign streams into it knows no limit of its own. Returns whether the budget was exceeded beside the result, since
 * libraries may swallow the error. Not for two at once in one thread.
 */
export async function withAllocationBudget<T>(
  budget: Budget,
  work: () => Promise<T>,
): Promise<{ readonly outcome: PromiseSettledResult<T>; readonly isExceeded: boolean }> {
  let left = budget.total;
  let isExceeded = false;
  const take: Take = (bytes, size = bytes) => {
    left -= bytes;
    if (size <= budget.largest && left >= 0) return;
    isExceeded = true;
    throw new RangeError('the allocation budget is exceeded');
  };
  const restore = guarded.map((name) => replaceGlobal(name, guardedArray(globalThis[name], take)));
  restore.push(replaceGlobal('DecompressionStream', guardedDecompression(globalThis.DecompressionStream, take)));
  try {
    const [outcome] = await Promise.allSettled([work()]);
    return { outcome, isExceeded };
  } finally {
    for (const undo of restore) undo();
  }
}

function guardedArray<T extends (typeof globalThis)[(typeof guarded)[number]]>(real: T, take: Take): T {
  const proxy: T = new Proxy(real, {
    construct(target, args: unknown[], newTarget) {
      const [length] = args;
      if (typeof length === 'number') take(length * real.BYTES_PER_ELEMENT);
      return Reflect.construct(target, args, newTarget === proxy ? target : newTarget) as object;
    },
  });
  return proxy;
}

/** What a stream unpacks comes in small chunks from outside, and is counted as the one array it is made for. */
function guardedDecompression(real: typeof DecompressionStream, take: Take): object {
  return class {
    readonly readable: ReadableStream;
    readonly writable: WritableStream;

    constructor(format: ConstructorParameters<typeof DecompressionStream>[0]) {
      const { readable, writable } = new real(format);
      let size = 0;
      const counted = new TransformStream<Uint8Array, Uint8Array>({
        transform(chunk, controller) {
          size += chunk.byteLength;
          take(chunk.byteLength, size);
          controller.enqueue(chunk);
        },
      });
      this.writable = writable;
      this.readable = readable.pipeThrough(counted);
    }
  };
}

function replaceGlobal(name: string, value: unknown): () => void {
  const own = Object.getOwnPropertyDescriptor(globalThis, name);
  Object.defineProperty(globalThis, name, { value, configurable: true, writable: true, enumerable: false });
  return () => {
    if (own) Object.defineProperty(globalThis, name, own);
  };
}
