import { createHash, timingSafeEqual } from 'node:crypto';
import type { Principal } from '../core/principal.ts';

/** Keys compared in constant time: both sides are hashed, and every key is compared, found or not. */
export class KeyGuard {
  readonly #keys: readonly { readonly digest: Buffer; readonly principal: Principal }[];

  constructor(keys: readonly { readonly name: string; readonly key: string }[]) {
    this.#keys = keys.map(({ name, key }) => ({ digest: digest(key), principal: { id: `key:${name}`, kind: 'key' } }));
  }

  /** Whether no key is asked for. */
  get isOpen(): boolean {
    return this.#keys.length === 0;
  }

  /** The holder of the key, or undefined for a wrong one. */
  find(key: string): Principal | undefined {
    const given = digest(key);
    let found: Principal | undefined;
    for (const { digest: known, principal } of this.#keys) {
      if (timingSafeEqual(given, known)) found = principal;
    }
    return found;
  }
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key, 'utf8').digest();
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
  const match = /^bearer(?:[ \t]+(.*))?$/i.exec(header.trim());
  return match ? (match[1] ?? '') : null;
}
