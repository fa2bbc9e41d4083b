import { framed } from './frame.ts';
import type { PagePartData } from './page-output.ts';

/**
 * A part of a page in the reference server's words, which models know: what it is, the text, and how to get the rest.
 * Only the text itself stands in the frame; everything outside it is this server's own.
 */
export function pageText(part: PagePartData): string {
  const { kind, url, content, boundary, warnings, start_index, total_length, next_start_index } = part;
  const notes = warnings.map((warning) => `\n\n<warning>${warning}</warning>`).join('');
  if (kind === 'image')
    return `Contents of ${url}:\n(an image, ${part.content_type ?? 'an unknown content type'})${notes}`;
  if (start_index >= total_length && start_index > 0) {
    return `Contents of ${url}:\n<error>No more content available.</error>${notes}`;
  }
  const more =
    next_start_index === null
      ? ''
      : `\n\n<error>Content truncated. Call the fetch tool with a start_index of ${next_start_index} to get more content.</error>`;
  return `${prefixOf(part)}Contents of ${url}:\n${framed(content, boundary)}${notes}${more}`;
}

/** The reference server says this of everything it did not turn into Markdown. */
function prefixOf({ kind, extraction, content_type }: PagePartData): string {
  const isAsItCame = extraction === 'none' && (kind === 'html' || kind === 'text' || kind === 'json');
  if (!isAsItCame) return '';
  const type = content_type === null ? 'An unknown content type' : `Content type ${content_type}`;
  return `${type} cannot be simplified to markdown, but here is the raw content:\n`;
}
