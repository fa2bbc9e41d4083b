import type { Entry } from './cascade.ts';
import type { HidingStyle, Saying } from './hiding-style.ts';
import type { Paint } from './paint.ts';

/** Of the rules at one element that may hold, so many are tried one by one. */
const mostTried = 4;

/** What the rules at an element, in the order of the cascade, say of colours: see `Signs`. */
export function paintsOf(
  entries: readonly Entry[],
  byImportance: readonly Entry[],
  inline: HidingStyle | undefined,
): readonly Paint[] | undefined {
  let last = inline && hasPaint(inline) ? inline : undefined;
  let count = last ? 1 : 0;
  let isSure = true;
  for (const entry of entries) {
    if (!hasPaint(entry.style)) continue;
    count++;
    last = entry.style;
    isSure &&= entry.isSure;
  }
  if (last === undefined) return undefined;
  // Most have one, and the same list each time lets what became of it be found again.
  if (count === 1 && isSure && last.important === undefined) return onlyPaint(last.normal);
  return paintsOfAll(entries, byImportance, inline);
}

function hasPaint({ normal, important }: HidingStyle): boolean {
  return normal.paint !== undefined || important?.paint !== undefined;
}

function onlyPaint(saying: Saying): readonly Paint[] | undefined {
  saying.onlyPaint ??= saying.paint && [saying.paint];
  return saying.onlyPaint;
}

function paintsOfAll(
  entries: readonly Entry[],
  byImportance: readonly Entry[],
  inline: HidingStyle | undefined,
): readonly Paint[] | undefined {
  const painting = entries.filter(({ style }) => hasPaint(style));
  const of = (isCounted: (entry: Entry) => boolean): Paint =>
    Object.assign(
      {},
      ...painting.map((entry) => isCounted(entry) && entry.style.normal.paint),
      inline?.normal.paint,
      ...byImportance.map((entry) => isCounted(entry) && entry.style.important?.paint),
      inline?.important?.paint,
    );
  const unsure = painting.filter(({ isSure }) => !isSure);
  if (unsure.length === 0) return [of(() => true)];
  const tried = unsure.length === 1 ? [] : unsure.slice(0, mostTried);
  const alone = tried.map((own) => of((entry) => entry.isSure || entry === own));
  return [of(({ isSure }) => isSure), of(() => true), ...alone];
}
