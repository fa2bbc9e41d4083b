import { describe, expect, test } from 'vitest';
import { stripTags } from '../../../src/plugins/fetch/convert/strip-tags.ts';

describe('the text between the tags', () => {
  test('has a line for each block, entities read, and nothing of scripts', () => {
    const html =
      '<h1>A &amp; B</h1><p>1 &lt; 2<p title="a > b">x < y<!-- SECRET > --><script>"</p>SECRET"</script><br>end';
    expect(stripTags(html)).toBe('A & B\n1 < 2\nx < y\nend');
  });

  test.each([
    ...[
      '<p hidden>SECRET</p>',
      '<div class="a" HIDDEN>a<div>SECRET</div>SECRET</div>',
      '<p title=">" style="display:none">SECRET</p>',
    ],
    ...[
      '<style>.x{display:none}</style><p class="x">SECRET</p>',
      '<p class="x">SECRET</p><style>div .x{display:none}</style>',
    ],
    ...[
      "<p style='opacity:0'>SECRET<p>Seen</p>",
      '<template>SECRET</template>',
      '<textarea>SECRET</textarea>',
      '<p style=font-size:0>SECRET</p>',
    ],
    ...[
      '<!-- x --><!-- SECRET -->',
      '<![CDATA[SECRET]]>',
      '<div popover>SECRET</div>',
      '<b aria-hidden="true">SECRET</b>',
      '<div hidden>SECRET',
    ],
  ])('is without what is hidden: %s', (html) => {
    const text = stripTags(`<p>Seen</p>${html}`);
    expect(text).toContain('Seen');
    expect(text).not.toContain('SECRET');
  });

  test.each([
    ['open tags', '<a '.repeat(500_000)],
    ['quotes', '<a "'.repeat(300_000)],
    ['hidden elements without end', '<div hidden>'.repeat(100_000)],
    ['hidden elements that end', '<div hidden></div>'.repeat(100_000)],
    ['style elements without end', '<style>'.repeat(150_000)],
    ['style elements without a bracket', '<style '.repeat(150_000)],
    ['comments without end', '<!--'.repeat(300_000)],
    ['closing tags', '</'.repeat(500_000)],
    ['closing tags with quotes', '</a "'.repeat(200_000)],
    ['odd names', '<a(((((((('.repeat(100_000)],
  ])('takes no long time on %s', (_, html) => {
    const begun = performance.now();
    stripTags(html);
    expect(performance.now() - begun).toBeLessThan(5000);
  });
});
