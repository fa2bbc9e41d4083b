import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import createClient from 'openapi-fetch';
import openapiTS, { astToString } from 'openapi-typescript';
import { job, report, versionOf, visitFaces } from './job.mjs';

const tsc = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
const types = fileURLToPath(new URL('../node_modules/openapi-fetch/dist/index.mjs', import.meta.url));

const faces = await visitFaces(async (face) => {
  const document = await (await fetch(`${face.url}/openapi.json`, { headers: job.headers })).json();
  compile(face, astToString(await openapiTS(document)));
  const [server] = document.servers;
  const client = createClient({ baseUrl: new URL(server.url, face.url).href, headers: job.headers });
  return {
    list: () => Object.values(document.paths).map(({ post }) => toolOf(post)),
    call: async (tool, body) => {
      const { data, error } = await client.POST(`/tools/${tool}`, { body });
      return error ? { isError: true, text: error.error.message } : { isError: false, structured: data };
    },
    close: () => undefined,
  };
});
report(`${versionOf('openapi-typescript')}, ${versionOf('openapi-fetch')}`, faces);

function toolOf({ operationId, description, requestBody }) {
  return { name: operationId, description, inputSchema: requestBody.content['application/json'].schema };
}

/** The generated types are there for a compiler: it must take each call that is made here, and refuse a wrong one. */
function compile(face, generated) {
  const folder = join(job.folder, face.name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'api.ts'), generated);
  const calls = face.calls.map(
    ({ tool, arguments: args }) => `client.POST('/tools/${tool}', { body: ${JSON.stringify(args)} });
// @ts-expect-error every argument is of another type
client.POST('/tools/${tool}', { body: ${JSON.stringify(Object.fromEntries(Object.keys(args).map((name) => [name, {}])))} });`,
  );
  writeFileSync(
    join(folder, 'calls.ts'),
    `import createClient from ${JSON.stringify(types)};
import type { paths } from './api.js';
const client = createClient<paths>();
${calls.join('\n')}
`,
  );
  const options = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2022'];
  try {
    execFileSync(job.node, [tsc, ...options, join(folder, 'calls.ts')], { encoding: 'utf8' });
  } catch (error) {
    throw new Error(`tsc refuses the calls of ${face.name}:\n${error.stdout}`);
  }
}
