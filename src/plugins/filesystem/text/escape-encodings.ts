import { isAscii } from 'node:buffer';
import { GatewayError } from '../../../core/errors.ts';

/**
 * The escape sequences by which encodings of ISO 2022 switch to a set of characters (RFC 1468, 1554, 1557, 1922); all of
 * their bytes are ASCII's. Colours of terminals begin with other ones. What a longer name has comes before what it shares.
 */
const designations: readonly (readonly [name: string, sequences: RegExp])[] = [
  ['iso-2022-kr', behindEscape('\\$\\)C')],
  ['iso-2022-cn-ext', behindEscape('\\$(?:\\)E|\\+[I-M])')],
  ['iso-2022-cn', behindEscape('\\$(?:\\)[AG]|\\*H)')],
  ['iso-2022-jp-3', behindEscape('\\$\\([OPQ]')],
  ['iso-2022-jp-2', behindEscape('\\$(?:A|\\([CD])')],
  ['iso-2022-jp', behindEscape('(?:\\$[@B]|\\([IJ])')],
];
/** The one of them that the Encoding Standard has a decoder for. */
const decodable = 'iso-2022-jp';

/** The encoding of ISO 2022 that the bytes switch to, if any. */
export function escapeEncoding(bytes: Buffer): string | undefined {
  if (!bytes.includes(0x1b) || !isAscii(bytes)) return undefined;
  const text = bytes.toString('latin1');
  return designations.find(([, sequences]) => sequences.test(text))?.[0];
}

/** Whether what a byte of the encoding means depends on the sequences before it. */
export function isStateful(encoding: string): boolean {
  return designations.some(([name]) => name === encoding);
}

/** Whether it is known what an encoding is, but not what its bytes mean. */
export function isUnconvertible(encoding: string): boolean {
  return encoding !== decodable && isStateful(encoding);
}

/** Throws for a file in an encoding that cannot be converted. `subject` begins the message, `outcome` goes into it. */
export function requireConvertible(encoding: string, subject = 'The file', outcome = ''): void {
  if (!isUnconvertible(encoding)) return;
  const name = encoding.toUpperCase();
  throw new GatewayError(
    'unsupported',
    `${subject} seems to be in ${name}, by its escape sequences, which cannot be converted here. ${outcome}Convert the file to UTF-8 by other means (iconv -f ${name} -t UTF-8), or take its bytes as they are with read_media_file.`,
  );
}

function behindEscape(sequences: string): RegExp {
  return new RegExp(`\x1b${sequences}`);
}
