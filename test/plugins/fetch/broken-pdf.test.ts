import { expect, test } from 'vitest';
import { pdfText } from '../../../src/plugins/fetch/convert/pdf.ts';
import { pdfBomb } from './support/pdf-bomb.ts';
import { sealWith } from './support/pdf-seal.ts';
import { smallPdf } from './support/small-pdf.ts';

test.each([
  ['nothing but its first line', Buffer.from('%PDF-1.7\n')],
  ['noise behind its first line', Buffer.concat([Buffer.from('%PDF-1.4\n'), Buffer.alloc(5000, 0xa7)])],
  [
    'a catalogue that leads nowhere',
    Buffer.from(smallPdf(['x']).toString('latin1').replace('/Pages 2 0 R', '/Pages 99 0 R'), 'latin1'),
  ],
])('a PDF with %s is an error in words, not a defect', async (_, bytes) => {
  await expect(pdfText(bytes)).rejects.toMatchObject({
    code: 'upstream',
    message: expect.stringContaining('The PDF is broken'),
  });
});

test('a PDF with a password says so, and one that anybody may open is read', async () => {
  await expect(pdfText(smallPdf(['Secret words'], sealWith('sesame')))).rejects.toMatchObject({
    code: 'unsupported',
    message: expect.stringContaining('encrypted and locked with a password'),
  });
  expect((await pdfText(smallPdf(['Open words'], sealWith('')))).text).toBe('## Page 1\n\nOpen words');
});

test.each([1, 2] as const)(
  'a PDF that unpacks %i-fold to 600 MB is refused before it does',
  async (layers) => {
    const bomb = pdfBomb(600_000_000, layers);
    expect(bomb.length).toBeLessThan(1_000_000);
    const before = process.memoryUsage().rss;
    let peak = 0;
    const watch = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage().rss);
    }, 20);
    await expect(pdfText(bomb)).rejects.toMatchObject({ code: 'too_large' });
    clearInterval(watch);
    expect(peak - before).toBeLessThan(400_000_000);
    expect(new Uint8Array(100_000_000).length).toBe(100_000_000); // the limit is gone with the work
  },
  60_000,
);
