import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { type PageOptions, wholePage } from '../../../src/plugins/fetch/convert/job.ts';

function converted(html: string, format: PageOptions['format'] = 'markdown') {
  return convertPage(html, 'https://site.example/', { ...wholePage, extract: 'full', format });
}

describe('what browsers show apart is apart:', () => {
  test.each([
    ['text behind a list in an item', '<ul><li>a<ul><li>b</ul>c</ul>', '- a\n  - b\n\n  c', '- a\n  - b\n  c'],
    ['such text behind a break', '<ul><li>a<ul><li>b</ul><br>c</ul>', '- a\n  - b\n\n  c', '- a\n  - b\n  c'],
    ['in a numbered one', '<ol><li>a<ol><li>b</ol><b>c</b></ol>', '1. a\n   1. b\n\n   **c**', '- a\n  - b\n  c'],
    ['two lists in an item', '<ul><li>a<ul><li>b</ul><ul><li>c</ul></ul>', '- a\n  - b\n  - c', '- a\n  - b\n  - c'],
    ['a block in a link', '<a href=x><span>a</span><p>b</p></a>', '[a b](https://site.example/x)', 'a b'],
    ['a heading in one', '<a href=x>a<h3>b</h3>c</a>', '[a **b** c](https://site.example/x)', 'a b c'],
    ['code in one', '<a href=x>a<pre>b</pre>c</a>', '[a `b` c](https://site.example/x)', 'a b c'],
    ['a break alone in an element', '<p>a<i><br></i>b</p>', 'a  \nb', 'a  \nb'],
    ['a break at its end', '<p><b>a<br></b>b</p>', '**a**  \nb', 'a  \nb'],
    ['a break in a link', '<p>a<a href=x><br>b</a></p>', 'a  \n[b](https://site.example/x)', 'a  \nb'],
    ['white space in code', '<p><code>a </code>b<kbd> c</kbd></p>', '`a` b `c`', 'a b c'],
    ['code that is white space', '<p>a<code> </code>b</p>', 'a b', 'a b'],
    [
      'text behind details',
      '<ul><li><details><summary>a</summary>b</details> c</ul>',
      '- **a**\n\n  b\n\n  c',
      '- a\n\n  b\n\n  c',
    ],
    ['a button in bold', '<p>Press <b><button>a</button></b>b</p>', 'Press **a** b', 'Press a b'],
    ['fields in spans', '<p><span><input value=a></span>b</p>', 'a b', 'a b'],
    ['a legend', '<fieldset><legend>a</legend><label>b</label></fieldset>', 'a\n\nb', 'a\n\nb'],
    [
      'text behind a drawing left open',
      '<p>a</p><svg width=1/><path d=M0><p>b</p><p>c</p>',
      'a\n\nb\n\nc',
      'a\n\nb\n\nc',
    ],
    [
      'text in a drawing that is none of its',
      '<style>.h{display:none}</style><svg class=h><p>a</p></svg>b',
      'a\n\nb',
      'a\n\nb',
    ],
  ])('%s', (_, html, markdown, text) => {
    expect(converted(html).text).toBe(markdown);
    expect(converted(html, 'text').text).toBe(text);
  });

  test('pages in the dark colours of the browser are read', () => {
    const page = (scheme: string) => `<style>:root{color-scheme:${scheme}}body{color:#fff}</style><body><p>a</p>`;
    expect(converted(page('dark')).text).toBe('a');
    expect(converted(page('light dark')).text).toBe('');
    expect(converted('<meta name=color-scheme content="only dark"><p style="color:white">a</p>').text).toBe('a');
  });

  test('what is drawn and what HTML stands in a drawing stays in it', () => {
    expect(converted('<svg><text>a</text><foreignObject><p>b</p></foreignObject></svg>c').text).toBe('a b c');
  });
});

describe('a page that hides itself', () => {
  const words = 'Words of a story. '.repeat(20).trim();

  test('keeps hidden what nothing shows again', () => {
    for (const css of ['visibility:hidden', 'font-size:0'])
      expect(
        converted(`<body style="${css}"><p>HIDDEN</p><p style="visibility:visible;font-size:16px">${words}</p>`).text,
      ).toBe(words);
  });

  test('is read where scripts would show it, and says so', () => {
    for (const body of [
      'style="display:none"',
      'hidden',
      'style="opacity:0"',
      'style="position:absolute;left:-9999px"',
    ]) {
      const { text, warnings } = converted(`<body ${body}><p>${words}</p>`);
      expect([body, text, warnings.join().includes('hides itself as a whole')]).toEqual([body, words, true]);
    }
    const { text, warnings } = converted(`<style>body{visibility:hidden}</style><body><p>${words}</p>`);
    expect([text, warnings.length]).toEqual([words, 1]);
  });

  test('and hides little gives nothing of it away', () => {
    expect(converted('<style>body{visibility:hidden}</style><body><p>HIDDEN</p>').text).toBe('');
  });
});
