import { randomBytes } from 'node:crypto';

/** A name nobody can have made before: 96 random bits. Hidden, and told by its pattern if a crash leaves it behind. */
export function temporaryName(): string {
  return `.mcp-${randomBytes(12).toString('hex')}.tmp`;
}

/** Whether a name is one of those: a write in flight, which no listing shows and no copy takes along but one whose original goes. */
export function isTemporaryName(name: string): boolean {
  return /^\.mcp-[0-9a-f]{24}\.tmp$/.test(name);
}
