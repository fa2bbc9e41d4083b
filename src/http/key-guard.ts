import { timingSafeEqual } from 'node:crypto';
import type { Principal } from '../core/principal.ts';

/** Bytes of a key's length before the key itself. */
const lengthBytes = 4;

/**
 * Keys compared in constant time: every key is padded to one length and compared whole, found or not. Hashing both sides
 * first would say no more, and cost as much as parsing the request.
 */
export class KeyGuard {
  readonly #keys: readonly { readonly padded: Buffer; readonly principal: Principal }[];
  /** The key that a request brings, padded like the others; one for all requests, since a comparison never waits. */
  readonly #given: Buffer;

  constructor(keys: readonly { readonly name: string; readonly key: string }[]) {
    const size = lengthBytes + Math.max(0, ...keys.map(({ key }) => key.length));
    this.#given = Buffer.alloc(size);
    this.#keys = keys.map(({ name, key }) => ({
      padded: pad(Buffer.alloc(size), key),
      principal: { id: `key:${name}`, kind: 'key' },
    }));
  }

  /** Whether no key is asked for. */
  get isOpen(): boolean {
    return this.#keys.length === 0;
  }

  /** The holder of the key, or undefined for a wrong one. */
  find(key: string): Principal | undefined {
    const given = pad(this.#given, key);
    let found: Principal | undefined;
    for (const { padded, principal } of this.#keys) {
      if (timingSafeEqual(given, padded)) found = principal;
    }
    return found;
  }
}

/** Writes the key's length, the key as far as it fits, and zeros to the end. Keys are ASCII; a header is Latin-1 at most. */
function pad(target: Buffer, key: string): Buffer {
  target.writeUInt32LE(key.length, 0);
  const end = lengthBytes + target.write(key, lengthBytes, 'latin1');
  return target.fill(0, end);
}

/** What a request says of itself by key. Two credentials are never settled by taking the first. */
export type Credential =
  | { readonly is: 'none' }
  | { readonly is: 'key'; readonly key: string; readonly isBearer: boolean }
  | { readonly is: 'ambiguous' };

/** Reads every Authorization and X-API-Key header that the request carries. */
export function readCredential(authorization: readonly string[], apiKey: readonly string[]): Credential {
  if (authorization.length > 1 || apiKey.length > 1) return { is: 'ambiguous' };
  const bearer = authorization[0] === undefined ? undefined : bearerKey(authorization[0]);
  const [key] = apiKey;
  if (bearer === null || (bearer && key && bearer !== key)) return { is: 'ambiguous' };
  const given = bearer || key;
  return given ? { is: 'key', key: given, isBearer: given === bearer } : { is: 'none' };
}

/** The token of a Bearer header; empty for the blank one that Open WebUI sends; null for another scheme. */
function bearerKey(header: string): string | null {
  if (/^Bearer [^ \t]+$/.test(header)) return header.slice(7); // as nearly everyone writes it
  const match = /^bearer(?:[ \t]+(.*))?$/i.exec(header.trim());
  return match ? (match[1] ?? '') : null;
}
