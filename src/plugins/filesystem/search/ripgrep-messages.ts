const longestMessage = 65_536;
const mostNamed = 100_000;

/** What ripgrep did not search: paths relative to the directory it searched. */
export interface NotSearched {
  readonly large: ReadonlySet<string>;
  /** Files and directories that it could not open. */
  readonly unreadable: ReadonlySet<string>;
}

/**
 * What ripgrep tells of files that it leaves out: for their size, which it tells nobody but who is debugging it, or since
 * it cannot read them. Names may hold line ends and so look like messages: what cannot be read in one way only is given
 * up.
 */
export class RipgrepMessages {
  readonly #large = new Set<string>();
  readonly #unreadable = new Set<string>();
  #rest = '\n';
  #isDoubtful = false;

  read(text: string): void {
    const messages = (this.#rest + text).split('\nrg: ');
    this.#rest = messages.pop() ?? '';
    if (this.#rest.length > longestMessage) {
      this.#isDoubtful = true;
      this.#rest = '';
    }
    for (const message of messages) this.#see(message);
  }

  /** What was left out, or undefined where that is not sure; to be asked when all has been read. */
  notSearched(): NotSearched | undefined {
    this.#see(this.#rest.replace(/\n$/, ''));
    return this.#isDoubtful ? undefined : { large: this.#large, unreadable: this.#unreadable };
  }

  #see(message: string): void {
    if (message === '') return;
    const said = /^DEBUG\|([\w:]+)\|[^|\n]*:\d+: (.*)$/s.exec(message);
    if (!said) {
      this.#add(this.#unreadable, /^\.\/(.+): [^\n]+ \(os error \d+\)$/s.exec(message)?.[1]);
      return;
    }
    const ignored = said[1] === 'ignore::walk' ? /^ignoring (.*)$/s.exec(said[2] ?? '')?.[1] : undefined;
    if (ignored === undefined || ignored.includes(': Ignore(IgnoreMatch(')) return;
    this.#add(this.#large, /^\.\/(.+): \d+ bytes$/s.exec(ignored)?.[1]);
  }

  #add(paths: Set<string>, path: string | undefined): void {
    if (path === undefined || paths.has(path) || paths.size >= mostNamed) this.#isDoubtful = true;
    else paths.add(path);
  }
}
