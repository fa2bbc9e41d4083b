import { expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const hosts = [
  'a.example',
  'A.Example',
  '1.2',
  '127.0.0.1',
  'xn--bcher-kva.example',
  'xn--.example',
  'a..b',
  'a_b.example',
];
const paths = [
  ...['', '/', '/p', '/p/../q', '/p/./q', '/.', '/..', '/p/.well-known', '/%2e%2E/q', '/p%20q', '/%zz', '//p', '/p//q'],
  ...['/a.b...c', '/é', '/p;v=1,2:3@4', '/~u/x!$&*+=', '/a^b', '/a|b', '/a`b', '/a{b}', '/a"b', "/a'b", '/a\tb'],
];
const ends = ['', '?', '#', '?a=b&c=%20', '#f-1', '?a#b?c', '?a=é', '?a=^', '#é', '?/../x', '#/../x', '?q=xn--a'];
const bases = [
  'https://site.example/dir/page.html?x#y',
  'http://site.example:8080/',
  'https://[::1]/a',
  'file:///dir/x',
];

function hrefs(): string[] {
  const origins = hosts.flatMap((host) =>
    ['https://', 'http://', 'HTTPS://', '//'].flatMap((scheme) => [scheme + host, `${scheme}${host}:443`]),
  );
  return ['', ...origins].flatMap((origin) => paths.flatMap((path) => ends.map((end) => origin + path + end)));
}

test.each(bases)('links lead where browsers take them from %s', (base) => {
  // A bare # is a button to pages, not a link.
  for (const href of hrefs().filter((href) => href !== '#')) {
    const attribute = href.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
    const { text } = convertPage(`<p><a href="${attribute}">x</a></p>`, base, { ...wholePage, links: 'list' });
    const url = URL.canParse(href, base) && href.trim() !== '' ? new URL(href, base) : undefined;
    const isFollowed = url !== undefined && /^https?:$/.test(url.protocol);
    const target = /https?:\S+/.exec(text)?.[0];
    expect([href, target]).toEqual([href, isFollowed ? url.href : undefined]);
  }
});
