/** `auth.jwt` of the configuration, resolved. */
export interface TokenSettings {
  readonly issuer: string;
  /** What a token must name, one of them; null: the URL of the gateway or of what it is used on. */
  readonly audience: readonly string[] | null;
  readonly jwksUrl: string | null;
  readonly algorithms: readonly string[];
  /** Milliseconds. */
  readonly clockTolerance: number;
  /** A token must have all of them. */
  readonly scopes: readonly string[];
  readonly principalClaim: string;
  readonly authorizationServers: readonly string[];
}
