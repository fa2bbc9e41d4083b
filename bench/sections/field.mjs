import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { costTable, ratioText } from '../harness/cost-table.mjs';
import { installPackages } from '../harness/install.mjs';
import { measure } from '../harness/measure.mjs';
import { NodeServer } from '../harness/node-server.mjs';
import { contendersFolder, ownServer } from '../harness/places.mjs';
import { Program } from '../harness/program.mjs';
import { bareServer, gateway } from './calls.mjs';
import { others } from './others.mjs';

const ours = 'gateway /mcp 2025-11-25, 10 tools';
const oursReading = 'gateway /filesystem/mcp read_text_file';

/** Reading a small file: this gateway's filesystem plugin, and the reference server behind supergateway. */
async function reads(settings) {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-bench-files-'));
  const file = join(folder, 'note.txt');
  writeFileSync(file, 'A line of a small file.\n'.repeat(40));
  const job = (workload, path) => ({
    workload,
    options: {
      path,
      method: 'tools/call',
      params: { name: 'read_text_file', arguments: { path: file } },
      mustHold: 'A line of a small file.',
      varies: true,
    },
  });
  const config = {
    plugins: { filesystem: { roots: [folder] }, postgres: { enabled: false }, fetch: { enabled: false } },
  };
  const server = join(contendersFolder, 'node_modules', '.bin', 'mcp-server-filesystem');
  const behind = (name, workload, more) => ({
    name,
    baseline: oursReading,
    start: async () => {
      installPackages(settings.log);
      return Program.start({
        program: join(contendersFolder, 'node_modules', '.bin', 'supergateway'),
        args: (port) => {
          const fixed = [
            '--stdio',
            `"${server}" "${folder}"`,
            '--outputTransport',
            'streamableHttp',
            '--logLevel',
            'none',
          ];
          return [...fixed, '--port', String(port), ...more];
        },
      });
    },
    job: job(workload, '/mcp'),
  });
  try {
    return await measure(
      [
        {
          name: oursReading,
          start: () => NodeServer.start({ script: ownServer('gateway'), options: { builtIn: true, config } }),
          job: job('fixedRequest', '/filesystem/mcp'),
        },
        behind('server-filesystem behind supergateway, with sessions', 'fixedInSession', ['--stateful']),
        behind('server-filesystem behind supergateway, stateless', 'fixedRequest', []),
      ],
      settings,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const section = {
  title: 'Beside other programs',
  intro:
    'The same trivial tools served by programs that people use in the place of this gateway. CPU is the time of all processes of a program, those it starts for a call included; the baseline of the others is this gateway. Load is four connections, since some of them start a process for each call.',
  async run(settings) {
    const { quick, milliseconds, rounds } = settings;
    // Programs that start a process for a call do a handful in a second.
    const slow = {
      ...settings,
      connections: 4,
      rounds: Math.min(rounds, 5),
      milliseconds: quick ? 600 : 2.5 * milliseconds,
    };
    const rows = await measure(
      [
        gateway(ours, 10, 'callTools', { path: '/fixture/mcp' }),
        bareServer(),
        ...others(settings.log).map((entry) => ({ ...entry, baseline: ours })),
      ],
      slow,
    );
    const files = await reads(slow);
    const targets = [...rows, ...files]
      .filter(({ name }) => name !== ours && name !== oursReading && name !== bareServer().name)
      .map(({ name, cpuRatio }) => ({
        what: `CPU of ${name}, times this gateway's`,
        target: 'published beside it',
        measured: cpuRatio ? ratioText(cpuRatio) : 'not run',
      }));
    return {
      rows,
      files,
      tables: [costTable('tools/call of a trivial tool', rows), costTable('Reading a file of 1 KB', files)],
      targets,
    };
  },
};
