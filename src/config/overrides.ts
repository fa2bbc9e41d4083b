import type { Environment } from './environment.ts';
import { type ConfigPath, isBlock } from './problems.ts';

/** A setting that comes from outside the file and wins over it. `origin` is what errors call its source. */
export interface Override {
  readonly path: ConfigPath;
  readonly value: string | readonly string[];
  readonly origin: string;
}

/** Variables that work without being named in the file, and the settings they make. */
export const shortcuts: Readonly<Record<string, ConfigPath>> = {
  HOST: ['server', 'host'],
  PORT: ['server', 'port'],
  MCP_GATEWAY_MODE: ['server', 'mode'],
  MCP_GATEWAY_PUBLIC_URL: ['server', 'publicUrl'],
  MCP_GATEWAY_ALLOWED_HOSTS: ['server', 'allowedHosts'],
  MCP_GATEWAY_ALLOWED_ORIGINS: ['server', 'allowedOrigins'],
  MCP_GATEWAY_OPEN: ['auth', 'open'],
  LOG_LEVEL: ['log', 'level'],
};

/** Variables that hold several values, with commas between them. */
const lists = new Set(['MCP_GATEWAY_ALLOWED_HOSTS', 'MCP_GATEWAY_ALLOWED_ORIGINS']);

/** The settings that variables of the environment make; an empty variable makes none. */
export function environmentOverrides(environment: Environment): Override[] {
  return Object.entries(shortcuts).flatMap(([variable, path]) => {
    const text = environment.get(variable);
    if (!text) return [];
    const value = lists.has(variable) ? text.split(',').map((part) => part.trim()) : text;
    return [{ path, value, origin: `${variable} (environment)` }];
  });
}

/** DATABASE_URL as the database `main` of the postgres plugin, where its block names no databases. */
export function databaseOverride(environment: Environment, block: unknown): Override[] {
  if (isBlock(block) ? block.databases !== undefined : block !== undefined) return [];
  const value = environment.get('DATABASE_URL');
  const path = ['plugins', 'postgres', 'databases', 'main'];
  return value ? [{ path, value, origin: 'DATABASE_URL (environment)' }] : [];
}

/** Puts a setting into raw data, making the blocks above it; leaves data alone where something else stands in the way. */
export function applyOverride(data: Record<string, unknown>, { path, value }: Override): void {
  let block = data;
  for (const key of path.slice(0, -1)) {
    const next = block[key] ?? {};
    if (!isBlock(next)) return;
    block[key] = next;
    block = next;
  }
  block[String(path.at(-1))] = value;
}
