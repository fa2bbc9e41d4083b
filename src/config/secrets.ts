import { isBlock } from './problems.ts';
import type { GatewayConfig } from './schema.ts';

const secretKey = /key|token|secret|password|passphrase|credential|authorization|cookie/i;

/** Every text of the configuration that must never be written anywhere: keys, passwords of URLs, settings with a secret's name. */
export function secretsOf({ auth, mcp, plugins }: GatewayConfig): string[] {
  const found = new Set([...auth.keys.map(({ key }) => key), mcp.stateSecret ?? '']);
  const walk = (value: unknown, name: string): void => {
    if (typeof value === 'string') {
      if (secretKey.test(name)) found.add(value);
      for (const password of passwordsOf(value)) found.add(password);
    } else if (Array.isArray(value)) {
      for (const item of value) walk(item, name);
    } else if (isBlock(value)) {
      for (const [key, item] of Object.entries(value)) walk(item, key);
    }
  };
  for (const { settings } of plugins.values()) walk(settings, '');
  found.delete('');
  return [...found];
}

/** As written and as decoded, since a driver may say either. */
function passwordsOf(text: string): string[] {
  if (!URL.canParse(text)) return [];
  const { password } = new URL(text);
  try {
    return [password, decodeURIComponent(password)];
  } catch {
    return [password]; // a stray percent sign: the text is only ever used as it is
  }
}
