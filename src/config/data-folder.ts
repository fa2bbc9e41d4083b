import { homedir, tmpdir } from 'node:os';
import { isAbsolute, join, resolve } from 'node:path';

const ours = 'mcp-sse-gateway';

/** Where plugins keep files: the configured folder, or the platform's usual one for a user's data (XDG on Linux). */
export function dataFolder(
  configured: string | null,
  base: string,
  get: (variable: string) => string | undefined,
  platform: NodeJS.Platform,
): string {
  if (configured?.startsWith('~/')) return join(home(), configured.slice(2));
  if (configured !== null) return resolve(base, configured);
  const xdg = get('XDG_DATA_HOME');
  if (xdg && isAbsolute(xdg)) return join(xdg, ours);
  if (platform === 'darwin') return join(home(), 'Library', 'Application Support', ours);
  if (platform === 'win32') return join(get('LOCALAPPDATA') ?? join(home(), 'AppData', 'Local'), ours);
  return join(home(), '.local', 'share', ours);
}

/** The user's home; a temporary folder, with a warning, for a user id that has neither HOME nor an entry in passwd. */
function home(): string {
  try {
    return homedir();
  } catch {
    // the id keeps two users of one machine apart
    const folder = join(tmpdir(), `${ours}-${process.getuid?.() ?? 'user'}`);
    process.emitWarning(
      `This user has no home folder, so plugins keep their files in ${folder}, which may be emptied at any time. Set dataFolder in config.yaml, or HOME.`,
    );
    return folder;
  }
}
