import { describe, expect, test } from 'vitest';
import { supportsHolds } from '../../../src/plugins/fetch/convert/css/supports-query.ts';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const text = (html: string) => convertPage(html, 'https://site.example/', wholePage).text;

test.each([
  ['(display: grid)', 'yes'],
  ['not (display: grid)', 'no'],
  ['(not (display:grid))', 'no'],
  ['(display:grid) and (not (display:inline-grid))', 'no'],
  ['(display:grid) or (made: up)', 'yes'],
  ['(display:grid) and (made: up)', 'maybe'],
  ['not (made: up)', 'maybe'],
  ['(display: made-up)', 'maybe'],
  ['selector(:has(a))', 'yes'],
  ['not selector(:focus-visible)', 'no'],
  ['selector(:made-up(a))', 'maybe'],
  ['font-tech(color-COLRv1)', 'maybe'],
  ['((position: sticky) or (position:-webkit-sticky))', 'yes'],
  ['(--a: b)', 'yes'],
  ['(height: 100dvh) and (width: min(10px, 5vw))', 'yes'],
  ['(backdrop-filter: blur(10px)) or (-webkit-backdrop-filter: blur(10px))', 'yes'],
  ['(color: oklch(0 0 0))', 'yes'],
  ['not (color: color-mix(in srgb, red, blue))', 'no'],
  ['(-webkit-background-clip: text)', 'yes'],
  ['(grid-template-columns: subgrid)', 'yes'],
  ['not (container-type: inline-size)', 'no'],
  ['(text-wrap: balance)', 'yes'],
  ['(-webkit-line-clamp: 2)', 'yes'],
  ['(display: -ms-grid)', 'no'],
  ['(-ms-ime-align: auto)', 'no'],
  ['not (-ms-high-contrast: none)', 'yes'],
  ['(animation-made: up)', 'maybe'],
  ['', 'maybe'],
  ['(((', 'maybe'],
  ['(a:b) and (c:d) or (e:f)', 'maybe'],
  ['('.repeat(50_000), 'maybe'],
  ['not '.repeat(50_000), 'maybe'],
])('@supports %.60s: %s', (condition, holds) => {
  expect(supportsHolds(condition)).toBe(holds);
});

describe('text is judged by the conditions around a rule', () => {
  test.each([
    ['@supports not (display:grid){.x{display:none}}', true],
    ['@supports (display:grid){.x{display:none}}', false],
    ['@supports not (made:up){.x{display:none}}', false],
    ['.x{display:none}@supports (display:grid){.x{display:block}}', true],
    ['.x{display:none}@supports (display:made-up){.x{display:block}}', false],
    ['.x{display:none}@supports not (display:grid){.x{display:block}}', false],
    ['@scope (.y){.x{display:none}}', true],
    ['@scope (body){.x{display:none}}', false],
    ['@scope (.x){:scope{display:none}}', false],
    ['@scope (.x){p{display:none}}', false],
    ['@scope (.x){display:none}', false],
    ['@scope (.z){&{color:red} .x{display:none}}', false],
    ['@scope (.z) to (.w){.x{display:none}}', false],
    ['@scope (:is(.z)){.x{display:none}}', false],
    ['@scope (body) to (.z){.x{display:none}}', true],
    ['@scope (body) to (.x){.x{display:none}}', true],
    ['@scope (body) to (> .z){p{display:none}}', true],
    ['@scope (body) to (:scope > .w){p{display:none}}', false],
    ['@scope (.z) to (body){.x{display:none}}', false],
    ['@scope (body) to (.z){@media screen{.x{display:none}}}', true],
    ['@scope (body) to (:made-up){.x{display:none}}', false],
    ['@scope (body) to (.z:state(made-up)){.x{display:none}}', false],
    ['@scope (body) to (.y){.x{display:none}}', false],
    ['.x{display:none}@scope (.z){.x{display:block}}', false],
    ['@scope (.z){@media print{.x{display:none}}}', true],
    ['@scope (.z){.v{.x{display:none}}}', true],
    ['@scope (.y){p,.x{display:none}}', true],
  ])('%s', (css, isSeen) => {
    const page = `<style>${css}</style><body><p>Seen</p><div class="z"><p class="x">JUDGED</p></div><div class="y"></div></body>`;
    expect(text(page).includes('JUDGED')).toBe(isSeen);
  });
});
