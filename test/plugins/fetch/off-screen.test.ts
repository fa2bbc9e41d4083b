import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const text = (html: string) => convertPage(html, 'https://site.example/', { ...wholePage, extract: 'full' }).text;

describe('what stands where nobody scrolls to is left out:', () => {
  test.each([
    ...['position:fixed;top:0;left:0;width:280px;transform:translateX(-100%)', 'position:absolute;left:-100%'],
    ...['position:absolute;right:200%', 'position:fixed;left:100vw', 'position:fixed;right:-300px;width:280px'],
    ...['position:fixed;inset:0;transform:translateY(100%)', 'position:fixed;inset:0;translate:-100% 0'],
    ...['position:fixed;top:-100%', 'position:absolute;top:-100vh;height:50vh', 'position:fixed;bottom:-100%'],
    ...['position:fixed;left:-20em;width:300px', 'position:fixed;right:0;transform:translate(100%,0)'],
    ...['position:fixed;left:0;transform:translate3d(calc(-100% - 10px),0,0)', 'position:fixed;left:100%;top:0'],
    ...['position:fixed;bottom:0;transform:translateY(110%)', 'position:absolute;top:0;transform:translateY(-100%)'],
  ])('%s', (style) => {
    expect(text(`<p>Seen</p><div style="${style}">SECRET</div>`)).toBe('Seen');
    expect(text(`<style>.x{${style}}</style><p>Seen</p><div class="x">SECRET</div>`)).toBe('Seen');
    const [first = '', ...others] = style.split(';');
    const rules = `.x{${first}}@media(min-width:1px){div.x{${others.join(';')}}}`;
    expect(text(`<style>${rules}</style><p>Seen</p><div class="x">SECRET</div>`)).toBe('Seen');
  });

  test('until a rule for wide screens brings it back', () => {
    const drawer = '.d{position:fixed;left:0;width:280px;transform:translateX(-100%)}';
    const wide = '@media(min-width:1024px){.d{transform:none}}';
    expect(text(`<style>${drawer}${wide}</style><div class="d">SHOWN</div>`)).toBe('SHOWN');
  });
});

describe('what a reader sees or scrolls to stays:', () => {
  test.each([
    ...['position:absolute;top:3000px', 'position:absolute;left:100%', 'position:absolute;top:200%'],
    ...['position:fixed;top:50%;left:50%;transform:translate(-50%,-50%)', 'position:fixed;left:0;right:0;bottom:0'],
    ...['position:relative;left:-100%', 'transform:translateX(-100%)', 'position:absolute;transform:translateX(-100%)'],
    ...['position:absolute;left:-100%;width:300%', 'position:fixed;right:-300px;width:400px', 'position:fixed;top:0'],
    ...[
      'position:absolute;left:50%;transform:translateX(-100%)',
      'position:fixed;left:-20px',
      'position:absolute;right:0',
    ],
    ...['position:absolute;bottom:-100%', 'position:fixed;left:100px;transform:translateX(-50%)'],
  ])('%s', (style) => {
    expect(text(`<div style="${style}">SHOWN</div>`)).toBe('SHOWN');
  });

  test('also beside a box that is placed itself', () => {
    expect(text('<div style="position:relative">A<p style="position:absolute;right:100%">NOTE</p></div>')).toContain(
      'NOTE',
    );
    expect(
      text('<div style="position:relative"><b>A</b><p style="position:absolute;bottom:100%">NOTE</p></div>'),
    ).toContain('NOTE');
  });
});
