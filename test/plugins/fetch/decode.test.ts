import { expect, test } from 'vitest';
import { decodeText } from '../../../src/plugins/fetch/convert/decode.ts';

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
