// Measures this gateway beside others; docs/performance.md says what each row means.
//   npm run bench -- --help
import { describeRun } from './harness/machine.mjs';
import { readOptions } from './harness/options.mjs';
import { markdownOf, writeResults } from './harness/report.mjs';

const names = ['calls', 'sse', 'memory', 'start', 'postgres', 'field', 'tmdevlab'];
// What was started is ended on the way out.
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => process.exit(130));

const options = readOptions(process.argv.slice(2), names);
if (options) await run(options);

async function run({ only, quick, write, ...settings }) {
  const log = (line) => console.error(line);
  const started = Date.now();
  for (const name of only) {
    log(`=== ${name}`);
    const { section } = await import(`./sections/${name}.mjs`);
    const measured = await section.run({ ...settings, quick, log }).catch((error) => error);
    if (measured instanceof Error) {
      console.log(`# ${section.title}\n\nNot run: ${measured.message}\n`);
      process.exitCode = 1;
      continue;
    }
    const command = ['npm run bench --', '--only', name, ...process.argv.slice(2).filter(isFlagOfLength)].join(' ');
    const outcome = { title: section.title, intro: section.intro, run: describeRun(command), ...measured };
    console.log(markdownOf(outcome));
    if (write) writeResults(name, outcome);
  }
  log(`Done in ${Math.round((Date.now() - started) / 1000)} s.`);
}

/** What of the command line changes a figure, beside the sections. */
function isFlagOfLength(argument, index, all) {
  const flags = ['--rounds', '--seconds', '--connections'];
  return (
    flags.some((flag) => argument === flag || argument.startsWith(`${flag}=`) || all[index - 1] === flag) ||
    argument === '--quick'
  );
}
