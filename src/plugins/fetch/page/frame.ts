import { randomBytes } from 'node:crypto';

/** A tag no page can know beforehand, and so cannot close. */
export function newBoundary(): string {
  return `untrusted-${randomBytes(8).toString('hex')}`;
}

/** A page's text between two lines with the tag; as it is where there is no tag. */
export function framed(text: string, boundary: string | null): string {
  return boundary === null ? text : `<${boundary}>\n${text}\n</${boundary}>`;
}
