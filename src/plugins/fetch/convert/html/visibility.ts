import type { AnyNode, Element, Text } from 'domhandler';
import type { Signs } from '../css/cascaded-signs.ts';
import type { HidingStyle } from '../css/hiding-style.ts';
import { SheetRules, unstyled } from '../css/sheet-rules.ts';
import { scanInline } from '../css/sheet-scanner.ts';
import { askingFacts, fact, hidesBox, hidesText, sign, textSigns } from '../css/signs.ts';
import { VariableTable } from '../css/variable-table.ts';
import { Backdrops } from './backdrops.ts';
import { handedDown, isLayingOut, ownFacts, showsBack, standsOutside } from './box-facts.ts';
import { hintsHidden } from './class-hints.ts';
import { isFormula, isMarkedHidden } from './hidden-attributes.ts';
import { dataSheet, inMedia, isDarkPage, sheetOf } from './own-sheets.ts';
import type { PageTree } from './page-tree.ts';
import { isElement, nextNode } from './page-tree.ts';
import { isTask, isWholeHeading } from './telling-controls.ts';
import { type Colours, coloursOf, onBackdrops, pageColours } from './text-colours.ts';

/** Elements that never show text to a reader, and controls that only a browser makes sense of. */
const silent = new Set([
  ...['script', 'style', 'template', 'noscript', 'head', 'title', 'link', 'meta', 'svg', 'canvas', 'object', 'embed'],
  ...['param', 'select', 'option', 'textarea', 'datalist', 'progress', 'meter', 'dialog', 'map', 'area', 'frame'],
  // Takes the room of what is in it, and shows none of that.
  ...['noframes', 'noembed', 'mphantom'],
]);

/** What is in these is no part of the page where scripts run, its sheets included. */
const inert = new Set(['noscript', 'template', 'noembed', 'noframes', 'iframe']);

/** Elements that show something without text of their own. */
const pictures = new Set(['img', 'picture', 'video', 'audio', 'iframe', 'math', 'hr', 'input']);

/** What an element hands down to those in it. */
interface Inherited {
  /** Signs that hide text until an element inside takes them back. */
  readonly signs: number;
  readonly facts: number;
  readonly colours: Colours;
}

const unjudged =
  "The page's style sheets are too much to be judged; what they may hide is left out, so visible text may be missing. Ask with raw: true to see all.";
const shownByScripts =
  'The page hides itself as a whole, as pages do that scripts show once they are ready; what is here may never be shown.';
const mostInlines = 1000;
const mostHints = 2000;

/**
 * Decides what of a page a person would not see. Hidden text is how a page speaks to a model behind the reader's back,
 * so it is dropped by every sign there is: attributes, inline styles, class names, and the page's own style sheets.
 * Text that is hidden in a box that is not is taken out of the tree.
 */
export class Visibility {
  readonly #rules = new SheetRules();
  readonly #variables = new VariableTable();
  readonly #concealed = new Set<Element>();
  readonly #hiddenTexts: [node: Text, data: string][] = [];
  /** Ids of the places that React fills, by script, with what it sends later in hidden boxes. */
  readonly #awaited = new Set<string>();
  readonly #inlines = new Map<string, HidingStyle>();
  readonly #hints = new Map<string, boolean>();
  readonly #isLenient: boolean;
  readonly #isDark: boolean;
  readonly #backdrops = new Backdrops({
    signsOf: (element) => this.#signsOf(element),
    pseudosOf: (element) => this.#rules.pseudosOf(element),
  });
  #hasOtherSheets = false;
  #isPageHidden = false;

  /** `isLenient` shows what scripts fade in: for pages that show nothing without them. */
  constructor(tree: Pick<PageTree, 'root'>, isLenient = false) {
    this.#isLenient = isLenient;
    const sheets: string[] = [];
    let isOver = false;
    for (let node = tree.root.children[0] ?? null; node; node = nextNode(node, tree.root, isOver)) {
      isOver = isElement(node) && inert.has(node.name);
      if (!isElement(node)) continue;
      const { name, attribs } = node;
      if (attribs.style?.includes('--')) this.#variables.learn(attribs.style);
      if (name === 'style') sheets.push(sheetOf(node));
      else if (name === 'link' && /stylesheet/i.test(attribs.rel ?? '')) {
        const own = dataSheet(attribs.href ?? '');
        if (own === undefined) this.#hasOtherSheets = true;
        else sheets.push(inMedia(own, attribs.media));
      } else if (name === 'template' && attribs.id?.startsWith('B:')) this.#awaited.add(attribs.id.slice(2));
    }
    this.#isDark = isDarkPage(tree.root, sheets);
    for (const sheet of sheets) this.#variables.learn(sheet);
    for (const sheet of sheets) this.#rules.add(this.#variables.filled(sheet));
    this.#conceal(tree);
  }

  /** Says so where the page's sheets ask for more than is done for one page. */
  get warnings(): readonly string[] {
    return [...(this.#rules.isExhausted ? [unjudged] : []), ...(this.#isPageHidden ? [shownByScripts] : [])];
  }

  isHidden(element: Element): boolean {
    const { name, attribs } = element;
    if (silent.has(name)) return !(name === 'script' && /^math\/tex/.test(attribs.type ?? ''));
    if (name === 'input') return !isTask(element);
    if (name === 'button') return !isWholeHeading(element);
    return this.#concealed.has(element);
  }

  /** Whether the page itself hides the element, whatever kind of element it is. */
  isConcealed(element: Element): boolean {
    return this.#concealed.has(element);
  }

  /** One walk from the root down, with what each element inherits beside it. */
  #conceal({ root }: Pick<PageTree, 'root'>): void {
    const stack: Inherited[] = [{ signs: 0, facts: 0, colours: pageColours(this.#isDark) }];
    let node: AnyNode | null = root.children[0] ?? null;
    while (node) {
      const around = stack.at(-1) as Inherited;
      let child: AnyNode | undefined;
      if (node.type === 'text') {
        if (around.signs !== 0 && hidesText(around.signs)) this.#hiddenTexts.push([node, node.data]);
      } else if (isElement(node)) {
        const own = this.#own(node, around);
        child = own && node.children[0];
        if (own && child) stack.push(own);
      }
      if (child) {
        node = child;
        continue;
      }
      while (node && !node.next && node.parent && node.parent !== root) {
        node = node.parent as AnyNode;
        stack.pop();
      }
      node = node?.next ?? null;
    }
    this.takeOut();
  }

  /** Takes the text that is hidden in boxes that are not out of the tree. */
  takeOut(): void {
    for (const [text] of this.#hiddenTexts) text.data = '';
  }

  /** Puts it back, for another to judge it. */
  giveBack(): void {
    for (const [text, data] of this.#hiddenTexts) text.data = data;
  }

  /** What the element hands down; undefined where it and all in it is concealed. */
  #own(element: Element, around: Inherited): Inherited | undefined {
    const { name, attribs } = element;
    const isPage = name === 'body' || name === 'html';
    if (!isPage && !this.#isStreamed(attribs.id) && this.#isNamedHidden(attribs)) return this.#concealWhole(element);
    const inline = attribs.style === undefined ? undefined : this.#inlineOf(attribs.style);
    const own = this.#rules.signsOf(element, inline, (around.signs | (around.facts & askingFacts)) !== 0);
    if (isPage) return this.#ofPage(element, own, around);
    const { sets, gives } = own;
    if (own === unstyled && (around.signs | (around.facts & ~(fact.unwrapped | fact.inBox))) === 0)
      return this.#coloured(element, own, around, around);
    const facts = this.#factsOf(element, own, around);
    const isGone =
      hidesBox(gives, facts, this.#isLenient) || showsBack(facts, around.facts) || standsOutside(own, around.facts);
    if (isGone && !isFormula(attribs.class)) return this.#concealWhole(element);
    const down = handedDown(own, facts, around.facts);
    const taken = sets | (facts & fact.outOfFlow ? sign.squeezed : 0) | sign.flat;
    const signs = ((around.signs & ~taken) | gives | down.signs) & textSigns;
    if ((signs & sign.visibility) !== 0 && pictures.has(name)) return this.#concealWhole(element);
    const isAsAround = signs === around.signs && down.facts === around.facts;
    return this.#coloured(
      element,
      own,
      around,
      isAsAround ? around : { signs, facts: down.facts, colours: around.colours },
    );
  }

  /** Pages that scripts show are hidden as a whole before: that is told. What hides their text holds as elsewhere. */
  #ofPage(element: Element, own: Signs, around: Inherited): Inherited | undefined {
    this.#isPageHidden ||=
      isMarkedHidden(element.attribs) || hidesBox(own.gives, ownFacts(element.name, own, 0, false));
    const signs = this.#isLenient ? 0 : ((around.signs & ~own.sets) | own.gives) & textSigns;
    return this.#coloured(element, own, around, { signs, facts: 0, colours: around.colours });
  }

  #factsOf(element: Element, own: Signs, around: Inherited): number {
    const facts = ownFacts(element.name, own, around.facts, this.#hasOtherSheets);
    if ((facts & fact.boxed) !== 0 || (own.gives | own.factGives) === 0) return facts;
    const { parent } = element;
    if (!isElement(parent)) return facts;
    return isLayingOut(this.#signsOf(parent)) ? facts | fact.boxed : facts;
  }

  /** Pages write the same few styles a thousand times. */
  #inlineOf(style: string): HidingStyle {
    const known = this.#inlines.get(style);
    if (known) return known;
    const own = scanInline(this.#variables.filled(style));
    if (this.#inlines.size < mostInlines) this.#inlines.set(style, own);
    return own;
  }

  #concealWhole(element: Element): undefined {
    this.#concealed.add(element);
  }

  #isNamedHidden(attribs: Readonly<Record<string, string>>): boolean {
    return !isFormula(attribs.class) && (isMarkedHidden(attribs) || this.#hasHidingClass(attribs.class));
  }

  /** Pages repeat whole class attributes. */
  #hasHidingClass(classes: string | undefined): boolean {
    if (classes === undefined) return false;
    const known = this.#hints.get(classes);
    if (known !== undefined) return known;
    const isHidden = hintsHidden(classes, (name) => this.#rules.settles(name), this.#isLenient);
    if (this.#hints.size < mostHints) this.#hints.set(classes, isHidden);
    return isHidden;
  }

  #isStreamed(id: string | undefined): boolean {
    return id?.startsWith('S:') === true && this.#awaited.has(id.slice(2));
  }

  /** Adds what is said of colours: text in the colour of its ground is not seen, whoever set the one and the other. */
  #coloured(element: Element, own: Signs, outer: Inherited, around: Inherited): Inherited | undefined {
    const flat = coloursOf(element, own.paints, outer.colours, {
      isStyledElsewhere: this.#hasOtherSheets,
      isPositioned: (own.factGives & fact.outOfFlow) !== 0,
      isFadeless: this.#isLenient,
    });
    const colours = flat.isUnseen && !flat.isFaded ? this.#onBackdrops(element, flat, outer.colours) : flat;
    if (colours === outer.colours) return around;
    if (colours.isFaded) return this.#concealWhole(element);
    const signs = colours.isUnseen ? around.signs | sign.sameColour : around.signs & ~sign.sameColour;
    return { signs, facts: around.facts, colours };
  }

  /** Text in the colour of its ground is seen where something else lies between the two. */
  #onBackdrops(element: Element, colours: Colours, outer: Colours): Colours {
    const within = this.#backdrops.within(element);
    // What was unseen around is so beside all that was found there.
    const beside = colours === outer ? [] : this.#backdrops.beside(element);
    return onBackdrops(colours, [...within, ...beside]);
  }

  #signsOf(element: Element): Signs {
    const { style } = element.attribs;
    return this.#rules.signsOf(element, style === undefined ? undefined : this.#inlineOf(style), true);
  }
}
