/** Who a piece of content is for and how much it matters, as MCP's annotations say it. */
export interface ContentAnnotations {
  readonly audience?: readonly ('user' | 'assistant')[];
  /** From 0 (optional) to 1 (required). */
  readonly priority?: number;
  /** ISO 8601. */
  readonly lastModified?: string;
}

export interface TextContent {
  readonly type: 'text';
  readonly text: string;
  readonly annotations?: ContentAnnotations;
}

/** An image or a sound; `data` is base64. */
export interface MediaContent {
  readonly type: 'image' | 'audio';
  readonly data: string;
  readonly mimeType: string;
  readonly annotations?: ContentAnnotations;
}

/** The text or the base64 bytes behind an absolute URI (LiteLLM refuses relative ones). */
export type ResourceContents =
  | { readonly uri: string; readonly mimeType?: string; readonly text: string }
  | { readonly uri: string; readonly mimeType?: string; readonly blob: string };

export interface EmbeddedResource {
  readonly type: 'resource';
  readonly resource: ResourceContents;
  readonly annotations?: ContentAnnotations;
}

export interface ResourceLink {
  readonly type: 'resource_link';
  readonly uri: string;
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  readonly size?: number;
  readonly annotations?: ContentAnnotations;
}

export type ContentBlock = TextContent | MediaContent | EmbeddedResource | ResourceLink;

/** As for GatewayError: a plugin may bring its own copy of this package. */
const brand = Symbol.for('mcp-sse-gateway.RichResult');

/** What a handler returns when plain data is not enough: blocks for the reader, and the data (if the tool has an output). */
export class RichResult<Data = unknown> {
  static [Symbol.hasInstance](value: unknown): boolean {
    return typeof value === 'object' && value !== null && brand in value;
  }

  readonly [brand] = true;
  readonly content: readonly ContentBlock[];
  readonly data: Data;

  constructor(content: readonly ContentBlock[], data: Data) {
    this.content = content;
    this.data = data;
  }
}

/** Wraps content blocks, and the structured data beside them, as a handler's result. */
export function withContent(content: readonly ContentBlock[]): RichResult<undefined>;
export function withContent<Data>(content: readonly ContentBlock[], data: Data): RichResult<Data>;
export function withContent(content: readonly ContentBlock[], data?: unknown): RichResult {
  return new RichResult(content, data);
}
