import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';
import { seenText } from '../../../src/plugins/fetch/convert/seen-text.ts';

const markdown = (html: string) => convertPage(`<p>${html}</p>`, 'https://site.example/', wholePage).text;

describe('emphasis is written in marks that CommonMark reads where they stand', () => {
  test.each([
    ['gam<em>m</em>a', 'gam*m*a'],
    ['<em>a</em> word, (<i>another</i>) and <i>third</i>.', '_a_ word, (_another_) and _third_.'],
    ['un<b>believ</b>able', 'un**believ**able'],
    ['<i>word</i>s and <b>w</b>ords', '*word*s and **w**ords'],
    ['x<b><i>both</i></b>y and <b><i>both</i></b>', 'x***both***y and **_both_**'],
    ['<i>a</i><b>b</b>', '_a_**b**'],
    ['<b>a</b><b>b</b> <i>c</i><i>d</i>', '**ab** _cd_'],
    ['<em>out<em>in</em>out</em> <b>out <strong>in</strong></b>', '_outinout_ **out in**'],
    ['<b><i>a</i></b><i>b</i>', '**_a_**_b_'],
    ['<em>snake_case</em>', '_snake_case_'],
    ['<del>old</del>new <s>a<del>b</del></s>', '~~old~~new ~~ab~~'],
    ['<b>one<br>two</b>', '**one  \ntwo**'],
    ['<b>Title<br></b>Words', '**Title**  \nWords'],
  ])('%s', (html, expected) => {
    expect(markdown(html)).toBe(expected);
  });

  test.each([
    ['punctuation at an edge that touches a word goes outside', 'a<b>(x)</b>b', 'a(**x**)b'],
    ['also that of other scripts', '<b>「重要」</b>です', '**「重要**」です'],
    ['and of a quotation', '<b>“quoted”</b>s', '**“quoted**”s'],
    [
      'a link or code that touches a word has no marks',
      '<b><code>f</code></b>s <b><a href="/l">l</a></b>s',
      '`f`s [l](https://site.example/l)s',
    ],
    ['nor has punctuation alone', 'a<b>…</b>b', 'a…b'],
  ])('%s', (_, html, expected) => {
    expect(markdown(html)).toBe(expected);
  });

  test('marks that a page writes itself stay text', () => {
    expect(markdown('\ufdd0a\ufdd3 *b* &#xfdd0;c&#xfdd3; <code>&#xfdd7;d</code>')).toBe('a \\*b\\* c `d`');
  });

  test.each([
    ['a listing', '<pre>a&#xe0041;&#x200b;b&#xfdd0;</pre>', '```\nab\n```'],
    [
      'a listing in a table',
      '<table class="highlighttable"><tr><td class="linenos"><pre>1</pre><td class="code"><pre>a&#xe0041;b&#xfdd0;</pre></table>',
      '```\nab\n```',
    ],
    ['a formula', '<p>so <math alttext="a&#xe0041;b&#xfdd0;"></math></p>', 'so $ab$'],
  ])('nor are invisible characters left in %s', (_, html, expected) => {
    expect(convertPage(html, 'https://site.example/', wholePage).text).toBe(expected);
  });

  test('many spans take no longer for each', () => {
    const text = markdown('a<b>(x)</b>'.repeat(30_000));
    expect(text.startsWith('a(**x**)a(**x**)')).toBe(true);
  });
});

describe('what stands side by side stays apart', () => {
  test.each([
    ['code and code', '<code>a</code><code>b</code> <b><code>c</code></b>x', '`ab` `c`x'],
    ['an exclamation mark and a link', 'Wow!<a href="/l">link</a>', 'Wow\\![link](https://site.example/l)'],
    ['an exclamation mark and a picture', 'Wow!<img src="/i.png" alt="i">', 'Wow!![i](https://site.example/i.png)'],
  ])('%s', (_, html, expected) => {
    expect(markdown(html)).toBe(expected);
  });
});

test.each([
  ['x***both***y', 'xbothy'],
  ['*a **b***', 'a b'],
  ['***a* b**', 'a b'],
  ['un**a**b*c*d', 'unabcd'],
])('the marks of %s are not searched', (source, seen) => {
  expect(seenText(source).text).toBe(seen);
});
