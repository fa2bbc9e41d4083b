import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';
import { stripTags } from '../../../src/plugins/fetch/convert/strip-tags.ts';

const text = (html: string) => convertPage(html, 'https://site.example/', { ...wholePage, extract: 'full' }).text;
const styled = (css: string) => text(`<style>${css}</style><p>Seen</p><p class="x y">JUDGED</p>`);

describe('a declaration that no browser takes shows nothing', () => {
  test.each([
    ...['display:none;display:blocky', 'display:none;display:block foo', 'display:none;display:block !importan'],
    ...['display:none;display:-webkit-nonsense', 'display:none;display:-ms-grid', 'display:none;display:run-in'],
    ...['display:none;display:block\\ ', 'display:none;dis\\plays:block'],
    ...['display:none;display\\ :block', 'opacity:0;opacity:\\31', 'display:none;display:revert-layer'],
    ...['opacity:0;opacity:x', 'opacity:0;opacity:1 1', 'opacity:0;opacity:1.', 'visibility:hidden;visibility:seen'],
    ...['font-size:0;font-size:16', 'font-size:0;font:zz', 'font-size:0;font:16px', 'font-size:0;font-size:16zz'],
    ...['color:#fff;color:blackish', 'color:transparent;color:zz', 'color:#fff;background-color:blackk'],
    ...['color:#fff;background:black bogus', 'color:#fff;background:bogus', 'color:#fff;background-image:bogus'],
    ...['color:#fff;background:black black', 'color:#fff;background:url()', 'color:transparent;background-clip:textz'],
    ...[
      'position:absolute;left:-9999px;left:zz',
      'left:-9999px;left:5;position:absolute',
      'text-indent:-9999px;text-indent:none',
    ],
    ...[
      'clip-path:inset(50%);clip-path:zz',
      'clip-path:inset(50%);clip-path:inset(zz)',
      'position:fixed;clip:rect(0,0,0,0);clip:zz',
    ],
    ...[
      'transform:scale(0);transform:zz',
      'transform:scale(0);transform:translate(5)',
      'scale:0;scale:x',
      'zoom:0;scale:1',
    ],
    ...[
      'height:0;overflow:hidden;height:zz',
      'overflow:hidden;height:0;overflow:foo',
      'translate:-9999px;translate:zz',
    ],
    ...['filter:opacity(0);filter:blur(zz)', 'filter:opacity(0);filter:frob(1)', 'font:400 0px/1 serif'],
    ...['mask:linear-gradient(#0000,#0000);mask:zz', 'content-visibility:hidden;content-visibility:zz'],
  ])('%s', (style) => {
    expect(text(`<p>Seen</p><div style="${style}">JUDGED</div>`)).toBe('Seen');
    expect(styled(`.x{${style}}`)).toBe('Seen');
  });

  test.each([
    ...['display:none;display:block', 'display:none;display:block flow', 'display:none;display:unset'],
    ...['display:none;display:revert', 'display:none;display:inline-flex', 'display:none;display:bl\\6f ck'],
    ...['opacity:0;opacity:.9', 'opacity:0;opacity:90%', 'visibility:hidden;visibility:visible', 'scale:0;scale:1 1'],
    ...['font-size:0;font-size:16px', 'font-size:0;font:400 16px/1.5 Arial, serif', "font-size:0;font:16px'Some Font'"],
    ...['font-size:0;font-size:clamp(1rem, 2vw, 3rem)', 'font-size:0;font-size:medium', 'font-size:0;font:menu'],
    ...[
      'color:#fff;color:rgb(1 2 3)',
      'color:transparent;color:black',
      'color:#fff;background:black no-repeat 0 0/cover',
    ],
    ...[
      'position:absolute;left:-9999px;left:auto',
      'position:absolute;left:-9999px;left:0',
      'clip-path:inset(50%);clip-path:none',
      'position:absolute;clip:rect(0,0,0,0);clip:auto',
    ],
    ...['transform:scale(0);transform:scale(1) translateX(5px)', 'transform:scale(0);transform:none', 'zoom:0;zoom:1'],
    ...[
      'height:0;overflow:hidden;height:auto',
      'height:0;overflow:hidden;overflow:visible',
      'filter:opacity(0);filter:none',
    ],
    ...['max-height:0;overflow:hidden;max-height:calc(50vh - 10px)', 'mask:linear-gradient(#0000,#0000);mask:none'],
  ])('while one that they take does: %s', (style) => {
    expect(text(`<div style="${style}">JUDGED</div>`)).toBe('JUDGED');
  });
});

describe('a rule that browsers drop shows nothing', () => {
  test.each([
    ...[
      '.x.y,.x.y:frobnicate(){display:block}',
      '.x.y,{display:block}',
      ',.x.y{display:block}',
      '.x.y,>{display:block}',
    ],
    ...['.x.y,.3{display:block}', '.x.y,#3{display:block}', '.x.y,[a{display:block}', '.x.y,[a=3]{display:block}'],
    ...[
      '.x.y, p::nothing{display:block}',
      '.x.y:is(){display:block}',
      '.x.y:not(){display:block}',
      '.x.y:where(){display:block}',
    ],
    ...['.x.y,:frobnicate{display:block}', '.x.y,:hover(){display:block}', '.x.y,:nth-child(zz){display:block}'],
    ...['.x.y,:nth-child(2n 3){display:block}', '.x.y,:not(:frob){display:block}', '.x.y,:has(){display:block}'],
    ...['; .x.y{display:block}', '} .x.y{display:block}', '<!- .x.y{display:block}', '{.x.y{display:block}}'],
    ...[
      '.x.y > > p,.x.y{display:block}',
      '.x.y >,.x.y{display:block}',
      '> .x.y{display:block}',
      '.x.y,.a*{display:block}',
    ],
    ...['.x.y,p::before.b{display:block}', '.x.y,p::before b{display:block}', '.x.y,::-moz-made{display:block}'],
    ...[
      '.x.y,:-moz-made{display:block}',
      '.x.y,svg|p{display:block}',
      '.y/**/z,.x.y{x:y}.x/**/y.x.y{display:block}',
      '*|b.x.y{display:block}',
    ],
    ...[
      '.x.y{x:{display:block}}',
      '.x.y{a:[;display:block}',
      '.x.y{a:(;display:block}',
      '.x.y{a:[}.x.y{display:block}',
    ],
    ...[
      'a[{}.x.y{display:block}',
      '.x.y,:frob{.x.y&{display:block}}',
      '.x.y{{display:block}}',
      '.x.y{display:bl/**/ock}',
    ],
  ])('%s', (css) => {
    expect(styled(`.x{display:none}${css}`)).toBe('Seen');
  });

  test.each([
    ...['display:none;x:{display:block}', 'display:none;@media all{display:block}', 'display:none;a:[;display:block'],
    ...[
      'display:none;a:{[;display:block',
      'display:none;bl/**/ock',
      'display:none;{display:block}',
      'display:none;display:block}',
    ],
    ...[
      'x:{a};display:none',
      'display:none;x:{;display:block;}',
      'display:none;display:bl/**/ock',
      'dis/**/play:block;display:none',
    ],
  ])('nor does what stands in a block of a style attribute: %s', (style) => {
    expect(text(`<p>Seen</p><p style="${style}">JUDGED</p>`)).toBe('Seen');
  });

  test.each([
    ...[
      '.x,:frobnicate(){display:none}',
      '.x,.3{display:none}',
      '.x,{display:none}',
      ';.x{display:none}',
      '.x:is(){display:none}',
    ],
    ...[
      '.x:frobnicate{display:none}',
      '.x{x:{display:none}}',
      '.x{a:[;display:none}',
      '}.x{display:none}',
      '*|b.x{display:none}',
    ],
  ])('and hides nothing: %s', (css) => {
    expect(styled(css)).toBe('Seen\n\nJUDGED');
  });

  test.each([
    ...[
      '.x.y,:hover{display:block}',
      '.x.y:is(.y,:frob){display:block}',
      '.x.y:where(.x,){display:block}',
      '.x.y,p::before{display:block}',
    ],
    ...['.x.y,::-webkit-scrollbar{display:block}', '.x.y,p:nth-child(2n + 1){display:block}', '.x{&.y{display:block}}'],
    ...[
      '/**/.x/**/.y/**/{/**/display/**/:/**/block/**/}',
      '@layer a;.x.y{display:block}',
      '<!-- .x.y{display:block} -->',
    ],
    ...[
      '.x.y,a:not(b,c):has(> d)>e::after{display:block}',
      '*|p.x.y{display:block}',
      '.x.y{a:b;;display:block}',
      'body{> .x.y{display:block}}',
    ],
    ...['.x.y,input:checked,:disabled,:dir(ltr),:lang(en){display:block}', '.x.y{&p{display:block}}'],
  ])('while one that they take does: %s', (css) => {
    expect(text(`<style>.x{display:none}${css}</style><body><p>Seen</p><p class="x y">JUDGED</p></body>`)).toBe(
      'Seen\n\nJUDGED',
    );
  });
});

describe('layers win as browsers have them win', () => {
  const panel = (css: string) =>
    text(`<style>${css}</style><p>Seen</p><div id="app"><div class="x panel">JUDGED</div></div>`);

  test.each([
    '@layer a,b;@layer b{.x{display:none}}@layer a{.x{display:block}}',
    '@layer base,utilities;@layer base{#app .panel{display:block}}@layer utilities{.x{display:none}}',
    '@layer a{@layer b{#app .x{display:block}}.x{display:none}}',
    '@layer a.b,a.c;@layer a{@layer c{.x{display:none}}}@layer a.b{#app .x{display:block}}',
    '@layer a{.x{display:none!important}}#app .x{display:block!important}',
    '@layer a,b;@layer b{.x{display:block!important}}@layer a{.x{display:none!important}}',
    '@layer{.x{display:block}}@layer{.x{display:none}}',
    '@import "a.css" layer(z);@layer b{.x{display:none}}@layer z{.x{display:block}}',
    '.x{display:none}@layer a{.x{display:block}}',
    '.x{display:none}.panel{display:revert-layer}',
    '@layer a{.x{color:#fff!important}}.x{color:#000!important}',
    '@layer a{.x{display:none}}@layer 3{.x{display:block}}',
  ])('to hide: %s', (css) => {
    expect(panel(css)).toBe('Seen');
  });

  test.each([
    '@layer a,b;@layer a{#app .x{display:none}}@layer b{.x{display:block}}',
    '@layer a,b;@layer b{.x{display:none!important}}@layer a{.x{display:block!important}}',
    '@layer a{#app .x{display:none}}.x{display:block}',
    '@layer a{.x{display:none}@layer b{.x{color:red}}}@layer c{.x{display:block}}',
    '@media print{@layer b,a;}@layer a,b;@layer a{.x{display:none}}@layer b{.x{display:block}}',
  ])('and to show: %s', (css) => {
    expect(panel(css)).toBe('Seen\n\nJUDGED');
  });

  test('however deep and many they are', () => {
    const many = Array.from({ length: 5000 }, (_, at) => `@layer l${at}.m.n;`).join('');
    expect(panel(`@layer ${'a.'.repeat(20_000)}a{.x{display:none}}${many}`)).toBe('Seen');
  });
});

describe('sheets that no browser with scripts applies are not read', () => {
  test.each(['noscript', 'template', 'noembed'])('in %s', (name) => {
    const page = (outer: string, inner: string) =>
      `<style>${outer}</style><p>Seen</p><${name}><style>${inner}</style></${name}><p class="x">JUDGED</p>`;
    for (const read of [text, (html: string) => stripTags(html)]) {
      expect(read(page('.x{display:none}', '.x{display:block}'))).not.toContain('JUDGED');
      expect(read(page('', '.x{display:none}'))).toContain('JUDGED');
    }
  });
});

test('only an annotation in TeX stands for its formula', () => {
  const formula = (encoding: string) =>
    text(`<math><semantics><mi>q</mi><annotation encoding="${encoding}">NOTED</annotation></semantics></math>`);
  expect(formula('application/x-tex')).toContain('NOTED');
  expect(formula('text/plain')).not.toContain('NOTED');
});

test.each([
  ...[
    'color:light-dark(white,black)',
    'color:light-dark(rgb(255 255 255), #000)',
    'color:color-mix(in srgb, white, #fff)',
  ],
  ...['height:0;contain:paint', 'max-height:0;overflow-y:scroll', 'rotate:y 90deg', "clip-path:path('M0 0')"],
  ...['clip-path:xywh(0 0 0 0)', 'letter-spacing:-1000px', 'color:#fff;color:rgb(from white r g b)'],
])('text is left out that is hidden by %s', (style) => {
  expect(text(`<p>Seen</p><div style="${style}">JUDGED</div>`)).toBe('Seen');
});

test.each(['color:light-dark(black,white)', 'letter-spacing:-1px', 'rotate:90deg', 'clip-path:xywh(0 0 9px 9px)'])(
  'text stays beside %s',
  (style) => {
    expect(text(`<div style="${style}">JUDGED</div>`)).toBe('JUDGED');
  },
);
