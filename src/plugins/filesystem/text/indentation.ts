const usualWidth = 4;

/**
 * The new lines with the indentation that the file has where the old lines have theirs: what stands as deep as an old
 * line goes as deep as the file's, what stands deeper keeps its distance, in the file's own tabs or spaces.
 */
export function reindent(
  newLines: readonly string[],
  oldLines: readonly string[],
  fileLines: readonly string[],
): string[] {
  const steps = new Steps(oldLines, newLines, fileLines);
  const sameCount = newLines.length === oldLines.length;
  let next = 0;
  return newLines.map((line, index) => {
    if (line.trim() === '') return '';
    const same = oldLines.indexOf(line, next);
    const partner = same !== -1 ? same : sameCount ? index : undefined;
    if (same !== -1) next = same + 1;
    if (partner !== undefined) steps.near(oldLines[partner] ?? '', fileLines[partner] ?? '');
    return steps.inFile(indentOf(line)) + line.trimStart();
  });
}

/** Which indentation of the file stands for which of the old text. */
class Steps {
  readonly #known = new Map<string, string>();
  readonly #tabs: boolean;
  readonly #oldWidth: number;
  readonly #fileWidth: number;

  constructor(oldLines: readonly string[], newLines: readonly string[], fileLines: readonly string[]) {
    for (const [index, line] of oldLines.entries()) {
      const indent = indentOf(line);
      if (line.trim() !== '' && !this.#known.has(indent)) this.#known.set(indent, indentOf(fileLines[index] ?? ''));
    }
    this.#tabs = fileLines.some((line) => indentOf(line).includes('\t'));
    this.#oldWidth = widthOf([...oldLines, ...newLines]);
    this.#fileWidth = widthOf(fileLines);
  }

  /** These two lines are the same, so what follows them is measured by them. */
  near(oldLine: string, fileLine: string): void {
    if (oldLine.trim() !== '') this.#known.set(indentOf(oldLine), indentOf(fileLine));
  }

  inFile(indent: string): string {
    const exact = this.#known.get(indent);
    if (exact !== undefined) return exact;
    const under = [...this.#known.keys()].filter((known) => indent.startsWith(known));
    const nearest = under.reduce<string | undefined>(
      (one, other) => (one !== undefined && one.length >= other.length ? one : other),
      undefined,
    );
    if (nearest !== undefined) return (this.#known.get(nearest) ?? '') + this.#asInFile(indent.slice(nearest.length));
    const over = [...this.#known.keys()].filter((known) => known.startsWith(indent));
    const above = over.reduce<string | undefined>(
      (one, other) => (one !== undefined && one.length <= other.length ? one : other),
      undefined,
    );
    if (above === undefined) return this.#asInFile(indent);
    const base = this.#known.get(above) ?? '';
    return base.slice(0, Math.max(0, base.length - this.#asInFile(above.slice(indent.length)).length));
  }

  /** Tabs where the file has tabs, spaces where it has spaces. */
  #asInFile(indent: string): string {
    if (!this.#tabs) return indent.replaceAll('\t', ' '.repeat(this.#fileWidth));
    const spaces = indent.replaceAll('\t', ' '.repeat(this.#oldWidth)).length;
    return '\t'.repeat(Math.floor(spaces / this.#oldWidth)) + ' '.repeat(spaces % this.#oldWidth);
  }
}

/** How many spaces one step of indentation is. */
function widthOf(lines: readonly string[]): number {
  const widths = lines
    .filter((line) => line.trim() !== '' && !indentOf(line).includes('\t'))
    .map((line) => indentOf(line).length);
  const least = Math.min(...widths);
  const step = widths.map((width) => width - least).reduce(greatestCommonDivisor, 0);
  return step > 1 ? step : usualWidth;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

function indentOf(line: string): string {
  return /^[^\S\n]*/.exec(line)?.[0] ?? '';
}
