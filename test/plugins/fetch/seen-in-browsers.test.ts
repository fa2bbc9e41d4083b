import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const text = (html: string) => convertPage(html, 'https://site.example/', { ...wholePage, extract: 'full' }).text;

describe('text stays that browsers show:', () => {
  test.each([
    ...['color:transparent;text-shadow:0 0 0 #000', 'color:transparent;text-shadow:1px 1px 2px black'],
    ...['color:#fff;text-shadow:1px 1px 2px #000', 'color:#fff;text-shadow:0 0 1px #fff,-1px -1px 0 rgb(0 0 0 / .8)'],
    ...[
      'color:transparent;-webkit-text-stroke:1px #000',
      '-webkit-text-fill-color:transparent;-webkit-text-stroke:2px red',
    ],
    'color:#fff;text-shadow:0 0 2px light-dark(black,white)',
    'color:#fff;text-shadow:1px 1px color-mix(in srgb,rgb(0 0 0),hsl(0deg 0% 0%))',
    ...['-webkit-text-fill-color:transparent;text-shadow:0 0 1px', 'color:#fff;filter:drop-shadow(1px 1px 1px #000)'],
    ...['left:-9999px', 'position:static;left:-9999px', 'position:absolute;left:-9999px;position:static', 'top:-100em'],
    ...['clip:rect(0,0,0,0)', 'inset:-9999px auto auto auto', 'position:relative;clip:rect(0 0 0 0)'],
    ...[
      'display:none;all:unset',
      'display:none;all:initial',
      'opacity:0;visibility:hidden;all:revert',
      'color:#fff;all:initial',
    ],
    ...['opacity:0;opacity:unset', 'transform:scale(0);transform:revert', 'visibility:hidden;visibility:unset'],
    ...['font-size:0;font-size:inherit', 'letter-spacing:-999px;letter-spacing:normal', 'rotate:y 90deg;rotate:none'],
    ...[
      'filter:invert(1);color:#fff',
      'filter:brightness(0)',
      'filter:brightness(9)',
      'filter:contrast(0)',
      'filter:blur(1px)',
    ],
    ...['filter:grayscale(1)', 'filter:invert(1);background:#fff', 'filter:hue-rotate(90deg)', 'filter:url(#f)'],
    ...['opacity:.3', 'line-height:0', 'overflow:hidden;line-height:1', 'line-height:0;overflow:hidden;height:40px'],
    ...[
      'line-height:0;overflow:hidden;padding:20px',
      'text-indent:100%',
      'text-indent:2em;overflow:hidden;white-space:nowrap',
    ],
    ...[
      'backface-visibility:hidden',
      'backface-visibility:hidden;transform:rotateY(360deg)',
      'transform:rotateZ(180deg);backface-visibility:hidden',
    ],
    ...[
      'transform:rotateY(180deg)',
      'transform:scale(.1) scale(10)',
      'transform:rotate(-3deg) translate(10px)',
      'transform:scaleX(-1)',
    ],
    ...['color:#fff;background:#000;background-size:0 0', 'color:#fff;background:url(a.jpg);background-size:cover'],
    ...[
      'color:#fff;background:url(a.png) 0 0/1px 1px',
      'color:rgb(from white 0 0 0)',
      'color:color-mix(in srgb, white, black)',
    ],
    ...[
      'color:rgb(from black r g b / .9)',
      'color:color-mix(in srgb, black 90%, transparent)',
      '-webkit-text-security:none',
    ],
    ...['background:color-mix(in srgb, black, #111);color:#fff', 'letter-spacing:-2px', 'font-size-adjust:.5'],
    ...[
      'clip-path:polygon(0 0, 100% 0, 100% 100%)',
      'clip-path:circle(40%)',
      'clip-path:polygon(50% 0, 100% 50%, 50% 100%, 0 50%)',
    ],
    ...['height:0;overflow:hidden;padding-bottom:56%', 'mask-image:none;mask-size:0', 'mask-image:url(a.svg)'],
  ])('%s', (style) => {
    expect(text(`<div style="${style}">JUDGED</div>`)).toBe('JUDGED');
    expect(text(`<style>.x{${style}}</style><p>Seen</p><div class="x">JUDGED</div>`)).toBe('Seen\n\nJUDGED');
  });

  test.each([
    ...['width:0;overflow:hidden', 'height:0;overflow:hidden', 'max-height:0;max-width:0;overflow:hidden'],
    ...['transform:scale(0)', 'scale:0', 'margin-top:-9999px', 'content-visibility:hidden', 'text-indent:-9999px'],
  ])('in a line, where boxes have no size of their own: %s', (style) => {
    expect(text(`<p>Some <span style="${style}">JUDGED</span></p>`)).toBe('Some JUDGED');
    expect(text(`<style>.x{${style}}</style><p>Some <b class="x">JUDGED</b></p>`)).toContain('JUDGED');
    expect(text(`<div style="display:inline;${style}">JUDGED</div>`)).toBe('JUDGED');
    for (const out of ['display:inline-block', 'display:block', 'float:left', 'position:absolute', 'display:flex']) {
      expect(text(`<p>Some <span style="${style};${out}">JUDGED</span></p>`)).toBe('Some');
      expect(text(`<style>span.x{${out}}</style><p>Some <span class="x" style="${style}">JUDGED</span></p>`)).toBe(
        'Some',
      );
    }
    expect(text(`<p style="display:flex">Some <span style="${style}">JUDGED</span></p>`)).toBe('Some');
    expect(text(`<style>p{display:grid}</style><p>Some <span style="${style}">JUDGED</span></p>`)).toBe('Some');
    const elsewhere = '<link rel="stylesheet" href="a.css">';
    expect(text(`${elsewhere}<p>Some <span style="${style}">JUDGED</span></p>`)).toBe('Some');
    expect(text(`${elsewhere}<p>Some <span style="display:inline;${style}">JUDGED</span></p>`)).toBe('Some JUDGED');
  });

  test.each([
    [
      'a card with two sides',
      '<div style="transform-style:preserve-3d"><p style="backface-visibility:hidden">JUDGED</p></div>',
    ],
    [
      'a side turned back',
      '<div style="transform:rotateY(180deg);transform-style:preserve-3d"><p style="backface-visibility:hidden;transform:rotateY(180deg)">JUDGED</p></div>',
    ],
    [
      'lines of their own height',
      '<div style="line-height:0;overflow:hidden"><p style="line-height:1.5">JUDGED</p></div>',
    ],
    ['a shadow from around', '<div style="text-shadow:1px 1px #000"><p style="color:#fff">JUDGED</p></div>'],
    [
      'a shadow by a rule',
      '<style>.s{text-shadow:1px 1px 1px #000}.k{color:transparent}</style><div class="s"><p class="k">JUDGED</p></div>',
    ],
    [
      'a ground through letters inside',
      '<div style="background:linear-gradient(red,blue);background-clip:text"><b style="color:transparent">JUDGED</b></div>',
    ],
    [
      'what lies in a box of a ratio',
      '<style>.r{position:relative;height:0;overflow:hidden;padding-top:56%}.r p{position:absolute;inset:0}</style><div class="r"><p>JUDGED</p></div>',
    ],
    [
      'a filter over dark ground',
      '<div style="filter:invert(1)"><p style="background:#fff;color:#000">JUDGED</p></div>',
    ],
    ['a filter in a filter', '<div style="filter:invert(1)"><p style="filter:invert(1)">JUDGED</p></div>'],
    [
      'a ground by another sheet',
      '<link rel="stylesheet" href="a.css"><p class="h" style="color:transparent;background-clip:text">JUDGED</p>',
    ],
  ])('%s', (_, html) => {
    expect(text(html)).toContain('JUDGED');
  });

  test('but offsets hide where a sheet that is not read may place the box', () => {
    const page = (style: string) =>
      text(`<link rel="stylesheet" href="a.css"><p>Seen</p><p style="${style}">JUDGED</p>`);
    expect(page('left:-9999px')).toBe('Seen');
    expect(page('clip:rect(0 0 0 0)')).toBe('Seen');
    expect(page('position:static;left:-9999px')).toBe('Seen\n\nJUDGED');
  });
});
