import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { pageLinks } from '../../../src/plugins/fetch/convert/html/page-links.ts';
import { pageMetadata } from '../../../src/plugins/fetch/convert/html/page-metadata.ts';
import { pageSource } from '../../../src/plugins/fetch/convert/html/page-source.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const url = 'https://site.example/';
const text = (html: string, options = {}) => convertPage(html, url, { ...wholePage, ...options }).text;
const styled = (css: string, html = '<p class="x">SECRET</p>') => `<style>${css}</style><p>Seen</p>${html}`;

describe('text is left out that an inline style hides by', () => {
  test.each([
    ...[
      'display:none!important',
      'DISPLAY : NONE',
      'display:none;display:xyzzy',
      'color:red;;;display:none',
      'x:(;);display:none',
    ],
    ...[
      'visibility:hidden',
      'visibility:collapse',
      'opacity:0',
      'opacity:.0',
      'opacity:0%',
      'opacity:0.01',
      'opacity:1e-9',
      'opacity:-1',
    ],
    ...[
      'filter:opacity(0)',
      'filter:blur(0) opacity(0%)',
      'font-size:0',
      'font-size:1px',
      'font-size:0.01em',
      'font-size:1%',
      'font:0/0 a',
    ],
    ...[
      'font:1px/1 serif',
      'font-size:calc(0px)',
      'zoom:0',
      'zoom:1%',
      'scale:0',
      'scale:1 0',
      'translate:-9999px',
      'content-visibility:hidden',
    ],
    ...[
      'transform:scale(0)',
      'transform:scale(0,1)',
      'transform:scaleX(0)',
      'transform:scale3d(0,0,0)',
      'transform:matrix(0,0,0,0,0,0)',
      'font:0 serif',
      'font:bold 0 Arial',
      'display:table-column',
    ],
    ...[
      'transform:translateX(-9999px)',
      'transform:translate(-200vw, 0)',
      'transform:translate3d(0,-5000px,0)',
      'transform:rotateY(90deg)',
    ],
    ...[
      'position:absolute;left:-9999px',
      'position:fixed;top:-100em',
      'position:absolute;right:-99999px',
      'left:9999px;position:absolute',
    ],
    ...[
      'position:absolute;inset:-9999px auto auto auto',
      'margin-left:-9999px',
      'margin:-9999px 0 0 0',
      'text-indent:-9999px',
      'text-indent:-999em',
    ],
    ...[
      'position:absolute;clip:rect(0,0,0,0)',
      'clip:rect(1px 1px 1px 1px);position:fixed',
      'clip-path:inset(50%)',
      'clip-path:inset(100% 0 0 0)',
      'clip-path:circle(0)',
    ],
    ...['clip-path:circle(0 at 50% 50%)', 'clip-path:polygon(0 0, 0 0, 0 0)', '-webkit-clip-path:inset(100%)'],
    ...[
      'height:0;overflow:hidden',
      'max-height:0;overflow:hidden',
      'width:1px;height:1px;overflow:clip',
      'height:0;overflow-y:hidden',
    ],
    ...[
      'color:transparent',
      'color:#fff0',
      'color:rgba(0,0,0,0)',
      'color:rgb(0 0 0 / 0%)',
      '-webkit-text-fill-color:transparent',
    ],
    ...[
      'color:white;background:#fff',
      'background-color:rgb(255, 255, 255);color:#FFFFFF',
      'color:hsl(0,0%,50%);background:hsl(0,0%,50%)',
    ],
  ])('%s', (style) => {
    const html = `<p>Seen</p><div style="${style}"><p>SECRET <b>SECRET</b></p></div>`;
    expect(text(html)).toBe('Seen');
    expect(pageSource(html, url, { ...wholePage, format: 'html' }).text).not.toContain('SECRET');
  });

  test.each([
    '<div style="background:#fff"><p><span style="color:#fff">SECRET</span></p></div>',
    '<table bgcolor="#ffffff"><tr><td>Cell</td><td><font color="white">SECRET</font></td></tr></table>',
    '<div popover>SECRET</div>',
    '<dialog>SECRET</dialog>',
    '<div hidden="until-found">SECRET</div>',
    '<div style="visibility:hidden">SECRET<img src="/a.png" alt="SECRET"></div>',
    '<pre>code <span style="display:none">SECRET</span></pre>',
    '<p>See <code>x<i hidden>SECRET</i></code></p>',
    '<p><math><mi>x</mi><mtext style="display:none">SECRET</mtext></math></p>',
    '<div><title>SECRET</title>Words</div>',
    '<noembed>SECRET</noembed><noframes>SECRET</noframes>',
  ])('or that markup hides: %s', (html) => {
    expect(text(`<p>Seen</p>${html}`)).toContain('Seen');
    expect(text(`<p>Seen</p>${html}`)).not.toContain('SECRET');
  });
});

describe("text is left out that the page's own sheet hides by", () => {
  test.each([
    ...[
      '.x{display:none}',
      'p.x{display:none}',
      '.a,.x{display:none}',
      '.x:not(.y){display:none}',
      ':is(.x,.y){display:none}',
    ],
    ...[
      ':where(.x){display:none}',
      'body .x,.x{display:none}',
      'p:not(:first-of-type){display:none}',
      'p:nth-of-type(2){display:none}',
    ],
    ...[
      'p+p{display:none}',
      'p~p{display:none}',
      '[class]{display:none}',
      '[class=x]{display:none}',
      '[class="x"]{display:none}',
    ],
    ...[
      "p[class^='x']{display:none}",
      '[class~=x]{display:none}',
      '[CLASS*=x i]{display:none}',
      'p:last-child{display:none}',
      'p:nth-last-child(1){display:none}',
    ],
    ...[
      '.x:not(:hover){display:none}',
      '.x:only-child,.x:nth-child(2n+1 of p),p.x{display:none}',
      '.x:lang(en){display:none}',
    ],
    ...[
      '@media screen{.x{display:none}}',
      '@media all and (min-width:600px){.x{display:none}}',
      '@media (width >= 1400px){.x{display:none}}',
    ],
    ...[
      '@media not print{.x{display:none}}',
      '@media (prefers-color-scheme:light){.x{display:none}}',
      '@media (weird-thing){.x{display:none}}',
    ],
    ...[
      '@supports (display:grid){.x{display:none}}',
      '@layer a{.x{display:none}}',
      '@layer a{@media screen{@supports (a:b){.x{display:none}}}}',
    ],
    ...[
      '@container (width>1px){.x{display:none}}',
      '@scope (body){.x{display:none}}',
      ':is(.y,:not(.z)){&.x{display:none}}',
      'p{&.x{display:none}}',
    ],
    ...[
      'p{.q &.x,&:is(.x){display:none}}',
      '.x{@media screen{display:none}}',
      '.x{color:red;@media screen{&{display:none}}}',
      '.x{&{&{&{display:none}}}}',
    ],
    ...[
      'a::before{content:"/*"}.x{display:none}a{content:"*/"}',
      'a{content:"}"}.x{display:none}',
      "a{content:'\\\n}'}.x{display:none}",
    ],
    ...[
      'a{background:url(x;{)}.x{display:none}',
      '<!-- .x{display:none} -->',
      '/* { */.x{display:none}',
      '.x{display:none',
    ],
    ...[
      '.x{display:none}.x{display:xyzzy}',
      '.x{display:none!important}.x{display:block}',
      '.x{display:none}@layer b{p.x{display:block}}',
    ],
    ...[
      '.x{display:none}@media print{.x{display:block}}',
      '.x{display:none}@media (max-width:500px){.x{display:block}}',
      '.x{display:none}.x:hover{display:block}',
    ],
    ...[
      '.x{height:0}.x{overflow:hidden}',
      '.x{visibility:hidden}',
      '.x{font-size:0}',
      '.x{opacity:0}',
      '.x{color:#fff;background:#fff}',
      '.\\78{display:none}',
      '.x/**/{display:/**/none}',
    ],
    ...[
      '@import "a.css";.x{display:none}',
      '@charset "utf-8";@namespace a "b";.x{display:none}',
      'body:has(.x) .x{display:none}',
      'p:has(b),.x{display:none}',
    ],
    ...['*{display:none}body,p:not(.x),style{display:block}', 'svg|p,*|p.x{display:none}'],
  ])('%s', (css) => {
    expect(text(styled(css))).toBe('Seen');
  });

  test.each([
    '<style media="screen">.x{display:none}</style>',
    '<style type="text/css" media="all and (min-width: 1px)">.x{display:none}</style>',
    '<link rel="stylesheet" href="data:text/css,.x%7Bdisplay:none%7D">',
    '<link rel="StyleSheet" href="data:text/css;charset=utf-8;base64,LnggeyBkaXNwbGF5OiBub25lIH0=">',
  ])('or a sheet of another form: %s', (sheet) => {
    expect(text(`${sheet}<p>Seen</p><p class="x">SECRET</p>`)).toBe('Seen');
  });

  test('and stays where the sheet is for paper or for no browser', () => {
    for (const attribute of ['media="print"', 'type="text/x-template"']) {
      expect(text(`<style ${attribute}>.x{display:none}</style><p class="x">Words</p>`)).toBe('Words');
    }
  });

  test('even where it is longer, deeper or fuller than any real one', () => {
    expect(text(styled(`${'.a{color:red}'.repeat(60_000)}.x{display:none}`))).toBe('Seen');
    expect(
      text(styled(`${Array.from({ length: 60_000 }, (_, at) => `.a${at}{display:none}`).join('')}.x{display:none}`)),
    ).toBe('Seen');
    expect(text(styled(`${'@media screen{'.repeat(5000)}.x{display:none}`))).toBe('Seen');
    expect(text(styled(`.x{${'&{'.repeat(5000)}display:none`))).toBe('Seen');
    expect(text(styled(`${':is('.repeat(5000)}.x${')'.repeat(5000)}{display:none}`))).not.toContain('SECRET');
    expect(text(styled(`${'* '.repeat(5000)}.x,.x{display:none}`))).toBe('Seen');
  });
});

describe('text stays that a reader sees:', () => {
  test.each([
    ...[
      '.y{display:none}',
      'div .x{display:none}',
      '.x>p{display:none}',
      '.x:hover{display:none}',
      '.x::before{display:none}',
      '.x:not(p){display:none}',
    ],
    ...[
      'p:first-child>.x{display:none}',
      'p:nth-child(7){display:none}',
      '.x.y{display:none}',
      '[class=y]{display:none}',
      '.x:empty{display:none}',
    ],
    ...[
      '.xx{display:none}',
      '#x{display:none}',
      'section p{display:none}',
      '.x + .x{display:none}',
      '.x:has(img){display:none}',
    ],
    ...[
      '@media print{.x{display:none}}',
      '@media (max-width:600px){.x{display:none}}',
      '@media (prefers-color-scheme:dark){.x{display:none}}',
    ],
    ...[
      '@media only screen and (max-width: 40em){.x{display:none}}',
      '@keyframes a{from{opacity:0}}',
      '@font-face{.x{display:none}}',
    ],
    ...[
      '.x{display:none}.x{display:block}',
      '.x{display:none}@media (min-width:768px){.x{display:block}}',
      '.x{display:none}p.x{display:flex}',
    ],
    ...[
      '@layer a{p.x{display:none}}.x{display:block}',
      '.x{opacity:0}.x{opacity:1}',
      '.x{visibility:hidden}p.x{visibility:visible}',
    ],
    ...[
      '.x{display:block!important}.x{display:none}',
      '.x{height:0}',
      '.x{overflow:hidden}',
      '.x{margin-left:-100%}',
      '.x{top:-40px}',
    ],
    ...[
      '.x{color:transparent;background:linear-gradient(red,blue);-webkit-background-clip:text}',
      '.x{transform:translate(-50%,-50%)}',
      '.x{font-size:.8em}',
    ],
    ...[
      '.x{color:rgb(0,0,0)}',
      '.x{opacity:.5}',
      '.x{clip-path:inset(0)}',
      '.x{clip:auto}',
      '.x{clip-path:circle(50%)}',
      '.x{transform:scale(1.2)}',
      '.x{max-width:100%;overflow:hidden}',
    ],
    ...[
      '.x{font:400 16px/1.5 sans-serif}',
      '.x{font:italic bold .8em/1.2 Arial}',
      '.x{width:0%}',
      '.x{display:var(--d)}',
      '.x{animation:a 0s}',
      '.x{color:#fff;background:#000}',
    ],
  ])('%s', (css) => {
    expect(text(styled(css, '<p class="x">Words</p>'))).toBe('Seen\n\nWords');
  });

  test('inside of what is hidden, where it takes that back', () => {
    expect(text('<div style="visibility:hidden">SECRET<p style="visibility:visible">Words</p></div>')).toBe('Words');
    expect(
      text(
        '<ul style="font-size:0"><li style="font-size:16px">One</li> SECRET <li style="font-size:1em">SECRET</li></ul>',
      ),
    ).toContain('One');
    expect(text('<style>.o{font-size:0}.o b{font-size:1rem}</style><p class="o">SECRET<b>Words</b></p>')).toBe(
      '**Words**',
    );
    expect(
      text('<div style="background:#fff"><div style="background:#000"><p style="color:#fff">Words</p></div></div>'),
    ).toBe('Words');
    expect(
      text(
        '<link rel="stylesheet" href="a.css"><div style="background:#fff"><a class="button" style="color:#fff">Words</a></div>',
      ),
    ).toBe('Words');
  });

  test('in what opens without a script, and on the page as a whole', () => {
    expect(text('<details><summary>More</summary><p>Words</p></details>')).toContain('Words');
    expect(text('<style>body{opacity:0}html{visibility:hidden}</style><body><p>Words</p></body>')).toBe('Words');
  });
});

test('hidden text is in no list of links, no outline and nothing a selector finds', () => {
  const html =
    '<div hidden><h2>SECRET</h2><a href="/s">SECRET</a><p class="q">SECRET</p></div><h2>Seen</h2><a href="/a">Word<b hidden>SECRET</b></a><p class="q">Par<i style="opacity:0">SECRET</i></p>';
  expect(pageLinks(html, url).links).toEqual([{ url: `${url}a`, text: 'Word', rel: null, internal: true }]);
  expect(pageMetadata(html, url).headings).toEqual([{ level: 2, text: 'Seen' }]);
  expect(text(html, { selector: '.q' })).toBe('Par');
});

describe('a hostile sheet is read in bounded time:', () => {
  const elements = '<p class="a"><b>x</b></p>'.repeat(20_000);
  test.each([
    ['many rules for many elements', `${'p{display:none}'.repeat(20_000)}`, elements],
    ['rules that nearly match', 'p:not(.a){display:none}'.repeat(20_000), elements],
    ['showing rules for hidden elements', `p{display:none}${'p{display:block}'.repeat(20_000)}`, elements],
    [
      'selectors that walk back and forth',
      'a b>c d~e f '.repeat(20).concat('{display:none}').repeat(500),
      '<a><b><c><d></d><e><f>'.repeat(2000),
    ],
    [
      'descendants without end',
      `${'div '.repeat(25)}q{display:none}`.repeat(200),
      `${'<div>'.repeat(5000)}${'<q>x</q>'.repeat(5000)}`,
    ],
    [':has() over all', 'div:has(q){display:none}'.repeat(1000), '<div>'.repeat(5000)],
    ['siblings', 'i~b{display:none}'.repeat(300), '<b>x</b>'.repeat(20_000)],
    ['nesting that multiplies', 'p,b,i,u,a{'.repeat(200).concat('&&&&&{display:none}'), elements],
    ['2 MB of commas', `${','.repeat(2_000_000)}{display:none}`, elements],
    ['1 MB of open brackets', `${'('.repeat(1_000_000)}{display:none}`, elements],
    ['1 MB of quotes', `${'"\\'.repeat(500_000)}{display:none}`, elements],
    ['1 MB of url(', 'url('.repeat(250_000), elements],
    ['1 MB of [', `${'['.repeat(1_000_000)}{display:none}`, elements],
    ['1 MB of braces', '{'.repeat(1_000_000), elements],
    ['300,000 selectors in :is()', `:is(${'a,'.repeat(300_000)}b){display:none}`, elements],
    ['200,000 pseudo-classes', `${':is(b)'.repeat(200_000)}{display:none}`, elements],
    ['500,000 selectors', `${'.a.b,'.repeat(500_000)}q{display:none}`, elements],
  ])(
    '%s',
    (_, css, html) => {
      const begun = performance.now();
      text(`<style>${css}</style>${html}`);
      expect(performance.now() - begun).toBeLessThan(15_000);
    },
    30_000,
  );
});
