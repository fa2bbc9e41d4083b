export interface Decoded {
  readonly text: string;
  /** WHATWG name of the encoding that was used. */
  readonly charset: string;
}

/** Bytes to text: byte order mark, then HTTP header, then what the document declares, then UTF-8 if valid, then windows-1252. */
export function decodeText(bytes: Uint8Array, contentType: string | undefined): Decoded {
  const marked = byteOrderMark(bytes);
  if (marked) return decodeAs(bytes, marked);
  const declared = decoderName(/charset\s*=\s*["']?([^\s"';]+)/i.exec(contentType ?? '')?.[1]) ?? declaredInside(bytes);
  if (declared !== undefined && declared !== 'utf-8') return decodeAs(bytes, declared);
  const wide = guessUtf16(bytes);
  if (wide) return decodeAs(bytes, wide);
  const utf8 = decodeAs(bytes, 'utf-8');
  if (!utf8.text.includes('\ufffd') || isMostlyUtf8(bytes, utf8.text)) return utf8;
  return decodeAs(bytes, declaredInside(bytes) ?? 'windows-1252', 'utf-8');
}

function decodeAs(bytes: Uint8Array, charset: string, butNot?: string): Decoded {
  const name = charset === butNot ? 'windows-1252' : charset;
  if (name === 'windows-1252') return { text: windows1252(bytes), charset: name };
  return { text: new TextDecoder(name).decode(bytes), charset: name };
}

/** Bytes 0x80 to 0x9F in the WHATWG encoding standard, which TextDecoder of Node 20 reads as control characters. */
const above7f =
  '\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f' +
  '\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178';

function windows1252(bytes: Uint8Array): string {
  const latin1 = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
  return latin1.replace(/[\u0080-\u009f]/g, (control) => above7f[control.charCodeAt(0) - 0x80] ?? control);
}

function byteOrderMark(bytes: Uint8Array): string | undefined {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  return undefined;
}

function declaredInside(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 1024)).toString('latin1');
  const xml = /^\s*<\?xml[^>]*\bencoding\s*=\s*["']([\w.:-]+)/.exec(head)?.[1];
  const name = decoderName(charsetOfMeta(head.replace(/<!--[\s\S]*?(?:-->|$)/g, '')) ?? xml);
  // A document that could be read this far is not UTF-16, whatever it says (HTML standard, prescan).
  return name?.startsWith('utf-16') ? 'utf-8' : name;
}

/** What a `meta` declares, as the prescan of the HTML standard has it: `charset` itself, or a `Content-Type` in its place. */
function charsetOfMeta(head: string): string | undefined {
  for (const [, attributes = ''] of head.matchAll(/<meta(?=[\s/])((?:"[^"]*"|'[^']*'|[^'">])*)/gi)) {
    const values = new Map<string, string>();
    for (const [, name = '', double, single, bare] of attributes.matchAll(
      /([^\s"'<>/=]+)(?:\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'<>]+)))?/g,
    )) {
      const key = name.toLowerCase();
      if (!values.has(key)) values.set(key, double ?? single ?? bare ?? '');
    }
    const isType = values.get('http-equiv')?.trim().toLowerCase() === 'content-type';
    const content = isType ? /charset\s*=\s*["']?\s*([^\s"';]+)/i.exec(values.get('content') ?? '')?.[1] : undefined;
    const label = values.get('charset')?.trim() ?? content;
    if (decoderName(label) !== undefined) return label;
  }
  return undefined;
}

function decoderName(label: string | undefined): string | undefined {
  if (label === undefined) return undefined;
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined; // a label nobody knows says nothing
  }
}

/** UTF-16 without a mark, told by the zeros beside its markup and Latin letters: no other text has any. */
export function guessUtf16(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const length = Math.min(bytes.length, 1024) & ~1;
  let even = 0;
  let odd = 0;
  for (let at = 0; at < length; at += 2) {
    if (bytes[at] === 0) even++;
    if (bytes[at + 1] === 0) odd++;
  }
  const least = Math.max(2, length / 8); // a quarter of its characters; a single zero is a slip of some program
  if (length < 4 || Math.max(even, odd) < least || Math.min(even, odd) > length / 100) return undefined;
  return odd > even ? 'utf-16le' : 'utf-16be';
}

/** Whether a few broken characters stand among many good ones, as in a page cut in the middle of one. */
function isMostlyUtf8(bytes: Uint8Array, text: string): boolean {
  const broken = text.split('\ufffd').length - 1;
  let high = 0;
  for (const byte of bytes) if (byte >= 0x80) high++;
  return broken * 10 < high;
}
