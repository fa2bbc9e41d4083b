import type { LightNode } from './light-node.ts';
import type { Rule } from './markdown-rules.ts';

const block = (content: string) => `\n\n${content}\n\n`;

/** Text without any markup: what a person would read aloud. Lists keep a dash, code its line breaks. */
export function plainRules(): ReadonlyMap<string, Rule> {
  const rules: [names: string, rule: Rule][] = [
    ['UL OL MENU DIR', list],
    ['SUMMARY', block],
    ['LI', (content, node) => `- ${content.trim().replace(/\n(?!\n)/g, '\n  ')}${node.nextSibling ? '\n' : ''}`],
    ['PRE', attribute('code', block)],
    ['CODE', attribute('code')],
    ['IMG', attribute('alt')],
    ['MEDIA', attribute('label')],
    ['MATH', attribute('tex')],
    ['HR', () => '\n\n'],
    ['BR', () => '\n'],
    ['INPUT', (_, node) => (node.getAttribute('checked') ? '[x] ' : '[ ] ')],
    ['RP', () => ''],
  ];
  return new Map(rules.flatMap(([names, rule]) => names.split(' ').map((name) => [name, rule] as const)));
}

function list(content: string, { parentNode, nextSibling }: LightNode): string {
  return parentNode?.nodeName === 'LI' ? `\n${content}${nextSibling ? '\n' : ''}` : block(content);
}

function attribute(name: string, wrap: (text: string) => string = (text) => text): Rule {
  return (_: string, node: LightNode) => wrap(node.getAttribute(name) ?? '');
}
