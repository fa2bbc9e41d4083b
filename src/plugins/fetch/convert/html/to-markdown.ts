import TurndownService from 'turndown';
import { collapseSpace } from './collapse-space.ts';
import { writeEmphasis } from './emphasis.ts';
import { escapeMarkdown } from './escape-markdown.ts';
import { LightNode, TableNode } from './light-node.ts';
import { markdownRules, type Rule, type RuleOptions } from './markdown-rules.ts';
import { markdownTable, plainTable } from './markdown-table.ts';
import { plainRules } from './plain-rules.ts';

type Converter = (root: LightNode) => string;

/** Converts one light tree to Markdown. `onCut` is told of tables that lose cells. */
export function markdownConverter(options: RuleOptions, onCut: () => void): Converter {
  const convert: Converter = (root) => writeEmphasis(converter(root));
  const table: Rule = (_, node) =>
    node instanceof TableNode ? `\n\n${markdownTable(node.table, convert, escapeMarkdown, onCut)}\n\n` : '';
  const converter = converterOf(new Map([...markdownRules(options), ['TABLE', table]]), escapeMarkdown);
  return convert;
}

/** Converts one light tree to text without markup. `onCut` is told of tables that lose cells. */
export function plainConverter(onCut: () => void): Converter {
  const convert: Converter = (root) => converter(root);
  const table: Rule = (_, node) =>
    node instanceof TableNode ? `\n\n${plainTable(node.table, convert, onCut)}\n\n` : '';
  const converter = converterOf(new Map([...plainRules(), ['TABLE', table]]), (text) => text);
  return convert;
}

/**
 * One rule that looks the element up, in place of turndown's list that asks every rule in turn: elements without a rule
 * are most of a page. What a tree became is taken from a rule of its root, since turndown trims a whole text in a time
 * that grows with the square of the white space in it.
 */
function converterOf(rules: ReadonlyMap<string, Rule>, escapeText: (text: string) => string): Converter {
  const service = new TurndownService({
    rules: {
      byName: {
        filter: (node: LightNode) => node === tree || rules.has(node.nodeName),
        replacement: (content: string, node: LightNode) => {
          if (node !== tree) return rules.get(node.nodeName)?.(content, node) ?? content;
          text = content.trim();
          return '';
        },
      },
    },
  } as unknown as TurndownService.Options);
  service.escape = escapeText;
  let tree: LightNode | undefined;
  let text = '';
  return (root) => {
    const outer = tree; // tables convert their cells while their own tree is converted
    tree = root;
    text = '';
    collapseSpace(root);
    // What is in a `pre` turndown leaves as it is.
    const around = new LightNode('PRE', {});
    around.append(root);
    service.turndown(around as unknown as TurndownService.Node);
    tree = outer;
    const own = text;
    text = '';
    return own;
  };
}
