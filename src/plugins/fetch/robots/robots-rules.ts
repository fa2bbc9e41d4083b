interface Rule {
  readonly allows: boolean;
  readonly pattern: string;
}

interface Group {
  readonly agents: string[];
  readonly rules: Rule[];
}

const longestPattern = 2048;
/** Characters compared for one URL: enough for every rule of a real file, and a moment of work. */
const mostSteps = 5_000_000;

/** The rules of one robots.txt as RFC 9309 reads them. */
export class RobotsRules {
  readonly #groups: readonly Group[];
  /** Absolute URLs of the sitemaps the file names. */
  readonly sitemaps: readonly string[];
  /** Bytes of memory, roughly: a short line takes far more than its own length. */
  readonly weight: number;

  /** `base` is where the file was found: relative URLs of sitemaps, which many sites write, start there. */
  constructor(text: string, base?: string) {
    const { groups, sitemaps } = parse(text, base);
    this.#groups = groups;
    this.sitemaps = sitemaps;
    const lines = groups.reduce((sum, { agents, rules }) => sum + 1 + agents.length + rules.length, 0);
    this.weight = text.length * 2 + lines * 200;
  }

  /** Whether the crawler of that product token may fetch the URL: the longest matching rule decides, allow before disallow. */
  allows(url: URL, product: string): boolean {
    const path = normalise(url.pathname + url.search);
    if (path === '/robots.txt') return true;
    let best: Rule | undefined;
    const steps = { left: mostSteps };
    for (const rule of this.#rulesFor(product.toLowerCase())) {
      const isLonger = !best || rule.pattern.length > best.pattern.length;
      const winsTie = best && rule.pattern.length === best.pattern.length && rule.allows;
      if ((isLonger || winsTie) && matches(rule.pattern, path, steps)) best = rule;
      if (steps.left <= 0) return false; // a file made to take long says nothing that could be called a yes
    }
    return best?.allows ?? true;
  }

  #rulesFor(product: string): readonly Rule[] {
    const named = this.#groups.filter(({ agents }) => agents.includes(product));
    const chosen = named.length > 0 ? named : this.#groups.filter(({ agents }) => agents.includes('*'));
    return chosen.flatMap(({ rules }) => rules);
  }
}

function parse(text: string, base: string | undefined): { groups: Group[]; sitemaps: string[] } {
  const groups: Group[] = [];
  const sitemaps: string[] = [];
  let group: Group | undefined;
  let isNaming = false;
  for (const line of text.replace(/^\ufeff/, '').split(/\r\n|\r|\n/)) {
    const [, key = '', value = ''] = /^\s*([A-Za-z-]+)\s*:([^#]*)/.exec(line) ?? [];
    const name = key.toLowerCase();
    const content = value.trim();
    if (name === 'user-agent') {
      if (!group || !isNaming) {
        group = { agents: [], rules: [] };
        groups.push(group);
      }
      isNaming = true;
      group.agents.push(productToken(content));
    } else if (name === 'allow' || name === 'disallow') {
      isNaming = false;
      if (content !== '')
        group?.rules.push({ allows: name === 'allow', pattern: normalise(content.slice(0, longestPattern)) });
    } else if (name === 'sitemap' && content !== '' && URL.canParse(content, base) && sitemaps.length < 100) {
      sitemaps.push(new URL(content, base).href);
    }
  }
  return { groups, sitemaps };
}

function productToken(agent: string): string {
  return agent === '*' ? '*' : (/^[A-Za-z_-]+/.exec(agent)?.[0] ?? agent).toLowerCase();
}

/**
 * The one form in which RFC 9309 section 2.2.2 has paths compared: what is not ASCII percent-encoded, escapes in upper
 * case, and none where the character needs none (RFC 3986 section 2.3).
 */
function normalise(path: string): string {
  return path
    .replace(/[^\u0020-\u007e]+/g, (raw) => encodeURIComponent(Buffer.from(raw).toString()))
    .replace(/%[0-9a-f]{2}/gi, (encoded) => {
      const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
      return /[A-Za-z0-9._~-]/.test(character) ? character : encoded.toUpperCase();
    });
}

/** `*` stands for anything, a last `$` for the end. Walks back only to the last `*`, so no pattern can make it explode. */
function matches(pattern: string, path: string, steps: { left: number }): boolean {
  const isAnchored = pattern.endsWith('$');
  const glob = isAnchored ? pattern.slice(0, -1) : `${pattern}*`;
  let at = 0;
  let star = -1;
  let retry = 0;
  let index = 0;
  while (index < path.length) {
    if (--steps.left <= 0) return false;
    if (at < glob.length && glob[at] === '*') {
      star = at++;
      retry = index;
    } else if (at < glob.length && glob[at] === path[index]) {
      at++;
      index++;
    } else if (star !== -1) {
      at = star + 1;
      index = ++retry;
    } else return false;
  }
  while (glob[at] === '*') at++;
  return at === glob.length;
}
