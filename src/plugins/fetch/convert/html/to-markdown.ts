import TurndownService from 'turndown';
import { escapeMarkdown } from './escape-markdown.ts';
import { type LightNode, TableNode } from './light-node.ts';
import { markdownRules, type Rule, type RuleOptions } from './markdown-rules.ts';
import { markdownTable, plainTable } from './markdown-table.ts';
import { plainRules } from './plain-rules.ts';

/** Turndown as it is used here: its declared types ask for a browser's DOM, of which it needs only the light part. */
interface Converter {
  turndown(root: LightNode): string;
  escape(text: string): string;
}

/** Converts one light tree to Markdown. */
export function markdownConverter(options: RuleOptions): (root: LightNode) => string {
  const convert = (root: LightNode): string => converter.turndown(root);
  const table: Rule = (_, node) =>
    node instanceof TableNode ? `\n\n${markdownTable(node.table, convert, escapeMarkdown)}\n\n` : '';
  const converter = converterOf(new Map([...markdownRules(options), ['TABLE', table]]), escapeMarkdown);
  return convert;
}

/** Converts one light tree to text without markup. */
export function plainConverter(): (root: LightNode) => string {
  const convert = (root: LightNode): string => converter.turndown(root);
  const table: Rule = (_, node) => (node instanceof TableNode ? `\n\n${plainTable(node.table, convert)}\n\n` : '');
  const converter = converterOf(new Map([...plainRules(), ['TABLE', table]]), (text) => text);
  return convert;
}

/**
 * One rule that looks the element up, in place of turndown's list that asks every rule in turn: elements without a rule
 * are most of a page.
 */
function converterOf(rules: ReadonlyMap<string, Rule>, escapeText: (text: string) => string): Converter {
  const service = new TurndownService({
    rules: {
      byName: {
        filter: (node: LightNode) => rules.has(node.nodeName),
        replacement: (content: string, node: LightNode) => rules.get(node.nodeName)?.(content, node) ?? content,
      },
    },
  } as unknown as TurndownService.Options);
  service.escape = escapeText;
  return service as unknown as Converter;
}
