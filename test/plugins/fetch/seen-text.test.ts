import { describe, expect, test } from 'vitest';
import { findText } from '../../../src/plugins/fetch/convert/find-text.ts';
import { seenText } from '../../../src/plugins/fetch/convert/seen-text.ts';

describe('Markdown as a reader sees it', () => {
  test.each([
    ['# Title\n\n> quoted\n> lines', 'Title\n\nquoted\nlines'],
    ['- one\n  - two\n1. three', 'one\ntwo\n1. three'],
    ['a **bold** and _it_ and ~~gone~~', 'a bold and it and gone'],
    ['**a *b* c**', 'a b c'],
    ['2 * 3 * 4 and snake_case_name', '2 * 3 * 4 and snake_case_name'],
    ['one * alone and **two', 'one * alone and **two'],
    [String.raw`\*not\* \_this\_ \[x\]`, '*not* _this_ [x]'],
    ['[text](https://x.example/a_b_(c) "title") and [1] and [a][b]', 'text and [1] and [a][b]'],
    ['![alt](https://x.example/i.png) [![in](a.png)](b)', 'alt in'],
    ['`a*b*` ``x ` y`` `open', 'a*b* x ` y `open'],
    ['```js\nlet a = b * c * d;\n# no title\n```\nafter', '\nlet a = b * c * d;\n# no title\n\nafter'],
    ['| a | b |\n| --- | :-: |\n| c<br>d | e\\|f |', ' a  b \n\n c\nd  e|f '],
    ['x <b>y</b> 1 < 2 <https://x.example/>', 'x y 1 < 2 https://x.example/'],
    ['[click *here*][1] now ![pic][]\n\n[1]: u\n[pic]: v', 'click here now pic\n\n[1]: u\n[pic]: v'],
    ['---\nrule', '---\nrule'],
  ])('%j', (markdown, seen) => {
    expect(seenText(markdown).text).toBe(seen);
  });

  test('knows where each character stands', () => {
    const markdown = '# A **b** [c](d) `e`\n\n| f |\n';
    const { text, offsetAt } = seenText(markdown);
    for (const [index, character] of [...text].entries()) expect(markdown[offsetAt(index)]).toBe(character);
  });

  test.each([
    ['brackets', '['.repeat(500_000) + ']'.repeat(500_000)],
    ['stars', '*a '.repeat(300_000)],
    ['runs of ticks', Array.from({ length: 1200 }, (_, n) => '`'.repeat(n)).join(' ')],
    ['openers before closers', '**a ['.repeat(100_000) + '] _b'.repeat(100_000)],
    ['links without an end', '](a'.repeat(300_000)],
    ['dashes', '| -'.repeat(300_000)],
    ['plain lines', 'plain words in one line\n\n'.repeat(150_000)],
    ['lines of one mark', 'a ` b\n'.repeat(300_000)],
    ['spaces', `|${' '.repeat(600_000)}x`],
    ['spaces before dashes', `${' '.repeat(600_000)}- x`],
    ['columns', `|${' -|'.repeat(300_000)} x`],
    ['angles', '<'.repeat(1_000_000)],
    ['open tags', '<a '.repeat(300_000)],
  ])('takes no longer than its length asks: %s', (_, markdown) => {
    const begun = performance.now();
    expect(seenText(markdown).text.length).toBeLessThanOrEqual(markdown.length);
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});

describe('what is found', () => {
  const found = (text: string, query: string, context = 0) =>
    findText({ text, form: 'markdown', query, regex: false, context, limit: 10 }).matches[0];

  test('stands under headings of both forms, and under none that is code', () => {
    const text = 'One\n===\n\n~~~\n# code\n~~~\n\nTwo\n---\n\nneedle\n\n- item\n---\n';
    expect(found(text, 'needle')?.headings).toEqual(['One', 'Two']);
  });

  test('is shown with whole characters around it', () => {
    expect(found('\u{1f600}needle\u{1f600}', 'needle', 1)?.snippet).toBe('\u{1f600}needle\u{1f600}');
  });
});

describe('in a page as HTML', () => {
  const find = (text: string, query: string, regex = false) =>
    findText({ text, form: 'html', query, regex, context: 0, limit: 10 });
  const page =
    '<html><body><h1>Big <i>one</i></h1><p class="price" title="gamma">gam<b>m</b>a &amp; AT&amp;T caf\u00e9&nbsp;&lt;b&gt;</p><!-- gamma --><ul><li>one</li><li>two</li></ul><h2>Small</h2><p>gamma</p></body></html>';

  test('words are found across tags and references, at their place in the HTML', () => {
    const { matches, total } = find(page, 'gamma');
    expect(total).toBe(2);
    expect(matches.map(({ start, snippet }) => [page.slice(start, start + 3), snippet])).toEqual([
      ['gam', 'gam<b>m</b>a'],
      ['gam', 'gamma'],
    ]);
    expect(matches.map(({ headings }) => headings)).toEqual([['Big one'], ['Big one', 'Small']]);
    expect(find(page, 'at&t').matches[0]?.snippet).toBe('AT&amp;T');
    expect(find(page, 'caf\u00e9 <b>').matches[0]?.snippet).toBe('caf\u00e9&nbsp;&lt;b&gt;');
  });

  test('tags, attributes and comments are no text, and blocks are apart', () => {
    expect(find(page, 'price').total).toBe(0);
    expect(find(page, 'body').total).toBe(0);
    expect(find(page, 'onetwo').total).toBe(0);
    expect(find(page, 'one two').total).toBe(1);
    expect(find(page, '^two$', true).total).toBe(1);
  });

  test.each([
    ['tags that never end', '<a x'.repeat(300_000)],
    ['comments that never end', '<!--'.repeat(300_000)],
    ['quotes that never end', '<a "'.repeat(300_001)],
    ['angle brackets', '<'.repeat(1_000_000)],
    ['references', '&#x41;'.repeat(200_000)],
  ])('takes no longer than its length asks: %s', (_, text) => {
    expect(find(`gamma ${text}`, 'gamma').total).toBe(1);
  });
});
