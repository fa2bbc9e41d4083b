import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { callOf, job, report, toolOf, urlOf, versionOf, visitFaces } from './job.mjs';

const inspector = fileURLToPath(
  new URL('../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js', import.meta.url),
);

const faces = await visitFaces(async (face) => ({
  // --strict fails where a schema would not be understood by some model or client.
  list: async () => (await inspect(face, ['--method', 'tools/list', '--strict'])).tools.map(toolOf),
  call: async (tool, args) => {
    const pairs = Object.entries(args).flatMap(([name, value]) => [
      '--tool-arg',
      `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
    ]);
    return callOf(await inspect(face, ['--method', 'tools/call', '--tool-name', tool, ...pairs]));
  },
  close: () => undefined,
}));
report(versionOf('@modelcontextprotocol/inspector'), faces);

/** One call of the command line, which prints the result as JSON; a failed tool is a result, and an exit code beside it. */
function inspect(face, args) {
  const headers = Object.entries(job.headers).flatMap(([name, value]) => ['--header', `${name}: ${value}`]);
  const how = ['--cli', urlOf(face).href, '--transport', job.transport, '--protocol-era', job.mode];
  return new Promise((resolve, reject) => {
    execFile(job.node, [inspector, ...how, ...args, ...headers], { cwd: job.folder }, (error, stdout, stderr) => {
      try {
        if (error && !args.includes('tools/call')) throw error;
        resolve(JSON.parse(stdout));
      } catch (cause) {
        reject(new Error(`${args.join(' ')}: ${error?.message ?? cause}\n${stdout}\n${stderr}`));
      }
    });
  });
}
