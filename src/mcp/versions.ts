/** Revisions with an `initialize` handshake, newest first. */
export const legacyVersions = ['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'] as const;
/** Revisions whose every request carries its own version and capabilities in `_meta`, newest first. */
export const modernVersions = ['2026-07-28'] as const;

export type LegacyVersion = (typeof legacyVersions)[number];
export type ModernVersion = (typeof modernVersions)[number];
export type ProtocolVersion = LegacyVersion | ModernVersion;

/** Every revision that is served, newest first. */
export const supportedVersions: readonly ProtocolVersion[] = [...modernVersions, ...legacyVersions];

/** What a client that sends no version header speaks (2025-06-18, transports, "Protocol Version Header"). */
export const assumedVersion: LegacyVersion = '2025-03-26';

export function isLegacyVersion(version: unknown): version is LegacyVersion {
  return (legacyVersions as readonly unknown[]).includes(version);
}

export function isModernVersion(version: unknown): version is ModernVersion {
  return (modernVersions as readonly unknown[]).includes(version);
}

/** The revision that `initialize` settles on: the one asked for where it is known, else the newest with a handshake. */
export function negotiate(requested: unknown): LegacyVersion {
  return isLegacyVersion(requested) ? requested : legacyVersions[0];
}
