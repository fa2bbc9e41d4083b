import { commaParts } from './css-text.ts';

/** Whether a condition holds where pages are read: for sure, for some readers, or for none. */
export type Holds = 'yes' | 'maybe' | 'no';

/** Screens that people read on, in CSS pixels: what holds on the one and not on the other may hide from somebody. */
const screens = [
  { width: 1280, height: 720 },
  { width: 1920, height: 1080 },
] as const;

const keywords: Readonly<Record<string, Holds>> = {
  'orientation:landscape': 'yes',
  'orientation:portrait': 'no',
  'prefers-color-scheme:light': 'yes',
  'prefers-color-scheme:dark': 'no',
  'prefers-reduced-motion:no-preference': 'yes',
  'prefers-reduced-motion:reduce': 'no',
  'prefers-contrast:more': 'no',
  'forced-colors:active': 'no',
  'hover:hover': 'yes',
  'hover:none': 'no',
  'any-hover:hover': 'yes',
  'any-hover:none': 'no',
  'pointer:fine': 'yes',
  'pointer:coarse': 'no',
  'scripting:none': 'no',
  'scripting:enabled': 'yes',
  color: 'yes',
};

/** What a media query list says of a reader at a desktop screen. What it asks beyond the common features is `maybe`. */
export function mediaHolds(list: string): Holds {
  const verdicts = commaParts(list.toLowerCase()).map(queryHolds);
  if (verdicts.includes('yes')) return 'yes';
  return verdicts.includes('maybe') ? 'maybe' : 'no';
}

function queryHolds(query: string): Holds {
  const [, prefix, type, rest = ''] =
    /^\s*(?:(not|only)\s+)?(?:([a-z-]+)\s*(?:and(?=[\s(])|$))?([\s\S]*)$/.exec(query.trim()) ?? [];
  if (prefix === 'not') return type !== undefined && rest === '' ? (isScreen(type) ? 'no' : 'yes') : 'maybe';
  if (type !== undefined && !isScreen(type)) return 'no';
  const features = rest.trim();
  if (features === '') return 'yes';
  if (!/^\([^()]*\)(\s*and\s*\([^()]*\))*$/.test(features)) return 'maybe';
  const verdicts = [...features.matchAll(/\(([^()]*)\)/g)].map(([, feature = '']) => featureHolds(feature));
  if (verdicts.includes('no')) return 'no';
  return verdicts.includes('maybe') ? 'maybe' : 'yes';
}

function isScreen(type: string): boolean {
  return type === 'screen' || type === 'all';
}

function featureHolds(feature: string): Holds {
  const plain = feature.replace(/\s+/g, '');
  const known = keywords[plain];
  if (known !== undefined) return known;
  const named = /^(min|max)-(width|height):([\d.]+)(px|em|rem)?$/.exec(plain);
  const range = /^(width|height)([<>]=?)([\d.]+)(px|em|rem)?$/.exec(plain);
  const [isLeast, side, size, unit] = named
    ? [named[1] === 'min', named[2], named[3], named[4]]
    : [range?.[2]?.startsWith('>') ?? false, range?.[1], range?.[3], range?.[4]];
  if (side === undefined) return 'maybe';
  const pixels = Number(size) * (unit === 'em' || unit === 'rem' ? 16 : 1);
  const holding = screens.filter((screen) => {
    const own = side === 'width' ? screen.width : screen.height;
    return isLeast ? own >= pixels : own <= pixels;
  });
  if (holding.length === screens.length) return 'yes';
  return holding.length === 0 ? 'no' : 'maybe';
}
