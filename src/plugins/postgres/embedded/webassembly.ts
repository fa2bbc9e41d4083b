import { setFlagsFromString } from 'node:v8';
import type { PGlite } from '@electric-sql/pglite';

/** All the memory that the instance may take; beyond it PostgreSQL answers `out of memory` (53200) and goes on. */
const maxMemoryBytes = 512 * 1024 * 1024;
const pageBytes = 64 * 1024;

/** In pages. Declared here because neither lib es2023 nor @types/node 20 knows WebAssembly. */
interface MemoryDescriptor {
  readonly initial: number;
  readonly maximum: number;
}

/**
 * Bounds what PGlite takes, before it is loaded. It asks for up to 2 GiB and has no option for less, but a module accepts
 * a memory with a lower maximum than it declares. And V8 is kept from optimizing: for PostgreSQL's expression interpreter,
 * one function of 105 KB, Node 24 takes 600 MB to do so, and only statements that burn CPU for seconds gain from it.
 * The flag (optimize the function of index 0, an import) holds for the process; libpg-query parses no slower with it.
 */
export function boundWebAssembly(): void {
  setFlagsFromString('--wasm-tier-up-filter=0');
  const { WebAssembly } = globalThis as unknown as {
    WebAssembly: { Memory: new (descriptor: MemoryDescriptor) => object };
  };
  const Unbounded = WebAssembly.Memory;
  WebAssembly.Memory = class extends Unbounded {
    constructor(descriptor: MemoryDescriptor) {
      super({ ...descriptor, maximum: Math.min(descriptor.maximum, maxMemoryBytes / pageBytes) });
    }
  };
}

/** The exit status by which PostgreSQL's own error handling leaves its main loop. */
const longJump = 100;

/**
 * PGlite swallows every exception that leaves PostgreSQL's main loop. Other than the expected one they are crashes, such as
 * a stack overflow, and what goes on after them is a broken instance, at times in an endless loop: they are thrown on.
 */
export function surfaceCrashes(pg: PGlite): PGlite {
  const mod = pg.Module;
  const loop = mod._PostgresMainLoopOnce;
  const restoreStack = mod.stackRestore;
  let crash: unknown;
  mod._PostgresMainLoopOnce = () => {
    try {
      loop();
    } catch (error) {
      if ((error as { status?: unknown }).status !== longJump) crash = error;
      throw error;
    }
  };
  // called by PGlite in its catch block, where a throw is not caught again
  mod.stackRestore = (pointer) => {
    if (crash !== undefined) throw crash;
    return restoreStack(pointer);
  };
  return pg;
}
