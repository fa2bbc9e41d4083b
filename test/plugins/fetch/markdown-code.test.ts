import { expect, test } from 'vitest';
import { cleanMarkdown } from '../../../src/plugins/fetch/convert/clean-markdown.ts';

const clean = (markdown: string) => cleanMarkdown(markdown, 'https://site.example/a.md');

test.each([
  'Text:\n\n    <!-- x -->\n    <div hidden>y</div>\n\nMore.',
  '    <!-- at the start -->\n',
  '\t<div hidden>a tab</div>\n\n\n    [a](b) ``` <!-- x -->\n',
  '- item\n\n      <!-- code in an item -->\n',
  '> quote\n>\n>     <!-- code in a quote -->\n',
  '<div>\n\n    <!-- behind HTML -->\n\n</div>',
])('indented code is left as it is: %j', (markdown) => {
  expect(clean(markdown)).toBe(markdown);
});

test.each([
  'Text\n    <!-- no: the paragraph goes on -->',
  '- item\n\n    <!-- no: the item goes on -->\n',
  '1. item\nlazy\n\n    <!-- no: the item goes on -->\n',
  '> quote\n    <!-- no: the quote goes on -->',
  '   <!-- no: three columns -->',
  '<div>\n    <!-- no: HTML -->\n</div>',
  '<pre>\n\n    <!-- no: HTML with an empty line -->\n\n</pre>',
  '- a\n\n  - b\n\n      <!-- no: the inner item -->',
])('what is no code is not: %j', (markdown) => {
  expect(clean(markdown)).not.toContain('no:');
});

test('an autolink loses the password in it, and nothing else', () => {
  expect(clean('See <https://u:p@x.example/a> and <https://x.example/@me> or <me@x.example>.')).toBe(
    'See <https://x.example/a> and <https://x.example/@me> or <me@x.example>.',
  );
});

test('many marks in one long line take no time that grows with its square', () => {
  expect(clean('< '.repeat(500_000)).length).toBe(1_000_000);
});
