const blockTag = /^\/?(p|div|br|li|tr|h[1-6]|table|section|article|ul|ol|pre|blockquote|dd|dt)\b/i;
const silentTag = /^(script|style|template|noscript|svg|head)\b/i;

/** The text between the tags, in one pass that takes no longer on a bad page than on a good one. The last resort. */
export function stripTags(html: string): string {
  const parts: string[] = [];
  let at = 0;
  while (at < html.length) {
    const open = html.indexOf('<', at);
    if (open === -1) {
      parts.push(html.slice(at));
      break;
    }
    parts.push(html.slice(at, open));
    if (!/[a-z/!?]/i.test(html[open + 1] ?? '')) {
      parts.push('<');
      at = open + 1;
      continue;
    }
    const close = html.indexOf('>', open);
    if (close === -1) break;
    const tag = html.slice(open + 1, Math.min(close, open + 40));
    if (blockTag.test(tag)) parts.push('\n');
    at = close + 1;
    const silent = silentTag.exec(tag)?.[1];
    if (silent !== undefined) {
      const end = html.indexOf(`</${silent}`, at);
      at = end === -1 ? html.length : end;
    }
  }
  const text = parts.join('').replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name: string) => entities[name] ?? ' ');
  return text
    .replace(/[ \t\r]+/g, ' ')
    .replace(/ ?\n[ \n]*/g, '\n')
    .trim();
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" };
