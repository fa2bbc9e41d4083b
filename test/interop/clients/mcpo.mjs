import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { freePort, job, report, startServer, urlOf, visitFaces } from './job.mjs';

const python = join(job.pythonBin, 'python');
const secret = 'interop-secret';
const type = job.transport === 'sse' ? 'sse' : 'streamable-http';

// mcpo serves the tools of one MCP server as OpenAPI, for Open WebUI and others.
const faces = await visitFaces(async (face) => {
  const port = await freePort();
  const base = `http://127.0.0.1:${port}`;
  const headers = job.key === '' ? [] : ['--header', JSON.stringify(job.headers)];
  const args = ['--host', '127.0.0.1', '--port', String(port), '--api-key', secret, '--server-type', type, ...headers];
  const mcpo = await startServer(
    join(job.pythonBin, 'mcpo'),
    [...args, '--', urlOf(face).href],
    {},
    `${base}/openapi.json`,
  );
  return {
    list: async () => {
      const { paths } = await (await fetch(`${base}/openapi.json`)).json();
      return Object.entries(paths).map(([path, { post }]) => ({ name: path.slice(1), description: post.description }));
    },
    call: async (tool, body) => {
      const response = await fetch(`${base}/${tool}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${secret}` },
        body: JSON.stringify(body),
      });
      const answer = await response.json();
      return response.ok ? { isError: false, ...resultOf(answer) } : { isError: true, text: messageOf(answer) };
    },
    close: () => mcpo.child.kill('SIGKILL'),
  };
});
const version = execFileSync(python, ['-c', 'import importlib.metadata as m; print(m.version("mcpo"))']);
report(`mcpo ${String(version).trim()}`, faces);

function resultOf(answer) {
  return typeof answer === 'string' ? { text: answer } : { structured: answer };
}

/** mcpo writes the text of a failure as Python would. */
function messageOf({ detail }) {
  return String(detail?.error ?? detail?.message).replaceAll('\\n', '\n');
}
