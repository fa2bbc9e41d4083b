import { expect, test } from 'vitest';
import { pageMetadata } from '../../../src/plugins/fetch/convert/html/page-metadata.ts';

test('pictures and addresses that a page names for previews are absolute', () => {
  const html =
    '<meta property="og:image" content="/a.png"><meta property="og:image:alt" content="b.png"><meta name="twitter:image" content="c.png">';
  const { openGraph, twitter } = pageMetadata(html, 'https://site.example/x/y');
  expect(openGraph).toEqual({ image: 'https://site.example/a.png', 'image:alt': 'b.png' });
  expect(twitter).toEqual({ image: 'https://site.example/x/c.png' });
});
