import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const page = readFileSync('docs/CLIENTS.md', 'utf8');
const manifest: { dependencies: Record<string, string> } = JSON.parse(
  readFileSync('test/interop/packages/package.json', 'utf8'),
);
const environments = ['mcp-1', 'mcp-2', 'fastmcp', 'litellm', 'mcpo'];

const fromNpm = Object.entries(manifest.dependencies).filter(([, version]) => /^\d/.test(version));
const fromPyPi = environments.map((name) => {
  const [first = ''] = readFileSync(`test/interop/python/${name}.requirements.txt`, 'utf8').split('\n');
  return first.split('==');
});

test.each([...fromNpm, ...fromPyPi])('docs/CLIENTS.md names %s at the version that is run', (name, version) => {
  expect(page).toContain(`\`${name}\` ${version}`);
});
