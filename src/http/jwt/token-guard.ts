import { hash } from 'node:crypto';
import type { JWTPayload } from 'jose';
import { GatewayError } from '../../core/errors.ts';
import type { Log } from '../../core/log.ts';
import type { Principal } from '../../core/principal.ts';
import { Denial } from '../denial.ts';
import { isFor, normalAudience, type Place } from './audience.ts';
import { IssuerKeys } from './issuer-keys.ts';
import type { TokenSettings } from './settings.ts';

/** How long a token that was good is taken for good without a look at its signature. */
const rememberMs = 60_000;
/** Tokens remembered at most; the oldest is forgotten first. */
const maxRemembered = 2000;
/** OpenID Connect's limit for a subject. */
const maxSubject = 255;

/** What a good token says. */
interface Verified {
  readonly principal: Principal;
  readonly audiences: readonly string[];
  readonly hasScopes: boolean;
  /** Milliseconds since the epoch. */
  readonly until: number;
}

const invalid = (message: string) => new Denial(401, message, 'invalid_token');

/** Access tokens of one authorization server: signature, issuer, times, audience, scopes. No token is kept, logged or passed on. */
export class TokenGuard {
  readonly settings: TokenSettings;
  readonly #keys: IssuerKeys;
  readonly #log: Log;
  /** By the token's digest. */
  readonly #verified = new Map<string, Verified>();

  constructor(settings: TokenSettings, log: Log) {
    this.settings = settings;
    this.#keys = new IssuerKeys(settings, log);
    this.#log = log;
  }

  /** Whether a bearer has the three parts of a signed token. */
  static looksLike(bearer: string): boolean {
    return /^[\w-]+\.[\w-]+\.[\w-]*$/.test(bearer);
  }

  /** Who a token is of, or why it does not open this place. Waits only for a token that is new. */
  identify(token: string, place: Place): Principal | Denial | Promise<Principal | Denial> {
    const digest = hash('sha256', token, 'base64');
    const known = this.#verified.get(digest);
    if (known && known.until > Date.now()) return this.#admit(known, place);
    return this.#verify(token, digest, place);
  }

  async #verify(token: string, digest: string, place: Place): Promise<Principal | Denial> {
    const { issuer, algorithms, clockTolerance } = this.settings;
    try {
      const { jwtVerify } = await import('jose');
      const { payload } = await jwtVerify(token, this.#keys.find, {
        issuer,
        algorithms: [...algorithms],
        clockTolerance: clockTolerance / 1000,
        requiredClaims: ['exp'],
      });
      const verified = this.#read(payload);
      if (verified instanceof Denial) return verified;
      this.#remember(digest, verified);
      return this.#admit(verified, place);
    } catch (error) {
      return this.#denialFor(error);
    }
  }

  #read(claims: JWTPayload): Verified | Denial {
    const { issuer, principalClaim, scopes, clockTolerance } = this.settings;
    const subject = claims[principalClaim];
    if (typeof subject !== 'string' || subject === '' || subject.length > maxSubject || /\p{Cs}/u.test(subject))
      return invalid(`The access token does not say whose it is: claim ${principalClaim}.`);
    const granted = scopesOf(claims);
    const audiences = [claims.aud ?? []].flat().filter((audience) => typeof audience === 'string');
    return {
      // Escaped, so that no subject can pass for another one of an issuer whose URL goes on.
      principal: { id: `jwt:${issuer}/${encodeURIComponent(subject)}`, kind: 'jwt' },
      audiences: audiences.map(normalAudience),
      hasScopes: scopes.every((scope) => granted.includes(scope)),
      until: Math.min(Date.now() + rememberMs, Number(claims.exp) * 1000 + clockTolerance),
    };
  }

  #admit({ principal, audiences, hasScopes }: Verified, place: Place): Principal | Denial {
    const { audience, scopes } = this.settings;
    const isMeant = audience
      ? audience.some((one) => audiences.includes(normalAudience(one)))
      : isFor(audiences, place);
    if (!isMeant) return invalid('The access token is for another resource: claim aud.');
    if (!hasScopes)
      return new Denial(403, `The access token needs the scopes ${scopes.join(' ')}.`, 'insufficient_scope');
    return principal;
  }

  #remember(digest: string, verified: Verified): void {
    const [oldest] = this.#verified.keys();
    if (this.#verified.size >= maxRemembered && oldest !== undefined) this.#verified.delete(oldest);
    this.#verified.delete(digest); // set again, it stands at the end
    this.#verified.set(digest, verified);
  }

  /** jose's errors hold the token's claims, so only their codes are logged. */
  #denialFor(error: unknown): Denial {
    if (error instanceof GatewayError) return new Denial(503, error.message);
    const { code, claim }: { code?: unknown; claim?: unknown } = Object(error);
    if (typeof code !== 'string' || !code.startsWith('ERR_J')) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#log.warn({ reason }, "an access token cannot be checked with the issuer's key, so it is refused");
      return invalid('The access token cannot be checked.');
    }
    this.#log.debug({ code, claim }, 'access token refused');
    return invalid(
      code === 'ERR_JWT_CLAIM_VALIDATION_FAILED'
        ? wrongClaim(claim)
        : (reasons[code] ?? 'The access token is not valid.'),
    );
  }
}

/** RFC 8693 has a text with spaces; some servers have a list, under this name or another one. */
function scopesOf({ scope, scp }: JWTPayload): readonly string[] {
  return [scope, scp].flat().flatMap((some) => (typeof some === 'string' ? some.split(' ') : []));
}

const reasons: Readonly<Record<string, string>> = {
  ERR_JWT_EXPIRED: 'The access token has expired.',
  ERR_JOSE_ALG_NOT_ALLOWED: 'The access token is signed in a way that is not accepted.',
  ERR_JWKS_NO_MATCHING_KEY: 'The access token is signed with a key that its issuer does not publish.',
  ERR_JWKS_MULTIPLE_MATCHING_KEYS: 'The access token does not name the key that it is signed with: kid.',
  ERR_JWS_SIGNATURE_VERIFICATION_FAILED: 'The signature of the access token is wrong.',
};

function wrongClaim(claim: unknown): string {
  if (claim === 'nbf') return 'The access token is not valid yet.';
  if (claim === 'iss') return 'The access token is of another issuer: claim iss.';
  return claim === 'exp'
    ? 'The access token does not say when it expires.'
    : 'A claim of the access token is not valid.';
}
