import type { SheetRules } from '../css/sheet-rules.ts';
import { hintsHidden } from './class-hints.ts';

/** Whether its attributes alone say that the element is hidden; of classes that the page's own sheets name, those say it. */
export function concealsByAttribute(attribs: Readonly<Record<string, string>>, rules?: SheetRules): boolean {
  if (isFormula(attribs.class)) return false;
  return isMarkedHidden(attribs) || hintsHidden(attribs.class, rules && ((name) => rules.settles(name)));
}

export function isMarkedHidden(attribs: Readonly<Record<string, string>>): boolean {
  return 'hidden' in attribs || attribs['aria-hidden'] === 'true' || 'popover' in attribs;
}

/** MediaWiki hides the formula and shows its picture. */
export function isFormula(classes: string | undefined): boolean {
  return classes?.includes('mwe-math-mathml') ?? false;
}
