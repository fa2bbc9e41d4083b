import { isOtherLatin } from './other-latin.ts';

/** Small and capital letters beyond ASCII, in Latin-1 and windows-1252; ÿ is left out, which ends words in Cyrillic. */
const small = '[\\xdf-\\xf6\\xf8-\\xfe]';
const capital = '[\\xc0-\\xd6\\xd8-\\xde]';
/** What stands beside words without a space: no-break space, « ¡ ¿ before them, » behind. */
const foreignBefore = '\\x80-\\x9f\\xa2-\\xaa\\xac-\\xbe\\xc0-\\xff';
const foreignBehind = '\\x80-\\x9f\\xa1-\\xba\\xbc-\\xff';

/** How such letters and signs stand in Western languages; each alternative takes a run of them as a whole. */
const western = new RegExp(
  [
    '\\xa0',
    `(?<=[a-z]|(?<![A-Za-z])[A-Z])${small}{1,2}(?![A-Z${foreignBehind}])`, // für, Größe, ação, café; but not PDFы
    `(?<=[A-Z])ß(?![a-z${foreignBehind}])`, // STRAßE
    `(?<![A-Za-z0-9${foreignBefore}])${small}{1,2}(?=[a-z])`, // être, één
    `(?<![a-z${foreignBefore}])${capital}(?:(?=[A-Za-z])|${small}(?![A-Z${foreignBehind}]))`, // Über, ÉTAT, GRÖSSE, Þú
    `(?<=[A-Z])${capital}{1,2}(?![a-z${foreignBehind}])`, // ANDRÉ, AÇÃO
    `(?<![A-Za-z0-9${foreignBefore}])[ÀÁÄÅÈÉÌÍÒÓÖØÙÚÝàáäåèéìíòóöøùúý](?![A-Za-z0-9${foreignBehind}])`, // words of one letter
    `[\\xa1-\\xbf\\xd7\\xf7](?![@-~${foreignBehind}])`, // © 2001, 20° east, «café»
    '(?<![A-Za-z0-9\\x80-\\x9f\\xa1-\\xff])[«¡¿](?=[A-Za-z\\xc0-\\xff])', // ¿Qué
    '(?<=[0-9 \\xa0])[°º](?=[CF]\\b)|(?<=[0-9 \\xa0])µ(?=[AFVWglms])', // 20°C, 5 µm
    '(?<=[a-z])[·´\\xad](?=[a-z])', // col·lecció
  ].join('|'),
  'g',
);

/** A letter after one of ASCII, or a sign, and behind it what in no encoding is the second byte of a character. */
const proof =
  /(?<=[A-Za-z])[\xe0-\xf6\xf8-\xfe](?=[\t\n\r !-/:-?])|(?<![\x80-\xff])[£§©«®°](?=[\t\n\r !-?])(?!.[\x80-\xff])/;
/** Letters in or at the end of a word, the letter before them not the second byte of a character. */
const inWord = new RegExp(`(?<=(?:^|[^\\x80-\\xff])[A-Za-z])${small}{1,2}[a-z\\s!-/:-?]`, 'g');
const enough = 3;

const consonant = '(?<=(?:^|[^\\x80-\\xff])[BCDFGHJ-NP-TV-XZbcdfghj-np-tv-xz])';
const vowel = '(?<=(?:^|[^\\x80-\\xff])[AEIOUaeiou])';
/** Letters between those that stand beside them in most words. */
const typical = new RegExp(
  [
    `${consonant}[áâäåæèéêëíîóôöøúûü](?=[bcdfghj-np-tv-xz])`, // für, grün, fête
    `(?:${consonant}[äöü]|${vowel})ß(?=[elnrst])`, // Größe, Straße
    `${consonant}[ãõ](?=[eo])|${vowel}ç(?:[ãõ](?=[eo])|(?=[aou]))`, // João, ação, façade
    `${vowel}(?:ñ(?=[aeiou])|[ëï](?=[bcdfghj-np-tv-xz]))`, // España, geïnd
  ].join('|'),
);

/**
 * Whether text that is neither UTF-8 nor UTF-16 is as good as sure to be Latin-1, or windows-1252 without its marks from
 * 0x80 to 0x9F, which are letters elsewhere: all its bytes from 0x80 on stand as in Western languages, and
 * - one is followed by what follows no first byte of Big5, GBK, Shift_JIS, EUC-KR and their kin (0x40 to 0x7E and from
 *   0x80 on do, and digits in GB18030), so that the text is in none of these; or
 * - one stands between such letters of ASCII, or three different ones between any, as it would do only by accident where
 *   it is half of a character: a rare one then, and right behind a letter of ASCII, with no other beside it.
 * Text in Cyrillic, Greek, Arabic or the like has words without any letter of ASCII.
 */
export function isWesternText(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  if (/[\x80-\x9f]/.test(text) || /[\x80-\xff]/.test(text.replace(western, ''))) return false;
  if (isOtherLatin(text)) return false;
  return proof.test(text) || typical.test(text) || new Set(text.match(inWord)).size >= enough;
}
