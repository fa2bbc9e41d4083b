import { expect, test } from 'vitest';
import { convert } from '../../../src/plugins/fetch/convert/convert.ts';
import { decodeText } from '../../../src/plugins/fetch/convert/decode.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';
import { sniff } from '../../../src/plugins/fetch/convert/sniff.ts';

test.each(['windows-1252', 'iso-8859-1', 'latin1', 'us-ascii'])(
  '%s is read as windows-1252, typographic characters and all',
  (label) => {
    const { text, charset } = decodeText(
      Buffer.from('\x80 \x93caf\xe9\x94 \x99 \x81', 'latin1'),
      `text/plain; charset=${label}`,
    );
    expect(text).toBe('€ “café” ™ \x81');
    expect(charset).toBe('windows-1252');
  },
);

test.each(['utf-16le', 'utf-16be'])('%s without a mark is told by its zeros, whatever the header says', (charset) => {
  const bytes = Buffer.from('<html><title>Größe ☃</title>', 'utf16le');
  if (charset === 'utf-16be') bytes.swap16();
  for (const type of [undefined, 'text/html', 'text/html; charset=utf-8']) {
    expect(decodeText(bytes, type)).toEqual({ text: '<html><title>Größe ☃</title>', charset });
    expect(sniff(bytes, type).kind).toBe('html');
  }
});

test('zeros in other text are no UTF-16', () => {
  expect(decodeText(Buffer.from('a\0b plain text with a single zero'), undefined).charset).toBe('utf-8');
  expect(sniff(Buffer.from('a\0b plain text with a single zero'), undefined).kind).toBe('binary');
});

test('a few zeros do not make binary of what is said to be text; a body full of them is', () => {
  const page = Buffer.from(`<p>one\0two</p>${'<p>more</p>'.repeat(500)}`);
  for (const type of ['text/html', 'application/xhtml+xml; charset=utf-8']) expect(sniff(page, type).kind).toBe('html');
  expect(sniff(page, 'text/plain').kind).toBe('text');
  expect(sniff(Buffer.from('[1,\0 2, "some text in it"]'), 'application/json').kind).toBe('json');
  expect(sniff(page, 'application/octet-stream').kind).toBe('binary');
  for (const type of ['text/html', 'text/plain', 'application/json']) {
    expect(sniff(Buffer.from(`PK\x03\x04${'\0'.repeat(100)}words of some length${'\0'.repeat(100)}`), type).kind).toBe(
      'binary',
    );
  }
});

test('a page that speaks of PDF is a page, and a PDF behind a few bytes is a PDF', () => {
  expect(sniff(Buffer.from('<!doctype html><title>What %PDF-1.7 means</title>'), 'text/html').kind).toBe('html');
  expect(sniff(Buffer.from('The header is %PDF-1.7'), 'text/plain').kind).toBe('text');
  expect(sniff(Buffer.from('\n%PDF-1.7\n'), 'text/html').kind).toBe('pdf');
  expect(sniff(Buffer.from('junk\n%PDF-1.7\n'), 'application/pdf').kind).toBe('pdf');
});

test('a zero within text is dropped from a page', async () => {
  const html = Buffer.from(`<p>one\0two</p>${'<p>more</p>'.repeat(50)}`);
  const source = { bytes: html, contentType: 'text/html; charset=utf-8', url: 'https://site.example/', cut: false };
  expect((await convert(source, wholePage, false)).text).toMatch(/^onetwo\n\nmore/);
  const tiny = { ...source, bytes: Buffer.from('<p>a\0b and c</p>     ') };
  expect((await convert(tiny, wholePage, false)).text).toBe('ab and c');
});
