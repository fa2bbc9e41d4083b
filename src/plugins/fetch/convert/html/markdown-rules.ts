import { codeSpan, codeStart, type Emphasis, emphasized, hasStrong, linkStart, writeEmphasis } from './emphasis.ts';
import { balanceBrackets, escapeLabel } from './escape-markdown.ts';
import { isList, type LightNode } from './light-node.ts';
import { subscript, superscript } from './raised-text.ts';

/** What an element becomes; `content` is what its children became. */
export type Rule = (content: string, node: LightNode) => string;

export interface RuleOptions {
  /** Told of every link where links are not to stand in the text. */
  readonly onLink: ((url: string, text: string) => void) | undefined;
}

/** CommonMark 5.2: at most nine digits, and no sign. */
const largestNumber = 999_999_999;
const block = (content: string) => `\n\n${content}\n\n`;
/** Each run of white space is looked at once: a pattern that may begin inside one takes the square of its length. */
const oneLine = (content: string) =>
  content.replace(/(?<!\s)\s+/g, (space) => (space.includes('\n') ? ' ' : space)).trim();

/** The Markdown of each element, by its name. Elements not named here are boxes: blocks stand apart, the rest stays inline. */
export function markdownRules({ onLink }: RuleOptions): ReadonlyMap<string, Rule> {
  const numbers = new WeakMap<LightNode, number>();
  const emphasis =
    (kind: Emphasis): Rule =>
    (content) =>
      emphasized(kind, content);
  const heading: Rule = (content, node) => {
    const text = oneLine(content);
    if (text === '') return '';
    // Hashes at the end would be taken for the end mark of the heading.
    const whole = text.replace(/(?<=\s)#+$/, '\\$&');
    return block(`${'#'.repeat(Number(node.nodeName.charAt(1)))} ${whole}`);
  };
  const term: Rule = (content) =>
    block(hasStrong(content) || content.startsWith(codeStart) ? content : emphasized('strong', oneLine(content)));
  const rules: [names: string, rule: Rule][] = [
    ['P', block],
    ['H1 H2 H3 H4 H5 H6', heading],
    ['BLOCKQUOTE', (content) => block(content.trim().replace(/^/gm, '> '))],
    ['UL OL MENU DIR', list],
    ['LI', (content, node) => listItem(content, node, numbers)],
    ['PRE', (_, node) => block(fence(node.getAttribute('code') ?? '', node.getAttribute('language') ?? ''))],
    ['CODE', (_, node) => codeSpan(node.getAttribute('code') ?? '')],
    ['HR', () => block('---')],
    ['BR', () => '  \n'],
    ['EM I CITE DFN VAR', emphasis('em')],
    ['STRONG B', emphasis('strong')],
    ['DEL S STRIKE', emphasis('del')],
    ['Q', (content) => `“${content}”`],
    ['SUP', (content) => superscript(content)],
    ['SUB', (content) => subscript(content)],
    ['RT', (content) => `(${content})`],
    ['RP', () => ''],
    ['DT SUMMARY', term],
    ['DD', (content, node) => block(node.getAttribute('alone') ? content : `: ${content.trim()}`)],
    ['FIGCAPTION', (content) => block(emphasized('em', oneLine(content)))],
    ['A', (content, node) => link(content, node, onLink)],
    ['IMG', (_, node) => `![${escapeLabel(node.getAttribute('alt') ?? '')}](${target(node.getAttribute('src'))})`],
    ['MEDIA', (_, node) => link(escapeLabel(node.getAttribute('label') ?? ''), node, onLink)],
    ['MATH', (_, node) => formula(node)],
    [
      'INPUT',
      (_, node) =>
        `${node.getAttribute('checked') ? '[x]' : '[ ]'}${node.nextSibling?.data.startsWith(' ') ? '' : ' '}`,
    ],
  ];
  return new Map(rules.flatMap(([names, rule]) => names.split(' ').map((name) => [name, rule] as const)));
}

/** A list that stands in another without an item around it belongs to the item before it, as browsers show it. */
function list(content: string, { parentNode, nextSibling }: LightNode): string {
  // What goes on behind it is a paragraph of the item around.
  if (parentNode?.nodeName === 'LI') return `\n${content}${nextSibling && !isList(nextSibling) ? '\n\n' : ''}`;
  if (!isList(parentNode)) return block(content);
  const indent = parentNode?.nodeName === 'OL' ? '   ' : '  ';
  return `\n${content.replace(/^(?=.)/gm, indent)}${nextSibling ? '\n' : ''}`;
}

function listItem(content: string, node: LightNode, numbers: WeakMap<LightNode, number>): string {
  const list = node.parentNode;
  let marker = '- ';
  let label = '';
  if (list?.nodeName === 'OL') {
    const own = listNumber(node.getAttribute('value'));
    const number = own ?? numbers.get(list) ?? listNumber(list.getAttribute('start')) ?? 1;
    const step = list.getAttribute('step') === null ? 1 : -1;
    numbers.set(list, number + step);
    // Markdown has no such numbers: they stand as text in a list without.
    if (number < 0 || number > largestNumber) label = `${number}. `;
    else marker = `${number}. `;
  }
  const text = content.trim().replace(/\n(?!\n)/g, `\n${' '.repeat(marker.length)}`);
  return `${marker}${label}${text}${node.nextSibling ? '\n' : ''}`;
}

function listNumber(text: string | null): number | undefined {
  const number = Number.parseInt(text ?? '', 10);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** A fence longer than any run of backticks inside. */
function fence(code: string, language: string): string {
  const longest = code.match(/`{3,}/g)?.reduce((most, run) => Math.max(most, run.length), 0) ?? 0;
  const marks = '`'.repeat(Math.max(3, longest + 1));
  return `${marks}${language}\n${code}\n${marks}`;
}

function link(content: string, node: LightNode, onLink: RuleOptions['onLink']): string {
  const url = node.getAttribute('href') ?? node.getAttribute('url') ?? '';
  const text = oneLine(content);
  if (text === '' || url === '') return text;
  if (onLink) {
    onLink(url, writeEmphasis(text));
    return text;
  }
  return `${linkStart}[${balanceBrackets(text)}](${target(url)})`;
}

/** A URL as a link destination: what would end it is percent-encoded. */
export function target(url: string | null): string {
  return (url ?? '').replace(/[()<>\s\\]/g, (character) =>
    character.charCodeAt(0) > 127
      ? encodeURIComponent(character)
      : `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
  );
}

function formula(node: LightNode): string {
  const tex = node.getAttribute('tex') ?? '';
  return node.getAttribute('display') ? block(`$$\n${tex}\n$$`) : `$${tex}$`;
}
