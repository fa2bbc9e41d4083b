import { isGuess, looksBinary, type TextFormat } from './encoding.ts';

const sampleBytes = 65_536;
const orders = ['utf-16le', 'utf-16be'] as const;
type Order = (typeof orders)[number];

/** Bytes below 0x20 that text in other encodings has: tab, LF, FF, CR, escape. */
const whiteSpace = [9, 10, 12, 13, 27];
/** What no text has: unassigned and private characters, halves of pairs, and control characters but for white space. */
const noText = /[\p{Cn}\p{Co}\p{Cs}]|[^\P{Cc}\t\n\f\r]/u;
const letters = /[\p{L}\p{M}\p{N}]/gu;
/** Of Chinese and Japanese; not Hangul, since GBK and EUC-KR have the same bytes. */
const eastAsian = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/gu;
const kana = /[\p{Script=Hiragana}\p{Script=Katakana}]/gu;

/**
 * The byte order in which bytes without a mark may be text in UTF-16, though `detectFormat` says that they are `format`:
 * letters of other scripts have few NUL bytes or none. Text in no other encoding has any; without, they must be Chinese or Japanese in UTF-16 and next to nothing in another encoding: with many kana, every
 * other byte of which is "0", or with bytes of control characters.
 */
export function likelyUtf16(bytes: Buffer, format: TextFormat): Order | undefined {
  const binary = looksBinary(bytes, format);
  if (!binary && !isGuess(format)) return undefined;
  if (bytes.length < 4 || bytes.length % 2 === 1) return undefined;
  const sample = bytes.subarray(0, sampleBytes);
  const controlled = sample.some((byte) => byte < 0x20 && !whiteSpace.includes(byte));
  const likely = orders.filter((order) => {
    const text = textOf(sample, order);
    if (noText.test(text)) return false;
    if (binary) return share(text, letters) >= 0.5;
    return share(text, eastAsian) >= 0.9 && (controlled || share(text, kana) >= 0.3);
  });
  // Characters of one text share their high bytes far more than their low ones.
  return likely.sort((a, b) => highBytes(sample, a) - highBytes(sample, b))[0];
}

/** The text, without half a pair at the end of a sample. */
function textOf(sample: Buffer, order: Order): string {
  const units = Buffer.from(sample);
  const text = (order === 'utf-16le' ? units : units.swap16()).toString('utf16le');
  return text.replace(/[\ud800-\udbff]$/, '');
}

function share(text: string, kind: RegExp): number {
  return (text.match(kind)?.length ?? 0) / [...text.replace(/\s/g, '')].length;
}

function highBytes(sample: Buffer, order: Order): number {
  const first = order === 'utf-16le' ? 1 : 0;
  const seen = new Set<number>();
  for (let at = first; at < sample.length; at += 2) seen.add(sample[at] ?? 0);
  return seen.size;
}
