import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import { badConfig, type ConfigPath, type PlacedProblem } from './problems.ts';

/** What the aliases of one file may expand to, as a multiple of what they stand for: config files need one or two. */
const maxAliasCount = 100;

export interface ParsedYaml {
  readonly value: unknown;
  /** The line, from 1, of the deepest key or item on that path that the file has. */
  lineOf(path: ConfigPath): number | undefined;
}

/** Parses one YAML 1.2 document; throws `bad_config` with every syntax error by line. The errors quote nothing of the file. */
export function parseYaml(text: string, name: string): ParsedYaml {
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { version: '1.2', lineCounter: lines, prettyErrors: false });
    const faults = faultsOf(document);
    if (faults.length > 0) {
      const byLine = new Map<number, PlacedProblem>();
      for (const { offset, text } of faults) {
        const { line } = lines.linePos(offset);
        // what follows on the line of a fault is mostly its consequence
        if (!byLine.has(line)) byLine.set(line, { place: `${name}:${line}`, line, text });
      }
      throw badConfig([...byLine.values()]);
    }
    const value: unknown = document.toJS({ maxAliasCount });
    return { value, lineOf: (path) => lineOf(document, lines, path) };
  } catch (error) {
    if (error instanceof ReferenceError) throw badConfig([{ place: name, text: 'its aliases expand to too much' }]);
    if (error instanceof RangeError) throw badConfig([{ place: name, text: 'it is nested too deeply' }]);
    throw error;
  }
}

interface Fault {
  readonly offset: number;
  readonly text: string;
}

function faultsOf(document: Document): Fault[] {
  const faults = [...document.errors, ...document.warnings].map((error) => ({
    offset: error.pos[0],
    text: inWords(error),
  }));
  if (faults.length > 0) return faults;
  visit(document, {
    Alias(_, node) {
      if (!node.resolve(document)) faults.push({ offset: startOf(node) ?? 0, text: noAnchor });
    },
  });
  return faults;
}

const noAnchor =
  'an unquoted value that begins with * names an anchor, and there is no such anchor; put the value in quotes';

function inWords({ code, message }: YAMLError): string {
  switch (code) {
    case 'DUPLICATE_KEY':
      return 'this key stands twice in its block';
    case 'BAD_ALIAS':
      return noAnchor;
    case 'TAG_RESOLVE_FAILED':
      return 'an unquoted value that begins with ! is a tag, and there is no such tag; put the value in quotes';
    case 'RESOURCE_EXHAUSTION':
      return 'it is nested too deeply';
    case 'MULTIPLE_DOCS':
      return 'a second document begins here (---), and there may be only one';
    case 'UNEXPECTED_TOKEN':
    case 'BAD_DQ_ESCAPE':
    case 'BAD_DIRECTIVE':
    case 'IMPOSSIBLE':
      // the library's words for these quote the file
      return 'this is not valid YAML: look for a quote, a bracket or an indentation that does not fit';
    default:
      return `this is not valid YAML: ${message}`;
  }
}

function lineOf(document: Document, lines: LineCounter, path: ConfigPath): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const key of path) {
    if (isAlias(node)) node = node.resolve(document);
    const item = isMap(node) ? pairOf(node.items, key) : isSeq(node) ? node.items[Number(key)] : undefined;
    if (item === undefined) break;
    const [place, next] = isPair(item) ? [item.key, item.value] : [item, item];
    offset = startOf(place) ?? offset;
    node = next;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function pairOf(items: readonly { key: unknown; value: unknown }[], key: string | number) {
  return items.find((pair) => String(isScalar(pair.key) ? pair.key.value : pair.key) === String(key));
}

function isPair(item: unknown): item is { key: unknown; value: unknown } {
  return typeof item === 'object' && item !== null && 'key' in item;
}

function startOf(node: unknown): number | undefined {
  if (typeof node !== 'object' || node === null || !('range' in node) || !Array.isArray(node.range)) return undefined;
  return Number(node.range[0]);
}
