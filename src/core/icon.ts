/** A picture that clients may show beside a name (MCP 2025-11-25 and later). */
export interface Icon {
  /** An absolute https URL, or a `data:` URI with base64. */
  readonly src: string;
  readonly mimeType?: string;
  /** `48x48` and the like, or `any` for a scalable format. */
  readonly sizes?: readonly string[];
  /** The background it is drawn for. */
  readonly theme?: 'light' | 'dark';
}
