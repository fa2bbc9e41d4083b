import { parseArgs } from 'node:util';

const help = (sections) => `Usage: npm run bench -- [options]

Measures this gateway beside others, interleaved in one run, and writes bench/results/*.json and *.md.

  --only <names>        sections, with commas between them: ${sections.join(', ')}
  --rounds <n>          measured rounds of each contender (15)
  --seconds <n>         length of a round (0.6)
  --connections <n>     keep-alive connections of the load (16)
  --quick               3 short rounds and small counts, to see that all works; writes no results
  --no-write            print only
  --help
`;

/** The command line as settings; undefined where it asked for help or was wrong, which has been said then. */
export function readOptions(argv, sections) {
  let values;
  try {
    ({ values } = parseArgs({
      args: argv,
      options: {
        only: { type: 'string' },
        rounds: { type: 'string' },
        seconds: { type: 'string' },
        connections: { type: 'string', default: '16' },
        quick: { type: 'boolean', default: false },
        'no-write': { type: 'boolean', default: false },
        help: { type: 'boolean', default: false },
      },
    }));
  } catch (error) {
    return refuse(`${error.message}\n\n${help(sections)}`);
  }
  if (values.help) {
    console.log(help(sections));
    return undefined;
  }
  const only = values.only?.split(',') ?? sections;
  const unknown = only.filter((name) => !sections.includes(name));
  if (unknown.length > 0) return refuse(`No such section: ${unknown.join(', ')}. There are ${sections.join(', ')}.`);
  const { quick } = values;
  const numbers = {
    rounds: Number(values.rounds ?? (quick ? 3 : 15)),
    milliseconds: 1000 * Number(values.seconds ?? (quick ? 0.3 : 0.6)),
    connections: Number(values.connections),
  };
  if (Object.values(numbers).some((value) => !(value > 0)))
    return refuse('Rounds, seconds and connections are numbers above 0.');
  return { ...numbers, only, quick, write: !quick && !values['no-write'] };
}

function refuse(message) {
  console.error(message);
  process.exitCode = 2;
  return undefined;
}
