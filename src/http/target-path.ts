/**
 * The path of a request target as it was sent, without query and trailing slash. Nothing in it is decoded or resolved:
 * what guards and routes do not know by this spelling is not there.
 */
export function targetPath(target = '/'): string {
  const start = target.startsWith('/') ? 0 : startOfPath(target);
  const query = target.indexOf('?', start);
  const end = query === -1 ? target.length : query;
  const isSlashed = target.charCodeAt(end - 1) === 0x2f && end - start > 1;
  return target.slice(start, isSlashed ? end - 1 : end) || '/';
}

/** Where the path begins in an absolute target (RFC 9112, section 3.2.2); at its end where it has none. */
function startOfPath(target: string): number {
  const scheme = target.indexOf('://');
  if (scheme === -1) return 0;
  const path = target.indexOf('/', scheme + 3);
  return path === -1 ? target.length : path;
}
