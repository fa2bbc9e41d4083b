/** Who makes a request, as far as the gateway knows. Sessions and sealed state are bound to `id`. */
export interface Principal {
  /** Stable and safe to log: `key:<name>`, `jwt:<issuer>/<subject>`, or `anonymous` where nobody is asked who they are. */
  readonly id: string;
  readonly kind: 'key' | 'jwt' | 'anonymous';
}

export const anonymous: Principal = { id: 'anonymous', kind: 'anonymous' };
