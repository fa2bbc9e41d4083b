import { randomBytes } from 'node:crypto';

/** A name nobody can have made before: 96 random bits. Hidden, and told by its pattern if a crash leaves it behind. */
export function temporaryName(): string {
  return `.mcp-${randomBytes(12).toString('hex')}.tmp`;
}
