import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const text = (html: string) => convertPage(html, 'https://site.example/', { ...wholePage, extract: 'full' }).text;

describe('text is left out that is drawn so that nobody reads it:', () => {
  test.each([
    ...['filter:invert(1)', 'filter:invert(100%);color:#000', 'filter:blur(20px)', 'filter:brightness(0) invert(1)'],
    ...['background:#fff;filter:contrast(0)', 'background:#333;color:#eee;filter:brightness(0)'],
    ...['background:#333;color:#eee;filter:brightness(1000)', 'background:#111;color:#eee;filter:invert(50%)'],
    ...['color:gold;background:#000;filter:brightness(0%)', 'filter:opacity(30%) opacity(20%)'],
    ...['line-height:0;overflow:hidden', 'line-height:0px;overflow:clip', 'font:16px/0 serif;overflow:hidden'],
    ...['text-indent:100%;overflow:hidden;white-space:nowrap', 'text-indent:101%;white-space:nowrap;overflow:clip'],
    ...['text-indent:-100vw', 'text-indent:-9999px', 'text-indent:-300%'],
    ...['backface-visibility:hidden;transform:rotateY(180deg)', 'transform:rotateX(.5turn);backface-visibility:hidden'],
    ...['backface-visibility:hidden;rotate:y 180deg', '-webkit-backface-visibility:hidden;transform:rotatey(200grad)'],
    ...['color:#fff;background-image:url(a.jpg);background-size:0 0', 'color:#fff;background:#fff url(a.jpg) 0 0/0 0'],
    ...['color:#fff;background:url(a.jpg) no-repeat -9999px 0', 'color:#fff;background:url(#a)'],
    ...['color:#fff;background:url(a.jpg);background-size:0', 'color:#fff;background:url(data:,x)'],
    ...['color:rgb(from white r g b)', 'color:rgb(from #fff r g b / 1)', 'color:rgb(from black r g b / 0)'],
    ...['color:hsl(from white h s l)', 'color:rgb(from black calc(r + 255) 255 255)', 'color:oklch(from white l c h)'],
    ...['color:color-mix(in srgb, white 99%, black)', 'color:color-mix(in oklab, white, #fefefe)'],
    ...['color:color-mix(in srgb, black 2%, transparent)', 'color:color-mix(in srgb, currentcolor, transparent 99%)'],
    ...['background:color-mix(in srgb, black, black);color:#000', 'background:rgb(from black r g b);color:#000'],
    ...[
      'transform:scale(.1) scale(.1)',
      'transform:matrix3d(0,0,0,0,0,0,0,0,0,0,1,0,0,0,0,1)',
      'transform:scale3d(1,0,1)',
    ],
    ...['transform:translateX(-400px) translateX(-400px)', 'transform:rotate3d(0,1,0,90deg)'],
    ...['-webkit-text-security:disc', '-webkit-text-security:square', 'font-size-adjust:0'],
    ...[
      'letter-spacing:-1em',
      'letter-spacing:-50px',
      'clip-path:circle(.5px)',
      'clip-path:polygon(0 0, 100% 0, 50% 0)',
    ],
    ...['clip-path:polygon(-9px -9px, -5px -9px, -5px -5px)', 'clip-path:path("M0 0 L0 0 L0 0 Z")'],
    ...['mask-image:url(a.png);mask-size:0 0', 'mask:linear-gradient(#000,#000) 0 0/0 0', 'zoom:.01'],
    ...[
      'font-size:.01vw',
      'font-size:calc(1em * 0)',
      'font-size:1e-3rem',
      'font-size:.1ch',
      'max-height:0;overflow:hidden',
    ],
    ...['position:absolute;inset:auto auto auto -999em', 'position:fixed;inset-inline:-9999px auto'],
    ...['color:transparent;text-shadow:none', 'color:transparent;text-shadow:0 0 40px #000'],
    ...[
      'color:#fff;text-shadow:1px 1px #fff',
      'color:#fff;text-shadow:0 0 0 #000',
      'color:#fff;text-shadow:9999px 0 #000',
    ],
    ...['color:#fff;text-shadow:1px 1px rgb(0 0 0 / 5%)', 'color:transparent;-webkit-text-stroke:0 #000'],
    ...['color:transparent;-webkit-text-stroke:1px #fff', 'color:transparent;background:#fff;background-clip:text'],
    ...['color:transparent;-webkit-background-clip:text'],
  ])('%s', (style) => {
    expect(text(`<p>Seen</p><div style="${style.replaceAll('"', "'")}">JUDGED</div>`)).toBe('Seen');
    expect(text(`<style>.x{${style}}</style><p>Seen</p><div class="x">JUDGED</div>`)).toBe('Seen');
  });

  test.each([
    [
      'faint parts of a faint whole',
      '<div style="opacity:.3"><p style="opacity:.5"><b style="opacity:.5">JUDGED</b></p></div>',
    ],
    [
      'rules that fade bit by bit',
      '<style>.o{opacity:.4}</style><div class="o"><div class="o"><p class="o">JUDGED</p></div></div>',
    ],
    ['a filter that fades around another', '<div style="filter:opacity(.3)"><p style="opacity:.3">JUDGED</p></div>'],
    ['a filter around the colours', '<div style="filter:invert(1)"><p><b>JUDGED</b></p></div>'],
    [
      'a filter over both colours',
      '<div style="filter:contrast(0)"><p style="background:#fff;color:#000">JUDGED</p></div>',
    ],
    ['two filters', '<div style="filter:invert(1)"><p style="color:#fff;filter:invert(1)">JUDGED</p></div>'],
    [
      'letters filled by what is around',
      '<div style="-webkit-text-fill-color:transparent"><p style="color:#000">JUDGED</p></div>',
    ],
    [
      'a turned side of a turned card',
      '<div style="transform:rotateY(180deg);transform-style:preserve-3d"><p style="backface-visibility:hidden">JUDGED</p></div>',
    ],
    ['flat lines inside', '<div style="line-height:0;overflow:hidden"><p>JUDGED</p></div>'],
    [
      'a shadow taken away inside',
      '<div style="color:#fff;text-shadow:1px 1px #000"><p style="text-shadow:none">JUDGED</p></div>',
    ],
    [
      'visibility taken on again',
      '<div style="visibility:hidden"><p style="visibility:visible;visibility:inherit">JUDGED</p></div>',
    ],
    ['a size taken on again', '<div style="font-size:0"><p style="font-size:16px;font-size:unset">JUDGED</p></div>'],
    [
      'one of two rules that may hold',
      '<style>@container (width>1px){.x{color:#fff}}@container (width>9px){.x{color:#000}}</style><p class="x">JUDGED</p>',
    ],
    [
      'a ground that may be seen through letters',
      '<style>@container (width>1px){.x{background:red;background-clip:text}}</style><p class="x" style="color:transparent">JUDGED</p>',
    ],
  ])('%s', (_, html) => {
    expect(text(`<p>Seen</p>${html}`)).toBe('Seen');
  });
});

test.each(['filter', 'transform', 'color', 'text-shadow', 'mask', 'animation', 'clip-path'])(
  'a value of %s without end is read in bounded time',
  (name) => {
    const begun = performance.now();
    for (const part of ['a', 'a-', 'a(', 'gradient(', '1', 'invert(1) '])
      text(`<style>@keyframes k{to{opacity:0}}.x{${name}:${part.repeat(100_000)}}</style><p class="x">Words</p>`);
    expect(performance.now() - begun).toBeLessThan(15_000);
  },
  30_000,
);
