import * as v from 'valibot';
import { isSecureUrl } from '../core/secure-url.ts';
import { duration } from './duration.ts';

/**
 * Signatures that an issuer makes with a key of its own and everybody can check. HS256 and its like are none of them: there
 * whoever can check can also sign, and a published key would open the gateway to all.
 */
const algorithms = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
] as const;

const urlForm = 'must be an https URL without credentials, query and fragment; http only on a loopback host';
const audienceForm = 'must be a text or a list of texts, none of them empty';
const scopeForm = 'must be visible ASCII characters without spaces, quotes and backslashes';

function secureUrl(description: string) {
  return v.pipe(
    v.string(),
    v.check((url) => isSecureUrl(url) && !/[?#\s]/.test(url), urlForm),
    v.description(description),
  );
}

const AudienceText = v.pipe(v.string(), v.nonEmpty(audienceForm));

/** `auth.jwt`: access tokens of an OAuth 2.1 authorization server. */
export const JwtSettings = v.pipe(
  v.strictObject({
    issuer: secureUrl('The authorization server, exactly as its tokens call it in "iss".'),
    audience: v.optional(
      v.nullable(
        v.pipe(
          v.union([AudienceText, v.pipe(v.array(AudienceText), v.nonEmpty(audienceForm))], audienceForm),
          v.description('What a token must name in "aud", one of several. null: the URL of the gateway or the plugin.'),
          v.transform((audience) => (typeof audience === 'string' ? [audience] : audience)),
        ),
      ),
      null,
    ),
    jwksUrl: v.optional(
      v.nullable(secureUrl("Where the issuer's keys are. null: as its metadata says (RFC 8414, OpenID Connect).")),
      null,
    ),
    algorithms: v.optional(
      v.pipe(
        v.array(v.picklist(algorithms)),
        v.nonEmpty('must name at least one'),
        v.description('Signatures that are accepted, all of them asymmetric.'),
      ),
      [...algorithms],
    ),
    clockTolerance: v.optional(
      duration("How far the issuer's clock may be from this one, for exp and nbf.", '0s', '5m'),
      '5s',
    ),
    scopes: v.optional(
      v.pipe(
        v.array(v.pipe(v.string(), v.regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, scopeForm))),
        v.description('Scopes that a token must have, all of them; clients are told to ask for them.'),
      ),
      [],
    ),
    principalClaim: v.optional(
      v.pipe(
        v.string(),
        v.nonEmpty(),
        v.description('The claim that says who calls, for sessions, limits and the log.'),
      ),
      'sub',
    ),
    authorizationServers: v.optional(
      v.pipe(
        v.array(secureUrl('An authorization server.')),
        v.description('What clients are told to get tokens from. Empty: the issuer.'),
      ),
      [],
    ),
  }),
  v.description('Access tokens of an OAuth 2.1 authorization server, beside the keys or instead of them.'),
  v.transform((settings) => ({
    ...settings,
    authorizationServers: settings.authorizationServers.length > 0 ? settings.authorizationServers : [settings.issuer],
  })),
);
