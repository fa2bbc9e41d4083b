import { homedir } from 'node:os';
import { dirname } from 'node:path';
import { isWithin } from './root.ts';

/** The deny patterns that begin with a slash, and so are whole paths, and name nothing in a root or around one. */
export function patternsOutside(patterns: readonly string[], roots: readonly string[]): string[] {
  return patterns.filter((pattern) => {
    const path = pattern.replace(/^!/, '').replace(/^\/{2,}/, '/');
    if (!path.startsWith('/')) return false;
    const fixed = /^[^*?[\](){}!+@\\]*/.exec(path)?.[0] ?? '';
    const place = fixed === path ? path : dirname(`${fixed}x`);
    return !roots.some((root) => isWithin(root, place) || isWithin(place, root));
  });
}

/** Deny patterns with `~/` written out, as paths that tools are given may have it. */
export function withHomeFolder(patterns: readonly string[]): string[] {
  return patterns.map((pattern) => pattern.replace(/^(!?)~\//, (_, not: string) => `${not}${homedir()}/`));
}
