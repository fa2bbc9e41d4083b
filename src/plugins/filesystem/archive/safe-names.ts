import { hasUnprintable, isUnsafeOnWindows, longestPath } from '../sandbox/requested-path.ts';

const deepest = 256;

/**
 * Whether an archive may have a path, given by its names; the same rule packs and unpacks, so that what is packed can be
 * unpacked. Nothing that leads out of a folder, on any system that an archive may come to (a backslash is a plain
 * character here and not elsewhere), nor that a listing cannot show on a line, or no tool could name. Names that Windows
 * cannot have are safe where files have them.
 */
export function isSafePath(names: readonly string[], platform: NodeJS.Platform = process.platform): boolean {
  const length = names.reduce((sum, name) => sum + name.length + 1, 0);
  if (names.length > deepest || length > longestPath || /^[A-Za-z]:$/.test(names[0] ?? '')) return false;
  return names.every((name) => isSafeName(name) && !(platform === 'win32' && isUnsafeOnWindows(name)));
}

function isSafeName(name: string): boolean {
  if (name === '' || name === '.' || name === '..' || name.length > 255) return false;
  return !name.includes('\\') && !hasUnprintable(name);
}
