const longestMessage = 65_536;
const mostLarge = 100_000;

/**
 * Files that ripgrep leaves out for their size, which it tells nobody but who is debugging it. Names may hold line ends
 * and so look like messages: what cannot be read in one way only is given up.
 */
export class LargeFiles {
  readonly #paths = new Set<string>();
  #rest = '\n';
  #isDoubtful = false;

  read(text: string): void {
    const messages = (this.#rest + text).split('\nrg: DEBUG|');
    this.#rest = messages.pop() ?? '';
    if (this.#rest.length > longestMessage) {
      this.#isDoubtful = true;
      this.#rest = '';
    }
    for (const message of messages) this.#see(message);
  }

  /** Paths relative to the directory searched, or undefined where they are not sure; to be asked when all has been read. */
  paths(): ReadonlySet<string> | undefined {
    this.#see(this.#rest.replace(/\n$/, ''));
    return this.#isDoubtful ? undefined : this.#paths;
  }

  #see(message: string): void {
    if (message === '') return;
    if (!/^[\w:]+\|[^|\n]*:\d+: /.test(message)) this.#isDoubtful = true;
    const ignored = /^ignore::walk\|[^|\n]*:\d+: ignoring (.*)$/s.exec(message)?.[1];
    if (ignored === undefined || ignored.includes(': Ignore(IgnoreMatch(')) return;
    const path = /^\.\/(.+): \d+ bytes$/s.exec(ignored)?.[1];
    if (path === undefined || this.#paths.has(path) || this.#paths.size >= mostLarge) this.#isDoubtful = true;
    else this.#paths.add(path);
  }
}
