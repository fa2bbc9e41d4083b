import { createHash } from 'node:crypto';
import type { Seal } from './small-pdf.ts';

const padding = Buffer.from('28bf4e5e4e758a4164004e56fffa01082e2e00b6d0683e802f0ca9fe6453697a', 'hex');
const permissions = Buffer.from([0xfc, 0xff, 0xff, 0xff]); // -4: everything is permitted
const id = Buffer.from('0123456789abcdef');

/** The standard security handler of PDF 1.4 (revision 2, RC4 of 40 bits) with a password for whoever opens the file. */
export function sealWith(password: string): Seal {
  const user = padded(password);
  const owner = rc4(md5(padded('owner')).subarray(0, 5), user);
  const key = md5(user, owner, permissions, id).subarray(0, 5);
  const check = rc4(key, padding);
  return {
    stream: (plain, object) => {
      const number = Buffer.from([object & 255, object >> 8, 0, 0, 0]);
      return rc4(md5(key, number).subarray(0, 10), Buffer.from(plain, 'latin1')).toString('latin1');
    },
    trailer: `/ID [<${id.toString('hex')}> <${id.toString('hex')}>] /Encrypt << /Filter /Standard /V 1 /R 2 /O <${owner.toString('hex')}> /U <${check.toString('hex')}> /P -4 >> `,
  };
}

function padded(password: string): Buffer {
  return Buffer.concat([Buffer.from(password, 'latin1'), padding]).subarray(0, 32);
}

function md5(...parts: readonly Uint8Array[]): Buffer {
  return createHash('md5').update(Buffer.concat(parts)).digest();
}

function rc4(key: Uint8Array, data: Uint8Array): Buffer {
  const state = Uint8Array.from({ length: 256 }, (_, index) => index);
  const at = (index: number) => state[index & 255] ?? 0;
  const swap = (a: number, b: number) => {
    const kept = at(a);
    state[a & 255] = at(b);
    state[b & 255] = kept;
  };
  for (let i = 0, j = 0; i < 256; i++) {
    j = (j + at(i) + (key[i % key.length] ?? 0)) & 255;
    swap(i, j);
  }
  let i = 0;
  let j = 0;
  const sealed = Array.from(data, (byte) => {
    i = (i + 1) & 255;
    j = (j + at(i)) & 255;
    swap(i, j);
    return byte ^ at(at(i) + at(j));
  });
  return Buffer.from(sealed);
}
