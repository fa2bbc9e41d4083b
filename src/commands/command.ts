import type { Terminal } from './terminal.ts';

export interface OptionSpec {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  /** What stands for the value in the help, such as `FILE`; of options that take one. */
  readonly value?: string;
  readonly help: string;
}

/** What was written behind the command's name. */
export class Arguments {
  readonly positionals: readonly string[];
  readonly #values: Readonly<Record<string, unknown>>;

  constructor(positionals: readonly string[], values: Readonly<Record<string, unknown>>) {
    this.positionals = positionals;
    this.#values = values;
  }

  text(option: string): string | undefined {
    const value = this.#values[option];
    return typeof value === 'string' ? value : undefined;
  }

  flag(option: string): boolean {
    return this.#values[option] === true;
  }
}

/** One command of the command line. `run` returns the exit code: 0 well, 1 failed. */
export interface Command {
  readonly name: string;
  /** One sentence for the list of commands. */
  readonly summary: string;
  /** The positionals as the help writes them, such as `<plugin> [json]`. */
  readonly usage: string;
  /** What the help says below the summary. */
  readonly details?: string;
  readonly options: Readonly<Record<string, OptionSpec>>;
  run(terminal: Terminal, args: Arguments): Promise<number>;
}

/** A command line that cannot be understood: exit code 2, with a pointer to the command's help. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  readonly command: string | undefined;

  constructor(message: string, command?: string) {
    super(message);
    this.command = command;
  }
}

/** Options that every command has. */
export const commonOptions: Readonly<Record<string, OptionSpec>> = {
  config: {
    type: 'string',
    short: 'c',
    value: 'FILE',
    help: 'The configuration; config.yaml here if there is one, else defaults.',
  },
  'env-file': { type: 'string', value: 'FILE', help: 'Variables; sse.env beside the configuration if there is one.' },
  help: { type: 'boolean', short: 'h', help: 'Shows this help.' },
};

export const jsonOption: Readonly<Record<string, OptionSpec>> = {
  json: { type: 'boolean', help: 'Prints JSON.' },
};

export const urlOption: Readonly<Record<string, OptionSpec>> = {
  url: {
    type: 'string',
    short: 'u',
    value: 'URL',
    help: 'The gateway to ask, such as http://127.0.0.1:8000; the one of the configuration if absent.',
  },
};
