/**
 * Whether two texts of an unknown encoding that extends ASCII have the same in all that is not known: bytes from 0x80 on,
 * and the one right after such a byte, which may be the second half of a character (Shift_JIS, GBK, Big5). What stood
 * together still does, so that no character of several bytes is cut, joined or made.
 */
export function keepsUnknownBytes(before: Buffer, after: Buffer): boolean {
  let [old, fresh] = [nextUnknown(before, 0), nextUnknown(after, 0)];
  while (old !== -1 && fresh !== -1) {
    if (before[old] !== after[fresh]) return false;
    const [nextOld, nextFresh] = [nextUnknown(before, old + 1), nextUnknown(after, fresh + 1)];
    if ((nextOld === old + 1) !== (nextFresh === fresh + 1)) return false;
    [old, fresh] = [nextOld, nextFresh];
  }
  return old === fresh;
}

function nextUnknown(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) {
    if ((bytes[at] ?? 0) >= 0x80 || (at > 0 && (bytes[at - 1] ?? 0) >= 0x80)) return at;
  }
  return -1;
}
