import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CommandLineGateway } from '../harness/command-line-gateway.mjs';
import { startDatabase } from '../harness/postgres.mjs';
import { residentBytes } from '../harness/process-tree.mjs';
import { spread } from '../harness/stats.mjs';
import { imageSize, installSize } from './install-size.mjs';

const mib = (bytes) => (bytes / 2 ** 20).toFixed(1);
const ms = ({ median, least, greatest }) => `${median.toFixed(0)} (${least.toFixed(0)} to ${greatest.toFixed(0)})`;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function withFolder(run) {
  const folder = mkdtempSync(join(tmpdir(), 'mcp-bench-start-'));
  try {
    return await run(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** From the start of the process to `/ready` and back, with an external database. */
function coldStart(url) {
  return withFolder(async (folder) => {
    const gateway = await CommandLineGateway.start(folder, url);
    try {
      return await gateway.answers('/ready');
    } finally {
      await gateway.stop();
    }
  });
}

/** Node itself, running nothing: the floor of every start. */
function emptyNode() {
  return new Promise((resolve) => {
    const since = performance.now();
    spawn(process.execPath, ['-e', ''], { stdio: 'ignore' }).once('exit', () => resolve(performance.now() - since));
  });
}

/** The embedded database on a fresh folder and again on the same one; and when the other domains answered meanwhile. */
function embedded() {
  return withFolder(async (folder) => {
    const times = {};
    for (const when of ['first', 'again']) {
      const gateway = await CommandLineGateway.start(folder, 'embedded');
      const others = gateway.answers('/filesystem/health');
      times[when] = { ready: await gateway.answers('/ready', isPostgresHealthy), others: await others };
      await gateway.stop();
    }
    return times;
  });
}

function isPostgresHealthy(body) {
  return /"postgres":\{[^}]*"status":"healthy"/.test(body);
}

/** Resident memory some seconds after the start, when nothing was asked but readiness. */
function atRest(url, milliseconds) {
  return withFolder(async (folder) => {
    const gateway = await CommandLineGateway.start(folder, url);
    try {
      await gateway.answers('/ready');
      await pause(milliseconds);
      return residentBytes(gateway.child.pid);
    } finally {
      await gateway.stop();
    }
  });
}

export const section = {
  title: 'Start, memory at rest, size',
  intro: 'The built program with its built-in plugins, started as a user starts it: `node dist/main.js start`.',
  async run({ quick, log }) {
    const database = await startDatabase();
    const [cold, node, first, again, others, rest] = [[], [], [], [], [], []];
    try {
      for (let round = 0; round < (quick ? 3 : 15); round++) {
        cold.push(await coldStart(database.url));
        node.push(await emptyNode());
      }
      log('embedded database');
      for (let round = 0; round < (quick ? 1 : 5); round++) {
        const times = await embedded();
        first.push(times.first.ready);
        again.push(times.again.ready);
        others.push(times.first.others, times.again.others);
      }
      log('memory at rest');
      for (let round = 0; round < (quick ? 1 : 3); round++) rest.push(await atRest(database.url, quick ? 1000 : 5000));
    } finally {
      await database.stop();
    }
    const figures = Object.fromEntries(
      Object.entries({ cold, node, first, again, others, rest }).map(([name, list]) => [name, spread(list)]),
    );
    const install = installSize(log);
    const image = imageSize();
    return { figures, install, image, tables: tablesOf(figures, install, image), targets: targetsOf(figures, install) };
  },
};

function tablesOf({ cold, node, first, again, others, rest }, install, image) {
  const sizes = install.failed
    ? [[`not run: ${install.failed}`, '']]
    : [
        [`node_modules, ${install.count} packages`, mib(install.bytes)],
        ['dist', mib(install.dist)],
        ...install.largest.map(({ name, bytes }) => [`of it ${name}`, mib(bytes)]),
      ];
  return [
    {
      title: 'From the start of the process',
      head: ['what', 'ms'],
      rows: [
        ['Node alone, running nothing', ms(node)],
        ['/ready answers 200, external database', ms(cold)],
        ['embedded database ready, first start', ms(first)],
        ['embedded database ready, later start', ms(again)],
        ['/filesystem/health answers 200 meanwhile', ms(others)],
      ],
    },
    {
      title: 'Resident memory at rest, external database',
      head: ['what', 'MiB'],
      rows: [['gateway', mib(rest.median)]],
    },
    { title: 'Production install (`npm ci --omit=dev`)', head: ['what', 'MiB'], rows: sizes },
    {
      title: 'Image',
      note: '`docker compose build`, then `docker image inspect --format {{.Size}} mcp-sse-gateway:local`.',
      head: ['what', 'MiB'],
      rows: [['image', image.failed ? `not run: ${image.failed}` : mib(image.bytes)]],
    },
  ];
}

function targetsOf({ cold, first, others, rest }, install) {
  const under = (what, target, measured, met) => ({ what, target, measured, met });
  return [
    under('cold start to /ready, external database', 'under 400 ms', `${ms(cold)} ms`, cold.median < 400),
    under('embedded PostgreSQL ready, first start', 'under 3 s', `${ms(first)} ms`, first.median < 3000),
    under(
      'other domains while the embedded database starts',
      'not delayed (under 400 ms)',
      `${ms(others)} ms`,
      others.median < 400,
    ),
    under(
      'resident memory at rest, no embedded database',
      'under 110 MB',
      `${mib(rest.median)} MiB`,
      rest.median < 110e6,
    ),
    under('production install', 'published', install.failed ? 'not run' : `${mib(install.bytes)} MiB`, !install.failed),
  ];
}
