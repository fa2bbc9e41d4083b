const followable = new Set(['http:', 'https:', 'mailto:', 'tel:', 'ftp:', 'geo:', 'magnet:']);

/** The link's target as an absolute URL; undefined for what no reader should follow (`javascript:`, `data:`) or cannot. User names and passwords in it are left out. */
export function absoluteUrl(href: string, base: URL | undefined): string | undefined {
  const text = href.trim();
  if (text === '') return undefined;
  const asItIs = settled(text, base);
  if (asItIs !== undefined) return asItIs;
  try {
    const url = base ? new URL(text, base) : new URL(text);
    if (!followable.has(url.protocol)) return undefined;
    // Setting them costs as much as reading the whole URL.
    if (url.username !== '') url.username = '';
    if (url.password !== '') url.password = '';
    return url.href;
  } catch {
    return undefined; // not a URL in any reading
  }
}

/** What reading it as a URL (WHATWG) gives back as it stands: host, path, query and fragment of plain characters. */
const whole =
  /^https?:\/\/(?:[a-z0-9-]+\.)+[a-z]+\/[\w\-~/.:,;=@!$&()*+%]*(?:\?[\w\-~/.:,;=@!$&()*+%?]*)?(?:#[\w\-~/.:,;=@!$&()*+%?]*)?$/;
const path = /^\/(?!\/)[\w\-~/.:,;=@!$&()*+%]*(?:\?[\w\-~/.:,;=@!$&()*+%?]*)?(?:#[\w\-~/.:,;=@!$&()*+%?]*)?$/;
/** Segments that step up or stay, in whatever spelling, and names that are spelled otherwise. */
const moving = /\/(?:\.|%2e)|xn--/i;

/** Most links of most pages are written in full or from the root, and in plain characters: those need no parser. */
function settled(text: string, base: URL | undefined): string | undefined {
  if (moving.test(text)) return undefined;
  if (whole.test(text)) return text;
  if (base === undefined || !/^https?:$/.test(base.protocol) || !path.test(text)) return undefined;
  return base.origin + text;
}

/** Where relative links of a page lead: its `<base href>` if that is a web URL, else its own URL. */
export function baseOf(baseHref: string | undefined, pageUrl: string): URL | undefined {
  const page = URL.canParse(pageUrl) ? new URL(pageUrl) : undefined;
  const base = baseHref === undefined ? undefined : absoluteUrl(baseHref, page);
  return base !== undefined && /^https?:/.test(base) ? new URL(base) : page;
}
