// HTML to Markdown: time, memory and faults of this project and of others, interleaved page by page in one run.
// Usage: npm run build && node bench/fetch/convert.mjs [more files or folders of HTML]
import { fork } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { names } from './contenders.mjs';
import { readCorpus } from './corpus.mjs';
import { hostilePages } from './hostile.mjs';
import { countFaults, noFaults } from './quality.mjs';
import { report } from './report.mjs';

const rounds = 3;
const pageLimitMs = 15_000;
const baseline = 'turndown + @joplin/turndown-plugin-gfm (domino)';
const script = fileURLToPath(new URL('./contenders.mjs', import.meta.url));

class Contender {
  constructor(name) {
    this.name = name;
    this.peakMb = 0;
    this.failed = new Map();
    this.perRound = [];
    this.faults = noFaults();
  }

  async start() {
    this.child = fork(script, [this.name], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'] });
    const { form } = await this.reply(20_000);
    this.form = form ?? this.form;
  }

  /** The child's next message, or why there is none; a child that is late or dead is replaced before the next page. */
  reply(limitMs) {
    return new Promise((resolve) => {
      const end = (value) => {
        clearTimeout(timer);
        this.child.removeAllListeners('message').removeAllListeners('exit');
        if (value.dead) {
          this.child.kill('SIGKILL');
          this.child = undefined;
        }
        resolve(value);
      };
      const timer = setTimeout(() => end({ dead: true, error: `> ${limitMs / 1000} s` }), limitMs);
      this.child
        .once('message', end)
        .once('exit', (code, signal) => end({ dead: true, error: `process ended (${signal ?? code})` }));
    });
  }

  async convert(page, limitMs = pageLimitMs) {
    if (!this.child) await this.start();
    if (!this.child) return { error: 'does not load here' };
    this.child.send({ html: page.html, url: page.url });
    const answer = await this.reply(limitMs);
    this.peakMb = Math.max(this.peakMb, answer.peakMb ?? 0);
    return answer;
  }
}

const corpus = readCorpus(process.argv.slice(2));
const contenders = names.map((name) => new Contender(name));
for (let round = 0; round <= rounds; round++) {
  for (const contender of contenders) contender.perRound[round] = new Map();
  for (const [index, page] of corpus.entries()) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const contender = contenders[(turn + index + round) % contenders.length];
      if (contender.failed.has(page.name)) continue;
      const { ms, text, error } = await contender.convert(page);
      if (error !== undefined) contender.failed.set(page.name, error);
      else contender.perRound[round].set(page.name, ms);
      if (round === 0 && text !== undefined)
        for (const [key, count] of Object.entries(countFaults(text))) contender.faults[key] += count;
    }
  }
  console.error(`round ${round} of ${rounds} (round 0 warms up) done`);
}

const hostile = [];
for (const page of hostilePages) {
  const times = {};
  for (const contender of contenders) {
    const { ms, error } = await contender.convert(page, 10_000);
    times[contender.name] = error ?? `${Math.round(ms)} ms`;
  }
  hostile.push({ page: page.name, times });
}
for (const { child } of contenders) child?.kill();

const bytes = new Map(corpus.map(({ name, html }) => [name, Buffer.byteLength(html)]));
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
/** Milliseconds per MB, and the ratio to the baseline on the pages that both converted. */
function speed(contender) {
  const base = contenders.find(({ name }) => name === baseline);
  const perRound = contender.perRound.slice(1).map((times, index) => {
    const shared = [...times.keys()].filter((name) => base.perRound[index + 1].has(name));
    const sum = (of, pages) => pages.reduce((total, name) => total + of.get(name), 0);
    const size = [...times.keys()].reduce((total, name) => total + bytes.get(name), 0);
    return {
      msPerMb: sum(times, [...times.keys()]) / (size / 1e6),
      ratio: sum(times, shared) / sum(base.perRound[index + 1], shared),
    };
  });
  return {
    msPerMb: median(perRound.map(({ msPerMb }) => msPerMb)),
    ratio: median(perRound.map(({ ratio }) => ratio)),
    ratios: perRound.map(({ ratio }) => ratio),
  };
}

const lock = JSON.parse(readFileSync(new URL('../../package-lock.json', import.meta.url), 'utf8')).packages;
const versions = Object.fromEntries(
  [
    'cheerio',
    'turndown',
    '@joplin/turndown-plugin-gfm',
    'turndown-plugin-gfm',
    '@mozilla/readability',
    'linkedom',
    'node-html-markdown',
    'mdream',
    '@kreuzberg/html-to-markdown-node',
    'unfluff',
  ].map((name) => [name, lock[`node_modules/${name}`]?.version]),
);
const result = {
  date: new Date().toISOString(),
  command: `node bench/fetch/convert.mjs${process.argv.length > 2 ? ' <more HTML>' : ''}`,
  machine: {
    cpu: cpus()[0].model,
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    kernel: release(),
    node: process.version,
    load: loadavg().map((load) => Math.round(load * 10) / 10),
  },
  versions,
  corpus: {
    pages: corpus.length,
    megabytes: [...bytes.values()].reduce((sum, size) => sum + size, 0) / 1e6,
    sets: countSets(),
  },
  rounds,
  baseline,
  contenders: contenders.map((contender) => ({
    name: contender.name,
    form: contender.form,
    ...speed(contender),
    peakMb: Math.round(contender.peakMb),
    failed: Object.fromEntries(contender.failed),
    ...contender.faults,
  })),
  hostile,
};

function countSets() {
  const sets = {};
  for (const { set } of corpus) sets[set] = (sets[set] ?? 0) + 1;
  return sets;
}

const folder = new URL('../results/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('fetch-convert.json', folder), `${JSON.stringify(result, null, 2)}\n`);
writeFileSync(new URL('fetch-convert.md', folder), report(result));
console.log(report(result));
