import { describe, expect, test } from 'vitest';
import { readFeed } from '../../../src/plugins/fetch/convert/feed.ts';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { pageSource } from '../../../src/plugins/fetch/convert/html/page-source.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const url = 'https://site.example/';
const hiding = [
  ['an escape in a property', '<p style="dis\\70lay:none">SECRET</p>'],
  ['an escape in a value', '<p style="display:n\\00006f ne">SECRET</p>'],
  ['an escaped plain letter', '<p style="disp\\lay:none">SECRET</p>'],
  ['a comment before the value', '<p style="display:/* x */none">SECRET</p>'],
  ['a comment before the property', '<p style="/* a;b */ display : none">SECRET</p>'],
  ['hidden="until-found"', '<div hidden="until-found">SECRET</div>'],
  ['an escape in a rule of the sheet', '<style>.\\78{dis\\70lay:none}</style><p class="x">SECRET</p>'],
] as const;

describe.each(hiding)('text hidden by %s', (_, html) => {
  test('is left out of Markdown', () => expect(convertPage(`<p>Seen</p>${html}`, url, wholePage).text).toBe('Seen'));

  test('is left out of HTML', () => {
    const source = pageSource(`<p>Seen</p>${html}<b>too</b>`, url, { ...wholePage, format: 'html' }).text;
    expect(source).toBe('<p>Seen</p><b>too</b>');
  });

  test('is left out of feeds', () => {
    const feed = `<rss><channel><title>T</title><item><description><![CDATA[<p>Seen</p>${html}]]></description></item></channel></rss>`;
    expect(readFeed(feed, url).entries[0]?.summary).toBe('Seen');
  });
});

test('comments and scripts are left out of HTML, and what stands around them stays', () => {
  const html =
    '<ul><!-- SECRET --><li id="a">1</li><script>SECRET</script><!-- x --><li>2</li></ul><form><select><option>3</select></form>';
  const options = { ...wholePage, format: 'html' } as const;
  expect(pageSource(html, url, options).text).toBe(
    '<ul><li id="a">1</li><li>2</li></ul><form><select><option>3</option></select></form>',
  );
  expect(pageSource(html, url, { ...options, selector: '#a + li' }).text).toBe('<li>2</li>');
});

test('blocks in feeds do not run together, words that are partly bold do', () => {
  const feed = `<feed><entry><title>T</title><content type="xhtml"><div><p>One</p><p>t<b>w</b>o</p><p hidden="">SECRET</p>three<br/>four</div></content></entry></feed>`;
  expect(readFeed(feed, url).entries[0]?.summary).toBe('One two three four');
  const escaped =
    '<rss><channel><item><description>&lt;p&gt;a&lt;/p&gt;&lt;p&gt;b&lt;/p&gt;c</description></item></channel></rss>';
  expect(readFeed(escaped, url).entries[0]?.summary).toBe('a b c');
});
