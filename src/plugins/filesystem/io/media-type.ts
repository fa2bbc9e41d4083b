import { extname } from 'node:path';

/** What a name says of a file whose bytes say nothing. */
const byExtension = new Map([
  ['.json', 'application/json'],
  ['.html', 'text/html'],
  ['.css', 'text/css'],
  ['.csv', 'text/csv'],
  ['.md', 'text/markdown'],
  ['.txt', 'text/plain'],
  ['.xml', 'application/xml'],
  ['.js', 'text/javascript'],
  ['.ts', 'text/x-typescript'],
]);

/** Bytes that a file of a type has at places in its header, as `latin1` text. */
type Header = readonly (readonly [at: number, text: string])[];

const headers: readonly (readonly [type: string, header: Header, holds?: (bytes: Buffer) => boolean])[] = [
  ['image/png', [[0, '\x89PNG\r\n\x1a\n']]],
  ['image/jpeg', [[0, '\xff\xd8\xff']]],
  ['image/gif', [[0, 'GIF87a']]],
  ['image/gif', [[0, 'GIF89a']]],
  // Two letters are also how texts begin: what follows is 0 in every bitmap, then the length of one of its headers.
  [
    'image/bmp',
    [
      [0, 'BM'],
      [6, '\0\0\0\0'],
    ],
    (bytes) => bitmapHeaders.has(readUint32(bytes, 14)),
  ],
  [
    'image/webp',
    [
      [0, 'RIFF'],
      [8, 'WEBP'],
    ],
  ],
  ['image/avif', [[4, 'ftypavif']]],
  ['image/avif', [[4, 'ftypavis']]],
  [
    'audio/wav',
    [
      [0, 'RIFF'],
      [8, 'WAVE'],
    ],
  ],
  ['audio/ogg', [[0, 'OggS\0']]],
  ['audio/flac', [[0, 'fLaC\0\0\0']]],
  ['audio/mp4', [[4, 'ftypM4A ']]],
  ['audio/mpeg', [[0, 'ID3']], (bytes) => (bytes[3] ?? 0) < 0x10 && bytes.subarray(6, 10).every((byte) => byte < 0x80)],
  ['video/mp4', [[4, 'ftyp']]],
  ['application/pdf', [[0, '%PDF-']]],
  ['application/zip', [[0, 'PK\x03\x04']]],
  ['application/gzip', [[0, '\x1f\x8b\x08']]],
];

const bitmapHeaders = new Set([12, 40, 52, 56, 64, 108, 124]);

/** Types without a header of their own, which a name says and the beginning must not speak against. */
const plausible: Readonly<Record<string, readonly [type: string, isPlausible: (bytes: Buffer) => boolean]>> = {
  '.svg': ['image/svg+xml', (bytes) => /^(?:\xef\xbb\xbf)?\s*</.test(bytes.toString('latin1', 0, 100))],
  // The first frame: eleven bits of sync, and a layer.
  '.mp3': ['audio/mpeg', ([first = 0, second = 0]) => first === 0xff && (second & 0xe0) === 0xe0 && (second & 6) !== 0],
};

/**
 * What a file is: by its first bytes where they say, else by its name. What a client would show or play is never said by
 * the name alone: models refuse an image that is none. `beginning` wants 100 bytes where there are so many.
 */
export function mediaTypeOf(name: string, beginning: Buffer): string {
  const extension = extname(name).toLowerCase();
  const known = headers.find(([, header, holds]) => {
    const isThere = header.every(([at, text]) => beginning.toString('latin1', at, at + text.length) === text);
    return isThere && (holds?.(beginning) ?? true);
  });
  if (known) return known[0] === 'video/mp4' && extension === '.m4a' ? 'audio/mp4' : known[0];
  const [type, isPlausible] = plausible[extension] ?? [];
  if (type !== undefined && isPlausible?.(beginning)) return type;
  return byExtension.get(extension) ?? 'application/octet-stream';
}

function readUint32(bytes: Buffer, at: number): number {
  return bytes.length < at + 4 ? 0 : bytes.readUInt32LE(at);
}
