import { key } from '../harness/requests.mjs';

/**
 * Everything on, as on a public port: a key, a rate limit that is counted and never reached, an audit line for each call
 * (to the log, which goes to a file). Guards and metrics have no switch.
 */
export function gatewayConfig(folder, more = {}) {
  return {
    server: { port: 0 },
    auth: { keys: [{ name: 'bench', key }] },
    limits: { rate: { perMinute: 1_000_000, burst: 1_000_000 }, sessions: 100_000 },
    audit: { enabled: true },
    dataFolder: folder,
    ...more,
  };
}
