/** The two spellings of a file of this machine (RFC 8089, appendix B). */
const localFile = /^file:\/\/localhost\//i;

/** Matches URIs against one template: `{name}` stands for one segment, `{+name}` for any text (RFC 6570 levels 1 and 2). */
export class UriTemplate {
  readonly #pattern: RegExp;
  readonly #names: readonly string[];

  constructor(template: string) {
    const names: string[] = [];
    const parts = template.split(/\{(\+?[A-Za-z_][A-Za-z0-9_]*)\}/);
    const source = parts.map((part, index) => {
      if (index % 2 === 0) return part.replaceAll(/[\\^$.*+?()[\]{}|]/g, '\\$&');
      names.push(part.replace('+', ''));
      return part.startsWith('+') ? '(.+)' : '([^/?#]+)';
    });
    this.#pattern = new RegExp(`^${source.join('')}$`, 's');
    this.#names = names;
  }

  /** The decoded variables, or undefined where the URI is not of this template or holds a bad escape. */
  match(uri: string): Record<string, string> | undefined {
    const found = this.#pattern.exec(uri.replace(localFile, 'file:///'));
    if (!found) return undefined;
    try {
      return Object.fromEntries(this.#names.map((name, index) => [name, decodeURIComponent(found[index + 1] ?? '')]));
    } catch {
      return undefined; // a malformed percent escape names no resource
    }
  }
}
