// Compiles src/ to dist/, then adds the embedded PostgreSQL's sample database and the JSON Schema of config.yaml.
import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeEmbeddedSnapshot } from './make-embedded-snapshot.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const require = createRequire(import.meta.url);
const tsc = join(dirname(require.resolve('typescript/package.json')), 'bin', 'tsc');

console.error('building dist/ …');
rmSync(join(root, 'dist'), { recursive: true, force: true });
const compiled = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
if (compiled.status !== 0) process.exit(compiled.status ?? 1);
await makeEmbeddedSnapshot();
chmodSync(join(root, 'dist', 'main.js'), 0o755);

const { configJsonSchema } = await import('../dist/config/json-schema.js');
const { builtInPlugins } = await import('../dist/plugins/index.js');
writeFileSync(
  join(root, 'dist', 'config.schema.json'),
  `${JSON.stringify(configJsonSchema(builtInPlugins), null, 2)}\n`,
);
