/** How a caller wants a page shown. */
export interface PageOptions {
  readonly format: 'auto' | 'markdown' | 'text' | 'html' | 'json';
  readonly extract: 'main' | 'full';
  /** CSS: only what it matches is converted. */
  readonly selector: string | undefined;
  /** CSS: what it matches is left out. */
  readonly removeSelector: string | undefined;
  readonly links: 'inline' | 'none' | 'list';
  readonly images: 'keep' | 'alt' | 'none';
}

/** The whole of what is visible, as Markdown where that is what it becomes. */
export const wholePage: PageOptions = {
  format: 'auto',
  extract: 'full',
  selector: undefined,
  removeSelector: undefined,
  links: 'inline',
  images: 'keep',
};

/** A response as it came, with what is needed to read it. */
export interface Source {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
  /** Where it came from in the end; relative links are resolved against it. */
  readonly url: string;
  /** Whether `bytes` is only the beginning. */
  readonly cut: boolean;
}

export type ContentKind = 'html' | 'markdown' | 'json' | 'feed' | 'pdf' | 'text' | 'image';

/** A page as text: what `fetch` pages through. */
export interface PageDocument {
  readonly kind: ContentKind;
  readonly text: string;
  readonly title: string | null;
  readonly charset: string | null;
  /** How the text was found: `main` content, `full` body, a `selector`, the `fallback` to the body, or as it was (`none`). */
  readonly extraction: 'main' | 'full' | 'selector' | 'fallback' | 'none';
  readonly warnings: readonly string[];
  /** The media type found in the bytes of an image, which has no text. */
  readonly imageType?: string;
}

export interface PageLink {
  readonly url: string;
  readonly text: string;
  readonly rel: string | null;
  readonly internal: boolean;
}

export interface PageMetadata {
  readonly title: string | null;
  readonly description: string | null;
  readonly canonical: string | null;
  readonly lang: string | null;
  readonly author: string | null;
  readonly published: string | null;
  readonly modified: string | null;
  readonly openGraph: Readonly<Record<string, string>>;
  readonly twitter: Readonly<Record<string, string>>;
  readonly jsonLd: readonly unknown[];
  readonly feeds: readonly { readonly url: string; readonly title: string | null; readonly type: string }[];
  readonly icons: readonly string[];
  readonly headings: readonly { readonly level: number; readonly text: string }[];
  readonly textLength: number;
  readonly warnings: readonly string[];
}

export interface FeedEntry {
  readonly title: string | null;
  readonly url: string | null;
  readonly published: string | null;
  readonly author: string | null;
  readonly summary: string | null;
}

export interface Feed {
  readonly type: 'rss' | 'atom' | 'json';
  readonly title: string | null;
  readonly description: string | null;
  readonly url: string | null;
  /** The first thousand of those asked for. */
  readonly entries: readonly FeedEntry[];
  /** All of those asked for. */
  readonly total: number;
  /** Those left out because they say no time that could be compared with the one asked for. */
  readonly undated: number;
}

export interface Sitemap {
  readonly isIndex: boolean;
  readonly urls: readonly { readonly url: string; readonly modified: string | null }[];
}

/** Markdown has marks, HTML tags; plain text is all seen. */
export type TextForm = 'markdown' | 'html' | 'plain';

export interface Found {
  /** Offset of the match in the text, in UTF-16 units. */
  readonly start: number;
  readonly match: string;
  readonly snippet: string;
  /** Headings above the match, outermost first. */
  readonly headings: readonly string[];
}

/** Everything that is done to foreign bytes, and so only in a worker that can be killed. */
export type Job =
  | { readonly task: 'document'; readonly source: Source; readonly options: PageOptions; readonly raw: boolean }
  | { readonly task: 'strip'; readonly source: Source }
  | { readonly task: 'links'; readonly source: Source }
  | { readonly task: 'metadata'; readonly source: Source }
  | { readonly task: 'feed'; readonly source: Source; readonly since: number | undefined }
  | { readonly task: 'sitemap'; readonly source: Source }
  | {
      readonly task: 'find';
      readonly text: string;
      /** What is in `text` beside what a reader sees. */
      readonly form: TextForm;
      readonly query: string;
      readonly regex: boolean;
      readonly context: number;
      readonly limit: number;
    };

export interface JobResults {
  readonly document: PageDocument;
  readonly strip: PageDocument;
  readonly links: { readonly links: readonly PageLink[]; readonly warnings: readonly string[] };
  readonly metadata: PageMetadata;
  readonly feed: Feed;
  readonly sitemap: Sitemap;
  readonly find: { readonly matches: readonly Found[]; readonly total: number };
}

/** Which jobs are likely to take as long as this one: those of pages of the same site, and about as large. */
export function laneOf(job: Job): string {
  if (job.task === 'find') return `find ${magnitude(job.text.length)}`;
  const { url, bytes } = job.source;
  return `${URL.canParse(url) ? new URL(url).host : ''} ${magnitude(bytes.length)}`;
}

function magnitude(length: number): number {
  return Math.ceil(Math.log10(length + 1));
}
