import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';
import { stripTags } from '../../../src/plugins/fetch/convert/strip-tags.ts';

const text = (html: string) => convertPage(html, 'https://site.example/', { ...wholePage, extract: 'full' }).text;
const seen = '<p style="color:#333;background:#eee">Seen</p>';

describe('text in the colour of its ground is left out', () => {
  test.each([
    ['on the default ground', '<p style="color:white">SECRET</p>'],
    [
      'by rules of two classes',
      '<style>.w{background:#fff}.k{color:#fff}</style><div class="w"><p class="k">SECRET</p></div>',
    ],
    ['by two rules for one element', '<style>.w{background:#123456}.k{color:#123456}</style><p class="w k">SECRET</p>'],
    [
      'by the body and a child',
      '<style>body{background:#222}p.k{color:#222}</style><body><p class="k">SECRET</p></body>',
    ],
    ['by an inherited colour', '<style>.k{color:#fff}</style><div class="k"><p><b>SECRET</b></p></div>'],
    [
      'by a rule over attributes',
      '<style>.k{color:#fff}</style><table bgcolor="#ffffff"><tr><td>A</td><td class="k">SECRET</td></tr></table>',
    ],
    ['by a more specific rule', '<style>p.k{color:#fff}.k{color:#000}</style><p class="k">SECRET</p>'],
    ['by an important rule', '<style>.k{color:#fff!important}#i{color:#000}</style><p class="k" id="i">SECRET</p>'],
    ['by the ground being the colour', '<p style="color:red;background:currentColor">SECRET</p>'],
    [
      'by a gradient of one colour',
      '<p style="color:#000;background:linear-gradient(90deg,#000,black 50%)">SECRET</p>',
    ],
    ['by a rule that may hold', '<style>@supports (display:grid){.k{color:#fff}}</style><p class="k">SECRET</p>'],
    ['by a variable', '<style>:root{--c:#fff}.k{color:var(--c)}</style><p class="k">SECRET</p>'],
    ['by a fallback', '<p style="color:var(--none, white)">SECRET</p>'],
    ['by the letters alone', '<p style="-webkit-text-fill-color:#fff">SECRET</p>'],
    ['by a colour laid thin', '<p style="color:rgb(255 255 255 / 50%);background:rgb(0 0 0 / 4%)">SECRET</p>'],
  ])('%s', (_, html) => {
    expect(text(seen + html)).toBe(text(seen) + (html.includes('<td>') ? '\n\n|  |  |\n| --- | --- |\n| A |  |' : ''));
  });

  test.each([
    'white',
    'WHITE',
    '#fff',
    '#FFFF',
    '#ffffff',
    '#ffffffff',
    '#fefefe',
    'rgb(100%,100%,100%)',
    'rgb(255 255 255)',
    'rgba(255,255,255,1)',
    'hsl(0,0%,100%)',
    'hsl(120deg 50% 100% / 1)',
    'hwb(0 100% 0%)',
    'lab(100% 0 0)',
    'lch(100 0 0)',
    'oklab(1 0 0)',
    'oklch(100% 0 0)',
    'color(srgb 1 1 1)',
    'snow',
    'whitesmoke',
  ])('written as %s', (colour) => {
    expect(text(`${seen}<p style="color:${colour}">SECRET</p>`)).toBe('Seen');
  });

  test('also where tags alone are read', () => {
    expect(stripTags('<style>.a{color:#fff}.b{background:white}</style><p>Seen</p><p class="a b">SECRET</p>')).toBe(
      'Seen',
    );
  });
});

describe('text that can be told from its ground stays', () => {
  test.each([
    ['light on dark of the body', '<style>body{background:#111;color:#fff}</style><body><p>Words</p></body>'],
    [
      'light on dark above it',
      '<style>.d{background:navy}.k{color:white}</style><div class="d"><p class="k">Words</p></div>',
    ],
    [
      'a dark box in a light one',
      '<div style="background:#fff"><div style="background:#000"><p style="color:#fff">Words</p></div></div>',
    ],
    ['on a picture over its own colour', '<p style="color:#fff;background:#fff url(hero.jpg)">Words</p>'],
    [
      'on a picture apart from its colour',
      '<div style="background-color:#fff;background-image:url(a.jpg)"><p style="color:#fff">Words</p></div>',
    ],
    ['on a picture', '<div style="background:url(dark.jpg)"><p style="color:#fff">Words</p></div>'],
    ['on a picture by attribute', '<table background="dark.jpg"><tr><td style="color:#fff">Words</td></tr></table>'],
    ['on a gradient', '<div style="background:linear-gradient(#000,#444)"><p style="color:#fff">Words</p></div>'],
    ['laid over a picture', '<div><img src="a.jpg"><div style="position:absolute;color:#fff">Words</div></div>'],
    [
      'under a dark condition that does not hold',
      '<style>@media (prefers-color-scheme:dark){p{color:#fff}}</style><p>Words</p>',
    ],
    [
      'where colour and ground come by the same condition',
      '<style>@supports (display:grid){.k{color:#fff;background:#000}}</style><p class="k">Words</p>',
    ],
    ['where a later rule wins', '<style>.k{color:#fff}.k{color:#000}</style><p class="k">Words</p>'],
    [
      'where another sheet may give the ground',
      '<link rel="stylesheet" href="a.css"><div class="hero"><p style="color:#fff">Words</p></div>',
    ],
    ['in a link, which browsers paint', '<p style="color:#fff"><a href="/x">Words</a></p>'],
    ['in grey', '<p style="color:#ccc">Words</p>'],
    ['of unknown colour', '<style>:root{--c:#fff}.d{--c:#000}p{color:var(--c)}</style><p>Words</p>'],
    ['inside hidden text', '<div style="color:#fff">x<p style="color:#000">Words</p></div>'],
  ])('%s', (_, html) => {
    expect(text(html)).toContain('Words');
  });
});

describe('text is left out that is hidden by way of', () => {
  test.each([
    '.x{--n:none;display:var(--n)}',
    '.x{display:var(--unset, none)}',
    ':root{--a:var(--b);--b:none}.x{display:var(--a)}',
    '@property --d{syntax:"*";inherits:false;initial-value:none}.x{display:var(--d)}',
    '.x{opacity:calc(0)}',
    '.x{opacity:calc(1 - 1)}',
    '.x{font-size:min(0px, 1em)}',
    '.x{font-size:clamp(0px, 1px, 2px)}',
    '.x{block-size:0;overflow:hidden}',
    '.x{inline-size:0;overflow:hidden}',
    '.x{max-block-size:0;overflow:hidden}',
    '.x{position:absolute;inset-inline-start:-9999px}',
    '.x{position:absolute;inset-block-start:-9999px}',
    '.x{margin-inline-start:calc(-100px * 100)}',
    '.x{mask:linear-gradient(transparent, transparent)}',
    '.x{-webkit-mask-image:linear-gradient(#0000 0 0)}',
  ])('%s', (css) => {
    expect(text(`<style>${css}</style><p>Seen</p><p class="x">SECRET</p>`)).toBe('Seen');
  });

  test.each([
    '.x{mask:url(a.svg)}',
    '.x{mask:linear-gradient(#000,transparent)}',
    '.x{width:calc(100% - 10px);overflow:hidden}',
    '.x{font-size:max(0px,1em)}',
    '.x{display:var(--d, block)}',
  ])('and not by %s', (css) => {
    expect(text(`<style>${css}</style><p class="x">Words</p>`)).toBe('Words');
  });
});
