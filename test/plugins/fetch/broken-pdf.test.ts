import { expect, test } from 'vitest';
import { pdfText } from '../../../src/plugins/fetch/convert/pdf.ts';
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
