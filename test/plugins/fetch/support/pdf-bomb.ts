import { deflateSync } from 'node:zlib';
import { smallPdf } from './small-pdf.ts';

/** A PDF of one page whose content unpacks to so many bytes of nothing, through one or two layers of Flate. */
export function pdfBomb(bytes: number, layers: 1 | 2): Buffer {
  const once = deflateSync(Buffer.alloc(bytes, 0x20), { level: 9 });
  const packed = layers === 1 ? once : deflateSync(once, { level: 9 });
  const [head = '', tail = ''] = smallPdf(['x'])
    .toString('latin1')
    .split(/<< \/Length \d+ >>\nstream\n[^\n]*\nendstream/);
  const filter = layers === 1 ? '/FlateDecode' : '[/FlateDecode /FlateDecode]';
  const stream = `<< /Length ${packed.length} /Filter ${filter} >>\nstream\n${packed.toString('latin1')}\nendstream`;
  return Buffer.from(head + stream + tail, 'latin1'); // the table of offsets is wrong now, and is made anew by readers
}
