import { describe, expect, test } from 'vitest';
import { convert } from '../../../src/plugins/fetch/convert/convert.ts';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const text = (html: string) => convertPage(html, 'https://site.example/', { ...wholePage, extract: 'full' }).text;

describe('what browsers show of a page is read wherever its markup puts it', () => {
  test.each([
    ['before the body', '<html><head><title>t</title></head><p>Odd words</p><body><p>Rest</p></body></html>'],
    ['after the body', '<html><body><p>Rest</p></body><p>Odd words</p></html>'],
    ['after the end', '<html><body><p>Rest</p></body></html>Odd words'],
    ['in a second body', '<html><body><p>Rest</p></body><body><p>Odd words</p></body></html>'],
    ['in the head', '<html><head><title>t</title><p>Odd words</p><meta name=x></head><body><p>Rest</p></body></html>'],
    ['in the head as bare text', '<head><title>t</title>Odd words</head><body><p>Rest</p></body>'],
    ['in a head that is never closed', '<head><title>t</title><p>Odd words</p><div><p>Rest</p></div>'],
  ])('%s', (_, html) => {
    expect(text(html)).toContain('Odd words');
    expect(text(html)).toContain('Rest');
    expect(text(html)).not.toMatch(/^t$/m);
  });
});

describe('on a page without an html tag, rules about what is inside something else hide nothing', () => {
  test.each([
    '.menu{.item{display:none}}',
    ':is(.menu) .item{display:none}',
    ':where(.menu, .nav) .item{display:none}',
    'body{.menu{.item{display:none}}}',
    ':not(body) > .item{display:none}',
    ':has(.menu) > .menu .item{display:none}',
  ])('%s', (css) => {
    expect(text(`<style>${css}</style><p class="item">Open</p>`)).toContain('Open');
  });

  test.each([
    'body{.item{display:none}}',
    ':is(html, .menu) .item{display:none}',
    ':root .item{display:none}',
    ':not(.js) .item{display:none}',
  ])('and rules that name what every page has hide as ever: %s', (css) => {
    expect(text(`<style>${css}</style><p>Open</p><p class="item">Shut</p>`)).toBe('Open');
  });
});

describe('sheets of many rules', () => {
  const page = (css: string) => `<style>${css}</style><p>Start</p>${'<p class="a" data-k="7">Row</p>'.repeat(20_000)}`;

  test('are judged where each rule names an attribute', () => {
    const css = Array.from(
      { length: 200 },
      (_, index) => `[data-k="x${index}"]{display:none}[data-x${index}]{display:none}`,
    ).join('');
    const document = convertPage(page(css), 'https://site.example/', { ...wholePage, extract: 'full' });
    expect(document.text.endsWith('Row')).toBe(true);
    expect(document.warnings).toEqual([]);
  });

  test('that cannot be judged in bounded work come with a warning', () => {
    const css = Array.from({ length: 2000 }, (_, index) => `:not(.a):not(.x${index}) *{display:none}`).join('');
    const { warnings } = convertPage(page(css), 'https://site.example/', { ...wholePage, extract: 'full' });
    expect(warnings).toContainEqual(expect.stringContaining('too much to be judged'));
  });
});

test('a page sent as XHTML closes elements as XML does, one sent as HTML as HTML does', async () => {
  const bytes = Buffer.from(
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><p>before</p><script src="x.js"/><p>after</p></body></html>',
  );
  const page = async (contentType: string, format: 'markdown' | 'html') => {
    const source = { bytes, contentType, url: 'https://site.example/', cut: false };
    return (await convert(source, { ...wholePage, format }, false)).text;
  };
  expect(await page('application/xhtml+xml; charset=utf-8', 'markdown')).toBe('before\n\nafter');
  expect(await page('application/xhtml+xml', 'html')).toContain('after');
  expect(await page('text/html', 'markdown')).not.toContain('after');
});
