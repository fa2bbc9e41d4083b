import { describe, expect, test } from 'vitest';
import { feedMarkdown } from '../../../src/plugins/fetch/convert/feed.ts';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { pageLinks } from '../../../src/plugins/fetch/convert/html/page-links.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const url = 'https://site.example/a/';
const markdown = (html: string) => convertPage(html, url, wholePage).text;

describe('lists keep the numbers that a reader sees', () => {
  test.each([
    ['below zero', '<ol start=-2><li>a<li>b<li>c<li>d</ol>', '- -2. a\n- -1. b\n0. c\n1. d'],
    ['backwards', '<ol reversed><li>x<li value=10>y<li>z</ol>', '3. x\n10. y\n9. z'],
    ['backwards past zero', '<ol reversed start=1><li>a<li>b<li>c</ol>', '1. a\n0. b\n- -1. c'],
    ['too large for Markdown', '<ol start=9999999999><li>a<li>b</ol>', '- 9999999999. a\n- 10000000000. b'],
    ['of one item', '<ol><li>a<li value=-5>b<li>c</ol>', '1. a\n- -5. b\n- -4. c'],
    ['that are none', '<ol start=x><li value=y>a<li>b</ol>', '1. a\n2. b'],
    ['before items of several lines', '<ol start=-1><li><p>a<p>b</ol>', '- -1. a\n\n  b'],
  ])('%s', (_, html, expected) => {
    expect(markdown(html)).toBe(expected);
  });
});

describe('text where markup does not expect any is not lost, and no part of its neighbours', () => {
  test.each([
    ['in a list', '<ul>loose<li>a</li>mid <b>bold</b> text<li>b</li></ul>', 'loose\n\n- a\n\nmid **bold** text\n\n- b'],
    ['in a list of nothing else', '<ol>only <i>text</i></ol>', 'only _text_'],
    ['in a definition list', '<dl>loose<dt>T<dd>D</dl>', 'loose\n\n**T**\n\n: D'],
    [
      'in a table and its rows',
      '<table>before<tr>in a <b>row</b><td>a<td>b</tr><div>box</div></table>',
      'before in a **row**\n\nbox\n\n|  |  |\n| --- | --- |\n| a | b |',
    ],
    [
      'rows in a form in a table',
      '<table><form><tr><td>a<td>b</tr></form></table>',
      '|  |  |\n| --- | --- |\n| a | b |',
    ],
  ])('%s', (_, html, expected) => {
    expect(markdown(html).replace(/ +/g, ' ')).toBe(expected.replace(/ +/g, ' '));
  });

  test('not of hidden elements', () => {
    expect(
      markdown('<table><p hidden>SECRET</p><tr><td>a<td>b</table><ul><b hidden>SECRET</b><li>a</ul>'),
    ).not.toContain('SECRET');
  });
});

describe('areas of image maps are links', () => {
  const page =
    '<img usemap="#m" src="x.png" alt="Plan"><map name="m"><area href="one.html" alt="One"><area href="two.html"><area nohref alt="No"></map>';

  test('in Markdown', () => {
    expect(markdown(page)).toBe(
      '![Plan](https://site.example/a/x.png) [One](https://site.example/a/one.html) [https://site.example/a/two.html](https://site.example/a/two.html)',
    );
  });

  test('in the list of links', () => {
    expect(pageLinks(page, url).links.map((link) => [link.url, link.text])).toEqual([
      ['https://site.example/a/one.html', 'One'],
      ['https://site.example/a/two.html', ''],
    ]);
  });

  test.each([
    '<map name="m"><area href="/s" alt="SECRET"></map>',
    '<img usemap="#m" src="x.png" hidden><map name="m"><area href="/s" alt="SECRET"></map>',
    '<img usemap="#m" src="x.png" width=1 height=1><map name="m"><area href="/s" alt="SECRET"></map>',
    '<img usemap="#m" src="x.png"><map name="m"><area href="/s" alt="SECRET" aria-hidden="true"></map>',
  ])('only where a reader can point at them: %s', (html) => {
    expect(markdown(`<p>Words</p>${html}`)).not.toContain('SECRET');
    expect(pageLinks(html, url).links).toEqual([]);
  });

  test('are listed once, however many images use the map', () => {
    const areas = '<area href="/s" alt="Area">'.repeat(500);
    expect(
      markdown(`${'<img usemap="#m" src="x.png">'.repeat(5000)}<map name="m">${areas}</map>`).match(/\[Area\]/g),
    ).toHaveLength(500);
  });
});

describe('destinations and headings hold nothing that ends them', () => {
  test.each([
    ['<a href="/a&#x2028;b&#x2029;c d&nbsp;e">l</a>', '[l](https://site.example/a%E2%80%A8b%E2%80%A9c%20d%C2%A0e)'],
    ['<a href="mailto:a b@c.example">l</a>', '[l](mailto:a%20b@c.example)'],
    ['<h2>Learn C #</h2>', '## Learn C \\#'],
    ['<h2>C# and F##</h2>', '## C# and F##'],
    ['<h2>One<br>two</h2>', '## One two'],
  ])('%s', (html, expected) => {
    expect(markdown(html)).toBe(expected);
  });

  test('in feeds too', () => {
    const entry = { title: 'T', url: 'https://site.example/a_(b)', published: null, author: null, summary: null };
    const feed = {
      type: 'rss',
      title: 'F',
      description: null,
      url: null,
      entries: [entry],
      total: 1,
      undated: 0,
    } as const;
    expect(feedMarkdown(feed)).toContain('[T](https://site.example/a_%28b%29)');
  });
});

test('ordinals and trade marks stand in the line', () => {
  expect(markdown('<p>1<sup>st</sup> x<sup>2</sup> Name<sup>TM</sup> a<sup>b+c</sup></p>')).toBe(
    '1st x² Name™ a^(b+c)',
  );
});

describe('marks that only mean something at the beginning of a line are escaped there alone', () => {
  test.each([
    ['<p><kbd>Ctrl</kbd>+<kbd>C</kbd></p>', '`Ctrl`+`C`'],
    ['<p>+ <b>a</b><br>- b</p>', '\\+ **a**  \n\\- b'],
    ['<ul><li>- a</li><li><p>1. b</p></li></ul>', '- \\- a\n- 1\\. b'],
    ['<blockquote><p># a</p></blockquote>', '> \\# a'],
    ['<h2>1. First</h2>', '## 1. First'],
    ['<table><tr><th>a<th>b<tr><td>-<td>1. x</table>', '| a | b |\n| --- | --- |\n| - | 1. x |'],
    ['<p><b>- a</b></p>', '**- a**'],
    ['<p><a href="/l">1. a</a></p>', '[1. a](https://site.example/l)'],
  ])('%s', (html, expected) => {
    expect(markdown(html)).toBe(expected);
  });
});

describe('what belongs to the page and not to its text is left out', () => {
  test.each([
    [
      'the name of the language above a listing',
      '<div class="code-example"><div><span>js</span></div>\n<pre class="brush: js"><code>let a;</code></pre></div>',
      '```js\nlet a;\n```',
    ],
    [
      'but no other words there',
      '<div><div>Go on</div><pre class="brush: js"><code>let a;</code></pre></div>',
      'Go on\n\n```js\nlet a;\n```',
    ],
    ['the way back from a note', '<ol><li>Note <a href="#ref">\u21a9\ufe0e</a></li></ol>', '1. Note'],
    ['a wiki\u2019s too', '<ol><li><b><a href="#ref">^</a></b> Note</li></ol>', '1. Note'],
    [
      'the link of a term to itself',
      '<dl><dt id="t"><a href="#t">Term</a><dd>It</dl><p id="p"><a href="#t">Term</a></p>',
      '**Term**\n\n: It\n\n[Term](https://site.example/a/#t)',
    ],
    ['the colon of an explanation without a term, as wikis indent text', '<dl><dd>Indented</dd></dl>', 'Indented'],
  ])('%s', (_, html, expected) => {
    expect(markdown(html)).toBe(expected);
  });
});
