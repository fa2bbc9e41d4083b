/**
 * Where letters of Latin-1 do not stand in Western languages, but others do that have the same bytes in the code pages
 * of Central Europe (1250, ISO-8859-2), the Baltic (1257) and Turkey (1254). All in small letters.
 */
const misplaced = new RegExp(
  [
    'ñ(?![aeiouáéíóúü])', // Polish ń at the end of words and before consonants
    '(?<![aeioué])[ëï]', // ė, ď
    '[ìù](?=[a-zà-öø-þ])', // Czech ě and ů inside words; Italian has ì and ù at their end
    '(?<![a-zà-öø-þ])è(?!re\\b|s\\b)(?=[a-z])|eè', // č
    '(?<=[aeiouy])æ', // Polish and Croatian ć
    'ê(?=[bdfghjkwxz]|c(?!h))|(?<=[isztgwkjn]|hc)ê(?![a-zà-öø-þ])', // Polish ę
    'ç(?=[bcdfghj-np-tv-xz])', // ē
    '(?<!d|cr)û(?![a-zà-öø-þ])', // Hungarian ű, ū, and ы
    'ã(?=[a-df-hj-np-rt-zà-öø-þ])', // Romanian ă
  ].join('|'),
);

/** Letters, and others of which no Western language that has them has one too. */
const strangers: readonly (readonly [letters: RegExp, others: RegExp])[] = [
  [/[ðþý]/, /[àâãäåçèêëìîïñòôõùûüß]/], // Icelandic, or Turkish ğ ş ı
  [/ã/, /[äåæèëìîïñòöøùûß]/], // Portuguese, or Romanian
  [/ì/, /[áâäåæçêíîñóôõöøúûüß]/], // Italian, or Czech
  [/ø/, /[áèëìíïñòõùúûîçß]/], // Danish and Norwegian, or Czech ř
  [/û/, /[áíóúöõ]/], // French, or Hungarian
];

/** Whether letters stand in the text (of Latin-1) as they do in languages that are written in other code pages. */
export function isOtherLatin(text: string): boolean {
  const small = text.toLowerCase();
  if (misplaced.test(small)) return true;
  if (/[ðþý]/.test(small) && !/[áéíóúæ]/.test(small)) return true;
  if (/õ(?!e)/.test(small) && !small.includes('ä')) return true; // Hungarian ő; Estonian has ä as well
  const isFaroese = /[ðæ]/.test(small) && small.includes('ø');
  return strangers.some(
    ([letters, others]) => letters.test(small) && others.test(isFaroese ? small.replace(/[áíúý]/g, '') : small),
  );
}
