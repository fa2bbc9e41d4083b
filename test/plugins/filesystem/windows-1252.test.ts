import { expect, test } from 'vitest';
import { decodeText, encodeText } from '../../../src/plugins/filesystem/text/encoding.ts';

const format = { encoding: 'windows-1252', bom: false };

test('windows-1252 is read with its typographic characters, and written back byte for byte', () => {
  const bytes = Buffer.from('\x80 \x93caf\xe9\x94 \x99 \x81', 'latin1');
  const text = decodeText(bytes, format);
  expect(text).toBe('€ “café” ™ \x81');
  expect(encodeText(text, format)).toEqual(bytes);
});

test('every byte of windows-1252 survives reading and writing', () => {
  const all = Buffer.from(Uint8Array.from({ length: 256 }, (_, byte) => byte));
  expect(encodeText(decodeText(all, format), format)).toEqual(all);
});
