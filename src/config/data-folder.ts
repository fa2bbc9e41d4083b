import { homedir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

const ours = 'mcp-sse-gateway';

/** Where plugins keep files: the configured folder, or the platform's usual one for a user's data (XDG on Linux). */
export function dataFolder(
  configured: string | null,
  base: string,
  get: (variable: string) => string | undefined,
  platform: NodeJS.Platform,
): string {
  if (configured?.startsWith('~/')) return join(homedir(), configured.slice(2));
  if (configured !== null) return resolve(base, configured);
  const xdg = get('XDG_DATA_HOME');
  if (xdg && isAbsolute(xdg)) return join(xdg, ours);
  if (platform === 'darwin') return join(homedir(), 'Library', 'Application Support', ours);
  if (platform === 'win32') return join(get('LOCALAPPDATA') ?? join(homedir(), 'AppData', 'Local'), ours);
  return join(homedir(), '.local', 'share', ours);
}
