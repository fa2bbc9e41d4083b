import { GatewayError } from '../core/errors.ts';
import { nearestKey } from '../core/schema-issues.ts';

/** The one of that name; throws `unknown_plugin` with the nearest. */
export function pluginNamed<T extends { readonly name: string }>(name: string, plugins: readonly T[]): T {
  const found = plugins.find((plugin) => plugin.name === name);
  if (found) return found;
  const names = plugins.map((plugin) => plugin.name);
  const near = nearestKey(name, names);
  const hint = near ? `did you mean "${near}"?` : `there are: ${names.join(', ') || 'none'}`;
  throw new GatewayError('unknown_plugin', `No plugin "${name}"; ${hint}`);
}
