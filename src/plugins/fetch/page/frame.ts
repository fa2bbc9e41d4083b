import { randomBytes } from 'node:crypto';
import { visibleText } from '../convert/html/visible-text.ts';

/** A tag no page can know beforehand, and so cannot close. */
export function newBoundary(): string {
  return `untrusted-${randomBytes(8).toString('hex')}`;
}

/** A page's text between two lines with the tag; as it is where there is no tag. */
export function framed(text: string, boundary: string | null): string {
  return boundary === null ? text : `<${boundary}>\n${text}\n</${boundary}>`;
}

/** Words that are not this server's own (the caller's, or an error's that repeats the site's), where no frame stands around them. */
export function oneLine(text: string): string {
  return visibleText(text.replace(/\s+/g, ' ')).replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
