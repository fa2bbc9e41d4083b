import type { Element } from 'domhandler';
import type { PageTree } from './page-tree.ts';
import { isElement, nextNode } from './page-tree.ts';

/** Elements that never show text to a reader, and controls that only a browser makes sense of. */
const silent = new Set([
  ...['script', 'style', 'template', 'noscript', 'head', 'link', 'meta', 'svg', 'canvas', 'object', 'embed', 'param'],
  ...['select', 'option', 'textarea', 'datalist', 'progress', 'meter', 'dialog', 'map', 'area', 'frame', 'noframes'],
]);

const hiddenClass =
  /(^|\s)(sr-only|visually-?hidden|screen-?reader(-text|-only)?|u-hidden|is-hidden|d-none|print-only|skip-?(link|nav|to-content))(\s|$)/i;

/**
 * Decides what of a page a person would not see. Hidden text is how a page speaks to a model behind the reader's back,
 * so it is dropped by every sign there is: attributes, inline styles, class names, and rules of the page's own sheets.
 */
export class Visibility {
  readonly #classes = new Set<string>();
  readonly #ids = new Set<string>();

  /** Ids of the places that React fills, by script, with what it sends later in hidden boxes. */
  readonly #awaited = new Set<string>();
  readonly #isLenient: boolean;

  /** `isLenient` shows what scripts fade in: for pages that show nothing without them. */
  constructor(tree: Pick<PageTree, 'root'>, isLenient = false) {
    this.#isLenient = isLenient;
    for (let node = tree.root.children[0] ?? null; node; node = nextNode(node, tree.root)) {
      if (!isElement(node)) continue;
      if (node.name === 'style') this.#readSheet(node);
      else if (node.name === 'template' && node.attribs.id?.startsWith('B:'))
        this.#awaited.add(node.attribs.id.slice(2));
    }
  }

  isHidden(element: Element): boolean {
    const { name, attribs } = element;
    if (silent.has(name)) return !(name === 'script' && /^math\/tex/.test(attribs.type ?? ''));
    if (name === 'input') return !isTask(element);
    if (name === 'button') return !isWholeHeading(element);
    return this.isConcealed(element);
  }

  /** Whether the page itself hides the element, whatever kind of element it is. */
  isConcealed({ name, attribs }: Element): boolean {
    if (name === 'body' || name === 'html') return false;
    const classes = attribs.class;
    if (classes !== undefined) {
      if (classes.includes('mwe-math-mathml')) return false; // MediaWiki hides the formula and shows its picture
      if (hiddenClass.test(classes)) return true;
    }
    if ('hidden' in attribs) return !this.#isStreamed(attribs.id);
    if (attribs['aria-hidden'] === 'true') return true;
    const style = attribs.style === undefined ? undefined : plainCss(attribs.style);
    if (style !== undefined && hidesByStyle(style)) return !(this.#isLenient && fadesIn.test(style));
    return this.#hidesBySheet(attribs.id, classes);
  }

  #isStreamed(id: string | undefined): boolean {
    return id?.startsWith('S:') === true && this.#awaited.has(id.slice(2));
  }

  #hidesBySheet(id: string | undefined, classes: string | undefined): boolean {
    if (id !== undefined && this.#ids.has(id)) return true;
    if (classes === undefined || this.#classes.size === 0) return false;
    return classes.split(/\s+/).some((name) => this.#classes.has(name));
  }

  /** Rules of one simple selector outside at-rules; anything cleverer may not apply at all. */
  #readSheet(style: Element): void {
    const child = style.children[0];
    if (child?.type !== 'text' || child.data.length > 500_000) return;
    const sheet = withoutComments(child.data);
    let depth = 0;
    let start = 0;
    let open = 0;
    for (let at = 0; at < sheet.length; at++) {
      if (sheet[at] === '{') {
        if (depth++ === 0) open = at;
      } else if (sheet[at] === '}') {
        if (--depth === 0) this.#readRule(sheet.slice(start, open), sheet.slice(open + 1, at));
        depth = Math.max(0, depth);
        start = at + 1;
      }
    }
  }

  #readRule(selectors: string, declarations: string): void {
    if (selectors.trimStart().startsWith('@') || !hidesByStyle(plainCss(declarations))) return;
    for (const selector of plainCss(selectors).split(',')) {
      const [, kind, name = ''] = /^\s*[a-z0-9]*([.#])([\w-]+)\s*$/i.exec(selector) ?? [];
      if (kind === '.') this.#classes.add(name);
      else if (kind === '#') this.#ids.add(name);
    }
  }
}

const hidingDeclarations = [
  /(^|;)display:none/,
  /(^|;)visibility:(hidden|collapse)/,
  /(^|;)opacity:0?\.?0*(;|$|!)/,
  /(^|;)font-size:0(px|em|rem|%|pt)?(;|$|!)/,
  /(^|;)(left|top|right|text-indent|margin-left|margin-top):-\d{3,}/,
  /(^|;)clip:rect\(0(px)?[, ]0(px)?[, ]0(px)?[, ]0(px)?\)/,
  /(^|;)clip-path:inset\((50|100)%\)/,
  /(^|;)transform:scale\(0\)/,
  /(^|;)content-visibility:hidden/,
];
/** The first picture of an animation that shows its text in the end. */
const fadesIn = /opacity:\s*0?\.?0*\s*;.*(transform|transition|will-change|filter)\s*:(?!\s*scale\(0\))/is;
const zeroSize = /(^|;)(max-)?(height|width):0(px|em|rem|%)?(;|$|!)/;

function withoutComments(css: string): string {
  return css.replace(/\/\*[\s\S]*?(\*\/|$)/g, ' ');
}

/** CSS without comments, its escapes read: browsers take `dis\\70lay` for `display`. */
function plainCss(css: string): string {
  if (!/[\\*]/.test(css)) return css;
  return withoutComments(css).replace(/\\(?:([0-9a-f]{1,6})\s?|([^\n]))/gi, (_, hex?: string, other?: string) => {
    if (hex === undefined) return other ?? '';
    const code = Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '\ufffd';
  });
}

function hidesByStyle(style: string): boolean {
  const squeezed = style.toLowerCase().replace(/\s+/g, '');
  if (hidingDeclarations.some((pattern) => pattern.test(squeezed))) return true;
  return (zeroSize.test(squeezed) && /overflow(-[xy])?:(hidden|clip)/.test(squeezed)) || sameColours(squeezed);
}

/** White on white and the like, where both colours stand in the same style. */
function sameColours(style: string): boolean {
  const text = /(^|;)color:([^;!]+)/.exec(style)?.[2];
  const ground = /(^|;)background(-color)?:([^;!]+)/.exec(style)?.[3];
  return text === 'transparent' || (text !== undefined && text === ground);
}

function isTask({ attribs, parent }: Element): boolean {
  if (attribs.type !== 'checkbox') return false;
  for (let at = parent, up = 0; isElement(at) && up < 3; at = at.parent, up++) if (at.name === 'li') return true;
  return false;
}

/** A heading that opens and shuts its section is a button through and through; a button beside its text is a tool. */
function isWholeHeading(button: Element): boolean {
  const { parent } = button;
  if (!isElement(parent) || !/^h[1-6]$/.test(parent.name)) return false;
  return parent.children.every((child) => child === button || (child.type === 'text' && child.data.trim() === ''));
}
