import { extname } from 'node:path';

const byExtension = new Map([
  ['.png', 'image/png'],
  ['.jpg', 'image/jpeg'],
  ['.jpeg', 'image/jpeg'],
  ['.gif', 'image/gif'],
  ['.webp', 'image/webp'],
  ['.bmp', 'image/bmp'],
  ['.svg', 'image/svg+xml'],
  ['.avif', 'image/avif'],
  ['.mp3', 'audio/mpeg'],
  ['.wav', 'audio/wav'],
  ['.ogg', 'audio/ogg'],
  ['.flac', 'audio/flac'],
  ['.m4a', 'audio/mp4'],
  ['.pdf', 'application/pdf'],
  ['.zip', 'application/zip'],
  ['.gz', 'application/gzip'],
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

const signatures: readonly (readonly [string, string, number])[] = [
  ['image/png', '89504e470d0a1a0a', 0],
  ['image/jpeg', 'ffd8ff', 0],
  ['image/gif', '47494638', 0],
  ['image/bmp', '424d', 0],
  ['image/webp', '57454250', 8],
  ['image/avif', '6674797061766966', 4],
  ['audio/wav', '57415645', 8],
  ['audio/ogg', '4f676753', 0],
  ['audio/flac', '664c6143', 0],
  ['audio/mpeg', '494433', 0],
  ['application/pdf', '25504446', 0],
  ['application/zip', '504b0304', 0],
  ['application/gzip', '1f8b', 0],
];

/** What a file is: by its first bytes where they say, else by its name. `beginning` wants 16 bytes or more. */
export function mediaTypeOf(name: string, beginning: Buffer): string {
  for (const [type, hex, at] of signatures) {
    const signature = Buffer.from(hex, 'hex');
    if (beginning.subarray(at, at + signature.length).equals(signature)) return type;
  }
  return byExtension.get(extname(name).toLowerCase()) ?? 'application/octet-stream';
}
