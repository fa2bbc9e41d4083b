const number = String.raw`[+-]?(?:\d+|\d*\.\d+)(?:e[+-]?\d+)?`;
const fixed = 'px|rem|pt|pc|in|cm|mm|q|[sld]?v(?:w|h|i|b|min|max)';
const length = String.raw`(?:${number}(?:${fixed}|em|ex|ch|lh)|[+-]?0(?:\.0+)?)`;
const extent = `(?:${length}|${number}%)`;
const share = `${number}%?`;
const angle = `(?:${number}(?:deg|grad|rad|turn)|0)`;

const upTo = (most: number, item: string, between = ' ') => `${item}(?:${between}${item}){0,${most - 1}}`;
const call = (names: string, inside: string) => String.raw`(?:${names})\( ?${inside} ?\)`;
const comma = ' ?, ?';
const whole = (...patterns: string[]) => new RegExp(`^(?:${patterns.join('|')}|initial)$`);
const chain = (...calls: string[]) => `(?:${calls.join('|')})(?: ?(?:${calls.join('|')})){0,20}`;

const box = 'flow|flow-root|table|flex|grid';
const display = whole(
  'inherit|unset|revert|block|inline|inline-block|flow-root|contents|list-item|ruby|(?:inline-)?(?:flex|grid|table)',
  'table-(?:row|cell|column|caption|row-group|header-group|footer-group|column-group)',
  `-webkit-(?:inline-)?(?:box|flex)|(?:block|inline) (?:${box})|(?:${box}) (?:block|inline)`,
);
const nothing = whole('none');
const offset = whole('auto', extent);
const offsets = whole(upTo(4, `(?:auto|${extent})`));
const size = whole('auto|min-content|max-content|fit-content', extent);
const mostSize = whole('none|min-content|max-content|fit-content', extent);
const clipPath = whole(
  'none',
  call('inset', upTo(4, extent)),
  call('circle', extent),
  call('ellipse', `${extent} ${extent}`),
  call('polygon', upTo(100, `${extent} ${extent}`, comma)),
);
const transform = whole(
  'none',
  chain(
    call('scale', upTo(2, share, comma)),
    call('scale[xyz]', share),
    call('scale3d', `${share}${comma}${share}${comma}${share}`),
    call('translate', upTo(2, extent, comma)),
    call('translate[xy]', extent),
    call('translatez', length),
    call('translate3d', `${extent}${comma}${extent}${comma}${length}`),
    call('(?:rotate|skew)[xyz]?', angle),
    call('matrix', `${number}(?:${comma}${number}){5}`),
  ),
);
const filter = whole(
  'none',
  chain(
    call('brightness|contrast|grayscale|invert|opacity|saturate|sepia', share),
    call('blur', length),
    call('hue-rotate', angle),
  ),
);

/**
 * The values of each property that every browser of today takes. What is not among them may be invalid, so it takes
 * nothing back that an earlier declaration hides.
 */
const valid: Readonly<Record<string, RegExp>> = {
  display,
  visibility: whole('visible|hidden|collapse'),
  opacity: whole(share),
  filter,
  'font-size': whole('(?:x{1,3}-)?(?:small|large)|medium', `${number}(?:${fixed})`),
  clip: whole('auto', call('rect', upTo(4, `(?:auto|${length})`, '(?: ?, ?| )'))),
  'clip-path': clipPath,
  '-webkit-clip-path': clipPath,
  transform,
  scale: whole('none', upTo(3, share)),
  translate: whole('none', upTo(3, extent)),
  zoom: whole('normal', share),
  'text-indent': whole(extent),
  inset: offsets,
  margin: offsets,
  'inset-inline': whole(upTo(2, `(?:auto|${extent})`)),
  'inset-block': whole(upTo(2, `(?:auto|${extent})`)),
  mask: nothing,
  'mask-image': nothing,
  '-webkit-mask': nothing,
  '-webkit-mask-image': nothing,
  position: whole('static|relative|absolute|fixed|sticky'),
  overflow: whole(upTo(2, '(?:visible|hidden|clip|scroll|auto)')),
  'content-visibility': whole('visible|auto'),
  'line-height': whole('normal', share, extent),
  'letter-spacing': whole('normal', extent),
  '-webkit-text-security': nothing,
  'font-size-adjust': whole('none', number),
  'white-space': whole('normal|nowrap|pre|pre-wrap|pre-line|break-spaces'),
  'text-wrap': whole('wrap|nowrap|balance|pretty|stable'),
  'text-wrap-mode': whole('wrap|nowrap'),
  rotate: whole('none', angle, `[xyz] ${angle}`),
  'backface-visibility': whole('visible|hidden'),
  'transform-style': whole('flat|preserve-3d'),
  contain: whole('none|size|layout|style'),
  float: whole('none|left|right|inline-start|inline-end'),
  'mask-size': whole(upTo(2, `(?:auto|cover|contain|${extent})`)),
  padding: whole(upTo(4, extent)),
  'padding-block': whole(upTo(2, extent)),
  'background-clip': whole(upTo(20, '(?:text|(?:border|padding|content)-box)', comma)),
};

/** Whether every browser is sure to take the value, given in lower case, for the property. */
export function isValid(name: string, value: string): boolean {
  const own = valid[name] ?? valid[name.replace(/^-webkit-/, '')];
  if (own) return own.test(value);
  if (/^(left|right|top|bottom|margin-|inset-)/.test(name)) return offset.test(value);
  if (/^(min-|padding-)/.test(name)) return size.test(value);
  if (/^max-(width|height|inline-size|block-size)$/.test(name)) return mostSize.test(value);
  return /^(width|height|inline-size|block-size)$/.test(name) && size.test(value);
}

const fontHead =
  /^(?:(?:normal|italic|oblique|small-caps|bold|bolder|lighter|[1-9]\d{0,3}|(?:ultra-|extra-|semi-)?(?:condensed|expanded)) ){0,5}/;
const fontTail = new RegExp(
  `^(${extent}|[+-]?0(?:\\.0+)?(?![\\w.%])|(?:x{1,3}-)?(?:small|large)|medium)(?: ?/ ?(normal|${share}|${extent}))? ?(?:(?<= )[a-z]|["'])[\\w "',-]*$`,
);

/** The height of lines that a `font` shorthand gives. */
export function lineHeightOf(font: string): string | undefined {
  return fontTail.exec(font.slice(fontHead.exec(font)?.[0].length ?? 0))?.[2];
}

/** The size that a `font` shorthand gives; undefined where it is not sure to be taken. */
export function fontSizeOf(font: string): string | undefined {
  if (/^(caption|icon|menu|message-box|small-caption|status-bar)$/.test(font)) return 'medium';
  const head = fontHead.exec(font)?.[0] ?? '';
  return fontTail.exec(font.slice(head.length))?.[1];
}
