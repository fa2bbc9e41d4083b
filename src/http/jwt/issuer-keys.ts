import type { FlattenedJWSInput, JSONWebKeySet, JWSHeaderParameters, LocalJWKSet } from 'jose';
import { GatewayError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import { RateLimit } from '../rate-limit.ts';
import { fetchKeySet } from './issuer-document.ts';
import type { TokenSettings } from './settings.ts';

/** Keys older than this are fetched anew, while the old ones go on being used. */
const freshMs = 10 * 60_000;
/** Keys older than this are used no more, since the issuer may have withdrawn them. */
const usableMs = 60 * 60_000;
/** How often the issuer is asked at most, whatever keys tokens name: five times at once, then every half minute. */
const asking = { perMinute: 2, burst: 5 };

/** The public keys of the issuer: fetched when the first token comes, again when a token names a new one. */
export class IssuerKeys {
  readonly #settings: TokenSettings;
  readonly #log: Log;
  readonly #attempts = new RateLimit(asking);
  #keys: LocalJWKSet | undefined;
  #fetchedAt = 0;
  #pending: Promise<boolean> | undefined;
  #isDown = false;

  constructor(settings: TokenSettings, log: Log) {
    this.#settings = settings;
    this.#log = log;
  }

  /** The key that a token's header names. Throws `unavailable` while keys cannot be had, and jose's errors. */
  readonly find = async (header: JWSHeaderParameters, token: FlattenedJWSInput) => {
    const age = Date.now() - this.#fetchedAt;
    if (!this.#keys || age > usableMs) await this.#refresh();
    else if (age > freshMs) void this.#refresh();
    if (!this.#keys || Date.now() - this.#fetchedAt > usableMs) throw keysUnavailable();
    try {
      return await this.#keys(header, token);
    } catch (error) {
      if (Object(error).code !== 'ERR_JWKS_NO_MATCHING_KEY') throw error;
      if (await this.#refresh()) return this.#keys(header, token);
      // With the issuer down, nobody knows whether the key is a new one.
      if (this.#isDown) throw keysUnavailable();
      throw error;
    }
  };

  /** Fetches the keys unless that was done too often; true where they are new. Never throws: what is wrong is logged. */
  #refresh(): Promise<boolean> {
    if (this.#pending) return this.#pending;
    if (!this.#attempts.take('issuer').allowed) return Promise.resolve(false);
    this.#pending = this.#fetch().finally(() => {
      this.#pending = undefined;
    });
    return this.#pending;
  }

  async #fetch(): Promise<boolean> {
    const { issuer } = this.#settings;
    try {
      const { url, keys } = await fetchKeySet(this.#settings);
      const { createLocalJWKSet } = await import('jose');
      this.#keys = createLocalJWKSet({ keys } as unknown as JSONWebKeySet);
      this.#fetchedAt = Date.now();
      this.#isDown = false;
      this.#log.info({ issuer, url, keys: keys.length }, 'keys of the issuer fetched');
      return true;
    } catch (error) {
      this.#isDown = true;
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn({ issuer, reason }, 'keys of the issuer cannot be had, so its tokens may be refused');
      return false;
    }
  }
}

function keysUnavailable(): GatewayError {
  return new GatewayError(
    'unavailable',
    'The keys of the authorization server cannot be had at the moment; try again.',
  );
}
