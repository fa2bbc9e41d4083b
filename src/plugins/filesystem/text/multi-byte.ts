/** Encodings beside UTF-8 whose characters have one to four bytes; in all of them a byte below 0x30 is one by itself. */
const multiByte = new Set(['big5', 'gbk', 'gb18030', 'shift_jis', 'euc-jp', 'euc-kr']);
const lowestInside = 0x30;

/** Whether only reading on from a known beginning tells where characters of an encoding begin. */
export function isMultiByte(encoding: string): boolean {
  return multiByte.has(encoding);
}

/** How many bytes at the end are part of a character that is not whole. The bytes begin with a whole one. */
export function unfinishedBytes(bytes: Buffer, encoding: string): number {
  let start = bytes.length;
  while (start > 0 && (bytes[start - 1] ?? 0) >= lowestInside) start--;
  let end = bytes.length;
  while (end > start && !isWhole(bytes.subarray(start, end), encoding)) end--;
  return bytes.length - end;
}

function isWhole(bytes: Buffer, encoding: string): boolean {
  const decoder = new TextDecoder(encoding);
  decoder.decode(bytes, { stream: true });
  return decoder.decode() === ''; // nothing was held back
}
