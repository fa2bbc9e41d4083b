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
    findText({ text, isMarkdown: true, query, regex: false, context, limit: 10 }).matches[0];

  test('stands under headings of both forms, and under none that is code', () => {
    const text = 'One\n===\n\n~~~\n# code\n~~~\n\nTwo\n---\n\nneedle\n\n- item\n---\n';
    expect(found(text, 'needle')?.headings).toEqual(['One', 'Two']);
  });

  test('is shown with whole characters around it', () => {
    expect(found('\u{1f600}needle\u{1f600}', 'needle', 1)?.snippet).toBe('\u{1f600}needle\u{1f600}');
  });
});
