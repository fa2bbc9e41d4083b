import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { resultsFolder } from './places.mjs';

/** A section's outcome as Markdown. */
export function markdownOf({ title, intro, run, tables, targets }) {
  const parts = [`# ${title}`, intro, runLine(run)];
  if (targets.length > 0) parts.push('## Targets', targetTable(targets));
  for (const { title: name, note, head, rows } of tables) {
    parts.push(`## ${name}`, ...(note ? [note] : []), table(head, rows));
  }
  return `${parts.join('\n\n')}\n`;
}

/** Writes `{name}.json` and `{name}.md`, and the table of all sections' targets anew. */
export function writeResults(name, outcome) {
  mkdirSync(resultsFolder, { recursive: true });
  writeFileSync(join(resultsFolder, `bench-${name}.json`), `${JSON.stringify(outcome, rounded, 1)}\n`);
  writeFileSync(join(resultsFolder, `bench-${name}.md`), markdownOf(outcome));
  writeFileSync(join(resultsFolder, 'targets.md'), allTargets());
}

function allTargets() {
  const parts = [
    '# Targets',
    'Made by `npm run bench` from the results of its sections, each of which says its machine and versions.',
  ];
  for (const file of readdirSync(resultsFolder)
    .filter((entry) => /^bench-.*\.json$/.test(entry))
    .sort()) {
    const { title, run, targets } = JSON.parse(readFileSync(join(resultsFolder, file), 'utf8'));
    if (targets.length === 0) continue;
    parts.push(
      `## [${title}](${file.replace('.json', '.md')})`,
      `Commit ${run.versions.commit}.`,
      targetTable(targets),
    );
  }
  return `${parts.join('\n\n')}\n`;
}

function targetTable(targets) {
  const verdict = (met) => (met === undefined ? '' : met ? 'yes' : '**no**');
  return table(
    ['what', 'target', 'measured', 'met'],
    targets.map(({ what, target, measured, met }) => [what, target, measured, verdict(met)]),
  );
}

function runLine({ command, machine, versions }) {
  const { node, commit, ...packages } = versions;
  const list = Object.entries(packages).map(([name, version]) => `${name} ${version}`);
  return [
    `- Command: \`${command}\``,
    `- Machine: ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.kernel}`,
    `- Node ${node}, commit ${commit}`,
    `- ${list.join(', ')}`,
  ].join('\n');
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map((cell) => String(cell).replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), line(head.map((_, index) => (index === 0 ? '---' : '---:'))), ...rows.map(line)].join('\n');
}

/** Four digits are more than a round can tell. */
function rounded(_key, value) {
  return typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(4)) : value;
}
