import { commaParts } from './css-text.ts';
import { declare, type HidingStyle, newStyle } from './hiding-style.ts';
import type { Layer, LayerOrder } from './layer-order.ts';
import { type Holds, mediaHolds } from './media-query.ts';
import { eachSegment, parting } from './sheet-segments.ts';
import { supportsHolds } from './supports-query.ts';

/** A rule of a sheet as it stands there; nesting is kept, because writing it out would explode. */
export interface SheetRule {
  /** The selector list's text; `&` for declarations in an at-rule inside the parent. */
  readonly selectors: string;
  readonly parent: SheetRule | undefined;
  /** The selectors of the elements at which a scope ends. */
  readonly limits?: string;
  /** The name of the keyframes that it is a block of; then its selectors are places in time. */
  readonly keyframes?: string;
  readonly style: HidingStyle;
  /** Whether the conditions around it hold for every reader. */
  readonly isSure: boolean;
  readonly layer: Layer;
}

interface Frame {
  readonly rule: SheetRule | undefined;
  readonly holds: Holds;
  readonly layer: Layer;
  /** Whether selectors in it are about what its own selectors match and what is below. */
  readonly isScope?: boolean;
  /** The name of the keyframes whose blocks are in it. */
  readonly keyframes?: string;
}

const layerName = /^-?[a-z_][\w-]*(\.-?[a-z_][\w-]*)*$/i;
const silentAtRule =
  /^@(-[a-z]+-)?(font-face|page|property|counter-style|font-feature-values|font-palette-values|starting-style|view-transition|position-try)\b/i;

/**
 * Every rule of a style sheet whose conditions may hold, in order. One pass that reads strings, comments and nesting as
 * browsers do.
 */
export function scanSheet(sheet: string, layers: LayerOrder, take: (rule: SheetRule) => void): void {
  const outside: Frame = { rule: undefined, holds: 'yes', layer: layers.outermost };
  const frames: Frame[] = [];
  const close = ({ rule }: Frame) => {
    if (rule && speaks(rule.style)) take(rule);
  };
  eachSegment(sheet, (text, end) => {
    const frame = frames.at(-1) ?? outside;
    if (end === '{') {
      frames.push(opened(withoutPartings(text), frame, layers));
      return;
    }
    if (end === ';' && frame.holds !== 'no') nameLayers(text, frame.layer, layers);
    if (frame.rule) declare(frame.rule.style, text);
    if (end === '}') close(frames.pop() ?? outside);
  });
  for (const frame of frames.toReversed()) close(frame); // a sheet may end without closing its blocks
}

/** Where a comment stood between two words, no selector is. */
function withoutPartings(text: string): string {
  if (!text.includes(parting)) return text.trim();
  const [first = '', ...others] = text.split(parting);
  return (first + others.map((part) => (/^[\w-]/.test(part) ? ';' : '') + part).join('')).trim();
}

function speaks({ normal, important }: HidingStyle): boolean {
  if (important !== undefined || normal.paint || normal.place || normal.animation !== undefined) return true;
  return (normal.sets | normal.factSets | normal.passes | normal.factPasses) !== 0;
}

/** The declarations of a `style` attribute. */
export function scanInline(style: string): HidingStyle {
  const own = newStyle();
  eachSegment(style, (text) => declare(own, text), true);
  return own;
}

/** What `@layer a, b;` and `@import … layer(a);` name, to say where it stands. */
function nameLayers(statement: string, around: Layer, layers: LayerOrder): void {
  if (!statement.includes('@')) return;
  const [, names, imported] = /^\s*@(?:layer\s([^()]*)|import\b.*?\blayer\(([^()]*)\))/i.exec(statement) ?? [];
  for (const name of (names ?? imported ?? '').split(',')) if (layerName.test(name.trim())) layers.named(name, around);
}

function opened(prelude: string, around: Frame, layers: LayerOrder): Frame {
  const { rule: parent, holds, layer: outer } = around;
  const nested = (selectors: string, own: Holds, layer = outer): Frame => {
    const both = holds === 'no' || own === 'no' ? 'no' : holds === 'maybe' || own === 'maybe' ? 'maybe' : 'yes';
    const rule = { selectors, parent, style: newStyle(), isSure: both === 'yes', layer };
    return { rule: both === 'no' || selectors === '' ? undefined : rule, holds: both, layer };
  };
  if (around.keyframes !== undefined) {
    const frame = nested(prelude, 'yes');
    return { ...frame, rule: frame.rule && { ...frame.rule, keyframes: around.keyframes } };
  }
  const keyframes = /^@(?:-webkit-|-moz-)?keyframes\s+["']?([^\s"']+)["']?$/i.exec(prelude)?.[1];
  if (keyframes !== undefined && holds !== 'no') return { ...nested('', 'yes'), keyframes: keyframes.toLowerCase() };
  if (prelude !== '' && !prelude.startsWith('@')) return nested(around.isScope ? scoped(prelude) : prelude, 'yes');
  const inside = parent === undefined ? '' : '&';
  if (prelude === '' || silentAtRule.test(prelude)) return nested('', 'no');
  const layer = /^@layer\b([\s\S]*)/i.exec(prelude)?.[1]?.trim();
  if (layer !== undefined && holds !== 'no')
    return nested(inside, layer === '' || layerName.test(layer) ? 'yes' : 'maybe', layers.named(layer, outer));
  const media = /^@media\b([\s\S]*)/i.exec(prelude)?.[1];
  if (media !== undefined) return nested(inside, mediaHolds(media));
  const condition = /^@supports\b([\s\S]*)/i.exec(prelude)?.[1];
  if (condition !== undefined) return nested(inside, supportsHolds(condition));
  const scope = /^@scope\s*\(([\s\S]*?)\)\s*(?:to\s*\(([\s\S]*))?$/i.exec(prelude);
  // Which of two scopes is nearer is not judged, so a rule in one takes nothing back.
  if (scope) {
    const [, roots = '', limits] = scope;
    const frame = nested(roots, 'maybe');
    const rule = frame.rule && limits?.endsWith(')') ? { ...frame.rule, limits: limits.slice(0, -1) } : frame.rule;
    return { ...frame, rule, isScope: true };
  }
  return nested(inside, 'maybe');
}

/** Selectors in a scope, which are about its root too. */
function scoped(selectors: string): string {
  return commaParts(selectors)
    .map((part) => part.replace(/:scope\b/gi, '&'))
    .map((part) => (part.includes('&') ? part : `& ${part}, &:is(${part})`))
    .join(', ');
}
