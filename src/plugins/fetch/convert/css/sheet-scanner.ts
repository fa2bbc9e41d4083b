import { commaParts } from './css-text.ts';
import { declare, type HidingStyle, newStyle } from './hiding-style.ts';
import { type Holds, mediaHolds } from './media-query.ts';
import { supportsHolds } from './supports-query.ts';

/** A rule of a sheet as it stands there; nesting is kept, because writing it out would explode. */
export interface SheetRule {
  /** The selector list's text; `&` for declarations in an at-rule inside the parent. */
  readonly selectors: string;
  readonly parent: SheetRule | undefined;
  readonly style: HidingStyle;
  /** Whether the conditions around it hold for every reader. */
  readonly isSure: boolean;
  readonly isLayered: boolean;
}

interface Frame {
  readonly rule: SheetRule | undefined;
  readonly holds: Holds;
  readonly isLayered: boolean;
  /** Whether selectors in it are about what its own selectors match and what is below. */
  readonly isScope?: boolean;
}

const token =
  /\/\*[\s\S]*?(?:\*\/|$)|"(?:[^"\\\n]|\\[\s\S])*(?:"|\n|$)|'(?:[^'\\\n]|\\[\s\S])*(?:'|\n|$)|\\[\s\S]|url\(\s*[^"'\s)][^)]*(?:\)|$)|[{};()]|<!--|-->|[^/"'\\u{};()<-]+|[\s\S]/gi;
const outside: Frame = { rule: undefined, holds: 'yes', isLayered: false };
const silentAtRule =
  /^@(-[a-z]+-)?(keyframes|font-face|page|property|counter-style|font-feature-values|font-palette-values|starting-style|view-transition|position-try)\b/i;

/** The text up to each `{`, `}` and `;` that parts it, without comments; strings and brackets hold theirs back. */
function* segments(css: string): Generator<readonly [text: string, end: string]> {
  let text = '';
  let depth = 0;
  for (const [part] of css.matchAll(token)) {
    if (part.startsWith('/*') || part === '<!--' || part === '-->') continue;
    if (part === '(') depth++;
    else if (part === ')') depth--;
    // A brace ends what an unclosed bracket would swallow: what is broken is read so that it rather hides too much.
    if (part === '{' || part === '}' || (part === ';' && depth <= 0)) {
      yield [text, part];
      text = '';
      depth = 0;
    } else text += part;
  }
  yield [text, ''];
}

/**
 * Every rule of a style sheet whose conditions may hold, in order. One pass that reads strings, comments and nesting as
 * browsers do.
 */
export function scanSheet(sheet: string, take: (rule: SheetRule) => void): void {
  const frames: Frame[] = [];
  const close = ({ rule }: Frame) => {
    if (rule && speaks(rule.style)) take(rule);
  };
  for (const [text, end] of segments(sheet)) {
    const frame = frames.at(-1) ?? outside;
    if (end === '{') {
      frames.push(opened(text.trim(), frame));
      continue;
    }
    if (frame.rule) declare(frame.rule.style, text);
    if (end === '}') close(frames.pop() ?? outside);
  }
  for (const frame of frames.toReversed()) close(frame); // a sheet may end without closing its blocks
}

function speaks({ sets, importantSets, paint, importantPaint }: HidingStyle): boolean {
  return (sets | importantSets) !== 0 || paint !== undefined || importantPaint !== undefined;
}

/** The declarations of a `style` attribute. */
export function scanInline(style: string): HidingStyle {
  const own = newStyle();
  for (const [text] of segments(style)) declare(own, text);
  return own;
}

function opened(prelude: string, around: Frame): Frame {
  const { rule: parent, holds, isLayered } = around;
  const nested = (selectors: string, own: Holds, layered = isLayered): Frame => {
    const both = holds === 'no' || own === 'no' ? 'no' : holds === 'maybe' || own === 'maybe' ? 'maybe' : 'yes';
    const rule = { selectors, parent, style: newStyle(), isSure: both === 'yes', isLayered: layered };
    return { rule: both === 'no' || selectors === '' ? undefined : rule, holds: both, isLayered: layered };
  };
  if (!prelude.startsWith('@')) return nested(around.isScope ? scoped(prelude) : prelude, 'yes');
  const inside = parent === undefined ? '' : '&';
  if (silentAtRule.test(prelude)) return nested('', 'no');
  if (/^@layer\b/i.test(prelude)) return nested(inside, 'yes', true);
  const media = /^@media\b([\s\S]*)/i.exec(prelude)?.[1];
  if (media !== undefined) return nested(inside, mediaHolds(media));
  const condition = /^@supports\b([\s\S]*)/i.exec(prelude)?.[1];
  if (condition !== undefined) return nested(inside, supportsHolds(condition));
  const roots = /^@scope\s*\(([\s\S]*?)\)\s*(?:to\s*\([\s\S]*)?$/i.exec(prelude)?.[1];
  // Which of two scopes is nearer is not judged, nor where one ends, so a rule in one takes nothing back.
  if (roots !== undefined) return { ...nested(roots, 'maybe'), isScope: true };
  return nested(inside, 'maybe');
}

/** Selectors in a scope, which are about its root too. */
function scoped(selectors: string): string {
  return commaParts(selectors)
    .map((part) => part.replace(/:scope\b/gi, '&'))
    .map((part) => (part.includes('&') ? part : `& ${part}, &:is(${part})`))
    .join(', ');
}
