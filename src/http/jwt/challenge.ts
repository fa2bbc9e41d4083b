import type { Denial } from '../denial.ts';

/** The first segments of every protected resource metadata URL (RFC 9728, section 3). */
export const metadataPath = '/.well-known/oauth-protected-resource';

/** Below the public prefix, so that a proxy that passes on only that prefix passes on the metadata too. */
export function metadataUrl(base: string, path: string): string {
  return `${base}${metadataPath}${path === '/' ? '' : path}`;
}

/** `WWW-Authenticate` as RFC 6750, RFC 9728 and MCP have it: where to get a token, for which scopes, and what was wrong. */
export function challenge({ error, message }: Denial, resourceMetadata: string, scopes: readonly string[]): string {
  return [
    'Bearer realm="mcp-sse-gateway"',
    ...(error ? [`error="${error}"`, `error_description="${message.replaceAll(/[^\x20-\x7e]|["\\]/g, '')}"`] : []),
    ...(scopes.length > 0 ? [`scope="${scopes.join(' ')}"`] : []),
    `resource_metadata="${resourceMetadata}"`,
  ].join(', ');
}
