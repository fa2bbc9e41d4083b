import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

interface Edge {
  readonly file: string;
  /** A path under the root for our own files, else the package's or built-in module's name. */
  readonly to: string;
}

function sources(folder: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(folder, name));
}

const edges: Edge[] = sources('src').flatMap((file) => {
  const text = readFileSync(join(root, file), 'utf8');
  const imports = text.matchAll(/^(?:import|export)\b[^;]*?from '([^']+)'|\bimport\('([^']+)'\)/gm);
  return [...imports]
    .map(([, named, lazy]) => named ?? lazy ?? '')
    .map((to) => ({
      file,
      to: to.startsWith('.') ? relative(root, resolve(root, dirname(file), to)) : to,
    }));
});

const node = 'node:';
const core = 'src/core/';
const rules: Record<string, readonly string[]> = {
  'src/core/': [core, 'valibot', '@valibot/to-json-schema', node],
  'src/mcp/': [core, 'src/mcp/', '@modelcontextprotocol/sdk', node],
  'src/transports/': [core, 'src/mcp/', 'src/transports/', 'hono', '@hono/node-server', node],
  'src/http/': [core, 'src/mcp/', 'src/transports/', 'src/http/', 'hono', '@hono/node-server', 'jose', node],
  'src/config/': [core, 'src/config/', 'valibot', '@valibot/to-json-schema', 'yaml', node],
};

/** Upstream libraries, each with the one place that may import it. */
const owners: Record<string, string> = {
  '@modelcontextprotocol/sdk': 'src/(mcp|commands)/',
  pino: 'src/log.ts',
  jose: 'src/http/jwt/',
  yaml: 'src/(config|commands)/',
  postgres: 'src/plugins/postgres/',
  'libpg-query': 'src/plugins/postgres/',
  '@electric-sql/pglite': 'src/plugins/postgres/',
  cheerio: 'src/plugins/fetch/',
  turndown: 'src/plugins/fetch/',
};

function begins(to: string, allowed: readonly string[]): boolean {
  return allowed.some(
    (prefix) => to === prefix || to.startsWith(prefix.endsWith('/') || prefix === node ? prefix : `${prefix}/`),
  );
}

test('imports were read at all', () => expect(edges.length).toBeGreaterThan(100));

test.each(Object.entries(rules))('%s imports only what it may', (folder, allowed) => {
  expect(edges.filter(({ file, to }) => file.startsWith(folder) && !begins(to, allowed))).toEqual([]);
});

test.each(Object.entries(owners))('only its owner imports %s', (name, owner) => {
  const pattern = new RegExp(`^${owner}`);
  expect(edges.filter(({ file, to }) => begins(to, [name]) && !pattern.test(file))).toEqual([]);
});

describe('plugins', () => {
  const ofPlugins = edges.filter(({ file }) => file.startsWith('src/plugins/') && file !== 'src/plugins/index.ts');

  test('import the core, themselves and packages, never another plugin or a layer above', () => {
    const foreign = ofPlugins.filter(({ file, to }) => {
      const own = file.split('/').slice(0, 3).join('/');
      return to.startsWith('src/') && !begins(to, [core, `${own}/`]);
    });
    expect(foreign).toEqual([]);
  });

  test('know nothing of HTTP frameworks and the protocol SDK', () => {
    expect(
      ofPlugins.filter(({ to }) => begins(to, ['hono', '@hono/node-server', '@modelcontextprotocol/sdk'])),
    ).toEqual([]);
  });

  test('have tools that do not import their plugin', () => {
    expect(ofPlugins.filter(({ file, to }) => file.includes('/tools/') && to.endsWith('/plugin.ts'))).toEqual([]);
  });
});

test('no source file is longer than 250 lines', () => {
  const long = sources('src').filter((file) => readFileSync(join(root, file), 'utf8').split('\n').length > 251);
  expect(long).toEqual([]);
});

test('there are no folders for leftovers', () => {
  const names = edges.map(({ file }) => file).filter((file) => /\/(utils|helpers|common|types)\//.test(file));
  expect(names).toEqual([]);
});
