/** One statement that passed the guard: the only thing an engine runs for a caller. */
export interface CheckedStatement {
  readonly kind: 'select' | 'show' | 'explain';
  /**
   * The text to send: the caller's, with LIMIT and OFFSET appended where that was possible. It was judged as it reads with
   * standard_conforming_strings on, which the engine must set.
   */
  readonly text: string;
  /** Whether a LIMIT was appended. */
  readonly limitApplied: boolean;
  /** Rows the engine must read and drop first, where an offset could not be appended to the text. */
  readonly skipRows: number;
}

/**
 * What the guard must know of the server's functions. Names are lower-cased as PostgreSQL folds them; schema is undefined
 * where the call names none, and then every schema's functions of the name are told.
 */
export interface FunctionCatalog {
  lookup(
    names: readonly { readonly schema: string | undefined; readonly name: string }[],
    signal?: AbortSignal,
  ): Promise<readonly FunctionFacts[]>;
  /** Names of functions that are spelt almost like one that does not exist, for the words of the refusal. */
  nearest?(name: string, signal?: AbortSignal): Promise<readonly string[]>;
}

/** One function name as seen by the server: all its overloads together. */
export interface FunctionFacts {
  readonly schema: string;
  readonly name: string;
  /** Whether any overload is VOLATILE. */
  readonly volatile: boolean;
  /**
   * Whether it lives in pg_catalog, belongs to an extension, or is written in an untrusted language, whose functions can do
   * what READ ONLY does not stop; other functions are the user's own.
   */
  readonly builtIn: boolean;
}
