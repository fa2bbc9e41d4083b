import { GatewayError } from '../core/errors.ts';
import type { Health } from '../core/plugin.ts';
import { fetchKeySet } from '../http/jwt/issuer-document.ts';
import type { TokenSettings } from '../http/jwt/settings.ts';

/** Whether the keys of an issuer can be had from here, without which no token is accepted. */
export async function examineIssuer(settings: TokenSettings): Promise<Health> {
  try {
    const { url, keys } = await fetchKeySet(settings);
    if (keys.length > 0) return { status: 'healthy', checks: { keys: { at: url, count: keys.length } } };
    return { status: 'unhealthy', reason: `${url} has no keys, so every token is refused` };
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    const hint = 'no token can be checked until this machine can fetch them (auth.jwt.issuer, auth.jwt.jwksUrl)';
    return { status: 'unhealthy', reason: `${error.message}; ${hint}` };
  }
}
