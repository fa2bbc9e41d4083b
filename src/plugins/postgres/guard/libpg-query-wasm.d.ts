/** The Emscripten module inside libpg-query, as far as the parser uses it. */
declare module 'libpg-query/wasm/libpg-query.js' {
  export interface PgQueryModule {
    _malloc(bytes: number): number;
    _free(pointer: number): void;
    lengthBytesUTF8(text: string): number;
    stringToUTF8(text: string, pointer: number, bytes: number): void;
    UTF8ToString(pointer: number): string;
    getValue(pointer: number, type: 'i32'): number;
    /** Pointer to `{ char *tree; char *stderr; PgQueryError *error }`. */
    _wasm_parse_query_raw(sql: number): number;
    _wasm_free_parse_result(result: number): void;
    /** Pointer to a string: JSON, or an error's message. */
    _wasm_scan(sql: number): number;
    _wasm_free_string(text: number): void;
  }
  const factory: () => Promise<PgQueryModule>;

  // biome-ignore lint/style/noDefaultExport: this is how the package exports it
  export { factory as default };
}
