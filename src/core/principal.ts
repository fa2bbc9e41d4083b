/** Who makes a request, as far as the gateway knows. Sessions and sealed state are bound to `id`. */
export interface Principal {
  /** Stable and safe to log: `key:<name>`, or `anonymous` where the gateway runs without keys. */
  readonly id: string;
  readonly kind: 'key' | 'anonymous';
}

export const anonymous: Principal = { id: 'anonymous', kind: 'anonymous' };
