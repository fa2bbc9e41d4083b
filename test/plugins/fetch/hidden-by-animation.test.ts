import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const text = (css: string, style = '') =>
  convertPage(`<style>${css}</style><p>Seen</p><p class="x" style="${style}">JUDGED</p>`, 'https://site.example/', {
    ...wholePage,
    extract: 'full',
  }).text;

describe('text is left out that an animation ends by hiding:', () => {
  test.each([
    '@keyframes h{to{opacity:0}}.x{animation:h 0s forwards}',
    '.x{animation:h 0s both}@keyframes h{100%{visibility:hidden}}',
    '@keyframes h{from{opacity:1}to{font-size:0}}.x{animation-name:h;animation-fill-mode:forwards;animation-duration:1s}',
    '@-webkit-keyframes h{to{display:none}}.x{-webkit-animation:h .1s forwards}',
    '@keyframes h{to{color:#fff}}.x{animation:h 1s forwards}',
    '@keyframes h{from,to{opacity:0}}.x{animation:h 1s infinite}',
    '@keyframes h{from{opacity:0}}.x{animation:h 1s paused both}',
    '@keyframes h{from{opacity:0}to{opacity:1}}.x{animation:h 1s 9999s both}',
    '@keyframes h{from{opacity:0}to{opacity:1}}.x{animation:h 1s reverse forwards}',
    '@keyframes a{to{color:red}}@keyframes h{to{opacity:0}}.x{animation:a 1s,h 1s forwards}',
    '@media screen{@keyframes h{to{opacity:0}}}.x{opacity:1;animation:h 0s forwards}',
    '@keyframes h{to{opacity:1}}.x{opacity:0!important;animation:h 1s forwards}',
    '@keyframes h{to{opacity:1}}.x{opacity:0;animation:h 1s}',
    '@keyframes in{to{opacity:1}}@keyframes o{to{color:red}}.x{opacity:0;animation:in 1s,o 1s forwards}',
    '@container (width>1px){@keyframes h{to{opacity:1}}}.x{opacity:0;animation:h 1s forwards}',
  ])('%s', (css) => {
    expect(text(css)).toBe('Seen');
  });

  test('also where a style attribute begins it', () => {
    expect(text('@keyframes h{to{opacity:0}}', 'opacity:1;animation:h 0s forwards')).toBe('Seen');
  });
});

describe('text stays that an animation', () => {
  test.each([
    ['fades in', '@keyframes in{to{opacity:1}}.x{opacity:0;animation:in 1s forwards}'],
    ['shifts in', '@keyframes in{from{transform:translateX(-999px)}to{transform:none}}.x{animation:in 1s both}'],
    [
      'fades in by the end',
      '@keyframes in{0%{opacity:0}50%{opacity:0}100%{opacity:1}}.x{opacity:0;animation:in 1s .5s both}',
    ],
    ['begins hidden', '@keyframes in{from{opacity:0}}.x{animation:in 1s}'],
    ['lets blink', '@keyframes b{from,to{opacity:0}50%{opacity:1}}.x{animation:b 1s infinite}'],
    ['hides but for a while', '@keyframes h{to{opacity:0}}.x{animation:h 1s}'],
    [
      'hides only while another one runs on',
      '@keyframes h{to{opacity:0}}@keyframes o{to{color:red}}.x{animation:h 1s,o 1s forwards}',
    ],
    [
      'fades in beside an endless one',
      '@keyframes in{to{opacity:1}}@keyframes o{to{color:red}}.x{opacity:0;animation:in 1s forwards,o 1s infinite}',
    ],
    ['of another element hides', '@keyframes h{to{opacity:0}}.y{animation:h 1s forwards}.x{animation:none}'],
    ['hides where a rule says otherwise', '@keyframes h{to{opacity:0}}.x{animation:h 1s forwards;opacity:1!important}'],
  ])('%s', (_, css) => {
    expect(text(css)).toBe('Seen\n\nJUDGED');
  });

  test('begun by a style attribute shows', () => {
    expect(text('@keyframes in{to{opacity:1}}', 'opacity:0;animation:in 1s forwards')).toBe('Seen\n\nJUDGED');
  });
});

test('many animations are read in bounded time', () => {
  const begun = performance.now();
  const names = Array.from(
    { length: 20_000 },
    (_, at) => `@keyframes k${at}{to{opacity:0}}.x{animation:k${at} 1s forwards}`,
  );
  expect(text(names.join(''))).toBe('Seen');
  text(`@keyframes a{${'to{opacity:0}'.repeat(50_000)}}.x{animation:${'a,'.repeat(200_000)}a 1s forwards}`);
  expect(performance.now() - begun).toBeLessThan(15_000);
}, 30_000);
