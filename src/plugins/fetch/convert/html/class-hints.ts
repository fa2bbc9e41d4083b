/**
 * The classes by which frameworks hide an element: Bootstrap, Tailwind, Foundation, Bulma, UIkit, Angular, WordPress,
 * Drupal, GOV.UK, USWDS and Salesforce.
 */
const hiding = new Set([
  ...['d-none', 'hidden', 'hide', 'invisible', 'opacity-0', 'is-hidden', 'is-invisible', 'u-hidden', 'uk-hidden'],
  ...['uk-invisible', 'ng-hide', 'display-none', 'slds-hide', 'print-only', 'visible-print', 'visible-print-block'],
  ...['sr-only', 'is-sr-only', 'usa-sr-only', 'show-for-sr', 'visually-hidden', 'visuallyhidden', 'element-invisible'],
  ...['govuk-visually-hidden', 'cdk-visually-hidden', 'u-visually-hidden', 'slds-assistive-text', 'screenreader'],
  ...['screen-reader', 'screenreader-text', 'screenreader-only', 'screen-reader-text', 'screen-reader-only'],
]);
/** Classes that scripts take away once they fade the element in. */
const fading = new Set(['opacity-0', 'invisible', 'is-invisible', 'uk-invisible']);
/** What stands above a page for those who go through it by keys. */
const skipping = /(^|\s)skip-?(link|nav|to-content)(\s|$)/i;
const anyHiding = /none|hid|invisible|opacity-0|print|sr-only|for-sr|screen-?reader|assistive/i;

/** What a class says from one width on: Tailwind's and USWDS's, Bootstrap's, those of words for it, and PatternFly's. */
const fromWidth =
  /^(?:(?:tw-)?(sm|md|lg|xl|tablet|desktop):|d-(sm|md|lg|xl)-|(?:visible|show-for|slds-show)[-_](lg|medium|large)(?![\w-]*-only)|.*display-(?=.*-on-(sm|md|lg|xl)$))(.*)$/i;
/** From narrow to wide, up to the width of a desktop screen. */
const widths: Readonly<Record<string, number>> = {
  ...{ sm: 1, tablet: 1, md: 2, medium: 2, lg: 3, large: 3, desktop: 3, xl: 4 },
};
const longestName = 60;
const shows =
  /^(tw-|-|display-)?((inline-)?(block|flex|grid|table)|inline|contents|flow-root|list-item|table-[a-z-]+|visible|not-sr-only|opacity-(?!0$)\d+|)$/i;
const hides = /^(tw-|display-)?(none|hidden|invisible|opacity-0|sr-only)$/i;

/**
 * Whether its classes say that the element is hidden on a desktop screen. `isSettled`: whether the page's own sheets say
 * what a class does, so that its name says nothing. `isLenient`: what scripts fade in counts as shown.
 */
export function hintsHidden(
  classes: string | undefined,
  isSettled?: (name: string) => boolean,
  isLenient = false,
): boolean {
  if (classes === undefined) return false;
  if (skipping.test(classes)) return true;
  if (!anyHiding.test(classes)) return false;
  const names = classes.split(/\s+/);
  const isHint = (name: string) =>
    isHidingClass(name) && !(isLenient && fading.has(name.toLowerCase())) && isSettled?.(name) !== true;
  return names.some(isHint) && !isShownWide(names);
}

function isHidingClass(name: string): boolean {
  return hiding.has(name.toLowerCase());
}

/** Of the classes for the widths that a desktop screen has, that for the widest one decides. */
function isShownWide(names: readonly string[]): boolean {
  let widest = 0;
  let isShown = false;
  for (const name of names) {
    if (name.length > longestName) continue;
    const [, prefixed, bootstrap, worded, suffixed, rest = ''] = fromWidth.exec(name) ?? [];
    const width = widths[(prefixed ?? bootstrap ?? worded ?? suffixed ?? '').toLowerCase()] ?? 0;
    const what = suffixed === undefined ? rest : rest.replace(/-on-\w+$/, '');
    if (width === 0 || width < widest || !(shows.test(what) || hides.test(what))) continue;
    widest = width;
    isShown = shows.test(what);
  }
  return isShown;
}
