const followable = new Set(['http:', 'https:', 'mailto:', 'tel:', 'ftp:', 'geo:', 'magnet:']);

/** The link's target as an absolute URL; undefined for what no reader should follow (`javascript:`, `data:`) or cannot. User names and passwords in it are left out. */
export function absoluteUrl(href: string, base: URL | undefined): string | undefined {
  const text = href.trim();
  if (text === '') return undefined;
  try {
    const url = base ? new URL(text, base) : new URL(text);
    if (!followable.has(url.protocol)) return undefined;
    if (url.host !== '') {
      url.username = '';
      url.password = '';
    }
    return url.href;
  } catch {
    return undefined; // not a URL in any reading
  }
}

/** Where relative links of a page lead: its `<base href>` if that is a web URL, else its own URL. */
export function baseOf(baseHref: string | undefined, pageUrl: string): URL | undefined {
  const page = URL.canParse(pageUrl) ? new URL(pageUrl) : undefined;
  const base = baseHref === undefined ? undefined : absoluteUrl(baseHref, page);
  return base !== undefined && /^https?:/.test(base) ? new URL(base) : page;
}
