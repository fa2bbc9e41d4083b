/** Where a token is used: the URL under which its holder sees the gateway, and the path below it. */
export interface Place {
  readonly base: string;
  readonly path: string;
}

/**
 * Whether one of a token's audiences is the resource that it is used on (RFC 8707). The gateway's URL, or an endpoint of the
 * aggregate (`…/mcp`, `…/sse`), opens everything; a plugin's URL, or its `…/mcp` or `…/sse`, what is below that plugin.
 */
export function isFor(audiences: readonly string[], { base, path }: Place): boolean {
  return audiences.some((audience) => {
    if (!audience.startsWith(base)) return false;
    const below = audience
      .slice(base.length)
      .replace(/\/$/, '')
      .replace(/\/(?:mcp|sse)$/, '');
    return below === '' || (below.startsWith('/') && (path === below || path.startsWith(`${below}/`)));
  });
}

/** An audience with scheme and host in lower case, as clients may write them in capitals; else as it is. */
export function normalAudience(audience: string): string {
  return audience.replace(/^[a-z]+:\/\/[^/?#]*/i, (origin) => origin.toLowerCase());
}
