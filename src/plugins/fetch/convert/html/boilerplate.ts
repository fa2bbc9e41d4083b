import type { Element } from 'domhandler';
import { headingNames, type Measure } from './measure.ts';

const unlikely =
  /(^|[-_\s])(ad|ads|advert\w*|sponsor\w*|promo\w*|banner|breadcrumbs?|combx|comments?|comment-?list|community|cookie\w*|consent|cover-wrap|disqus\w*|extra|foot|footer\w*|gdpr|header|legends?|menu\w*|masthead|modal|nav|navbar|navigation|newsletter\w*|pager|pagination|popup|recommend\w*|related\w*|remark|replies|rss|share\w*|sharing|shoutbox|sidebar\w*|skyscraper|social\w*|subscribe\w*|supplemental|tags?|toc|toolbar|widget\w*|outbrain|taboola|author-?bio|byline-?box|edit-?link|editsection|mw-editsection|noprint|printfooter|catlinks|navbox\w*|vertical-navbox|metadata|sistersitebox|hatnote|mw-jump-link)(?=$|[-_\s])/i;
const likely = /and|article|body|column|content|main|mathjax|shadow|entry|post|text|markdown|prose|highlight|code/i;
const always =
  /(^|[-_\s])(editsection|mw-editsection|printfooter|catlinks|navbox|mw-jump-link|cookie-?(banner|consent|notice)|gdpr)(?=$|[-_\s])/i;
const admonition = /note|tip|warning|caution|danger|important|info|admonition|callout|alert|hint|example/i;

const landmark = new Set([
  'navigation',
  'banner',
  'contentinfo',
  'complementary',
  'search',
  'dialog',
  'alertdialog',
  'menu',
  'menubar',
  'toolbar',
  'tablist',
]);
const exempt = new Set([
  'html',
  'body',
  'main',
  'article',
  ...headingNames,
  'pre',
  'code',
  'table',
  'thead',
  'tbody',
  'tr',
  'td',
  'th',
  'li',
  'a',
  'p',
  'img',
  'picture',
  'figure',
  'math',
  'em',
  'strong',
  'b',
  'i',
  'br',
]);

/**
 * What stands around the content of a page by the meaning of its elements (navigation, footers, asides), and boxes of
 * well-known names that hold little else.
 */
export function isAround(element: Element, measured: Measure | undefined): boolean {
  const { name, attribs } = element;
  if (name === 'nav') return true;
  if (name === 'footer') return !isInside(element, 'blockquote');
  const role = attribs.role;
  if (role !== undefined && landmark.has(role)) return !(role === 'banner' && isInside(element, 'article'));
  const names = `${attribs.class ?? ''} ${attribs.id ?? ''}`;
  if (name === 'aside') return !admonition.test(names);
  return names.length > 1 && always.test(names) && !exempt.has(name) && !(measured && isProse(measured));
}

/** Whether a box is text to read, whatever it is called: sentences, few links, and no form around a line of advice. */
export function isProse({ prose, text, linkDensity, controls }: Measure): boolean {
  return prose >= 60 && prose * 2 >= text && linkDensity < 0.3 && prose >= controls * proseOfControl;
}

/** Forms and banners say less than this beside each of their fields and buttons. */
const proseOfControl = 300;

const threads =
  /(^|\s)([\w-]+[-_])?(comments|comentarios|commentaires|kommentare|commentlist|disqus)([-_](list|area|section|block|container|box|thread|wrap\w*))?(?=$|\s)/i;

/** What readers wrote below a page: prose as well, with an author to each part or a form to add to it. */
export function isThread({ attribs }: Element, { hasLink, listItems, controls }: Measure): boolean {
  if (!hasLink && listItems === 0 && controls === 0) return false;
  return threads.test(attribs.class ?? '') || threads.test(attribs.id ?? '');
}

/** What its class and id make unlikely to be content. Never a heading, code, table or list item: those are content by nature. */
export function isUnlikely(element: Element, measured: Measure | undefined): boolean {
  const { name, attribs } = element;
  if (exempt.has(name)) return false;
  const names = `${attribs.class ?? ''} ${attribs.id ?? ''}`;
  if (names.length <= 1 || !unlikely.test(names)) return false;
  if (measured?.hasCode && measured.linkDensity < 0.5) return false;
  return !likely.test(names) || (measured !== undefined && measured.linkDensity > 0.6);
}

/** Readability's class weight: 25 for a name that promises content, -25 for one that promises none. */
export function classWeight({ attribs }: Element): number {
  let weight = 0;
  for (const name of [attribs.class, attribs.id]) {
    if (name === undefined || name === '') continue;
    if (unlikely.test(name)) weight -= 25;
    if (/article|body|content|entry|hentry|h-entry|main|page|post|text|blog|story|prose|markdown/i.test(name))
      weight += 25;
  }
  return weight;
}

function isInside({ parent }: Element, name: string): boolean {
  for (let at = parent, up = 0; at && up < 10; at = at.parent, up++) {
    if ('name' in at && at.name === name) return true;
  }
  return false;
}
