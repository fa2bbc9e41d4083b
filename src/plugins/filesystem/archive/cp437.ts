/** The characters of the bytes 128 to 255 in IBM code page 437, in which names are where nothing says otherwise (APPNOTE D.1). */
const upper =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00a0';

/** Text in CP437. The bytes below 128 are those of ASCII, control characters too. */
export function fromCp437(bytes: Buffer): string {
  return bytes.toString('latin1').replaceAll(/[\u0080-\u00ff]/g, (byte) => upper[byte.charCodeAt(0) - 128] ?? byte);
}
