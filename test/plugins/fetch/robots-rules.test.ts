import { expect, test } from 'vitest';
import { RobotsRules } from '../../../src/plugins/fetch/robots/robots-rules.ts';

const allows = (robots: string, path: string, product = 'ModelContextProtocol') =>
  new RobotsRules(robots).allows(new URL(path, 'https://site.example'), product);

test.each([
  ['an empty file allows', '', '/a', true],
  ['a rule for all forbids', 'User-agent: *\nDisallow: /a', '/a/b', false],
  ['an empty Disallow allows', 'User-agent: *\nDisallow:', '/a', true],
  ['the longest rule decides', 'User-agent: *\nDisallow: /a\nAllow: /a/b', '/a/b/c', true],
  ['Allow wins a tie', 'User-agent: *\nDisallow: /a\nAllow: /a', '/a', true],
  [
    'a group of its own replaces that for all',
    'User-agent: *\nDisallow: /\n\nUser-agent: modelcontextprotocol\nDisallow: /x',
    '/a',
    true,
  ],
  [
    'groups of one name are one',
    'User-agent: ModelContextProtocol\nDisallow: /a\nUser-agent: other\nDisallow: /\nUser-agent: ModelContextProtocol\nDisallow: /b',
    '/b',
    false,
  ],
  ['names may share a group', 'User-agent: x\nUser-agent: ModelContextProtocol\nDisallow: /a', '/a', false],
  ['a version after the name is ignored', 'User-agent: ModelContextProtocol/1.0\nDisallow: /a', '/a', false],
  ['* stands for anything', 'User-agent: *\nDisallow: /*/private', '/x/y/private/z', false],
  ['$ stands for the end', 'User-agent: *\nDisallow: /*.pdf$', '/a.pdf', false],
  ['$ is not the end of a longer path', 'User-agent: *\nDisallow: /*.pdf$', '/a.pdf?x', true],
  ['comments and odd spacing are read over', '\ufeff user-AGENT : * # all\r\n  disallow: /a # this', '/a', false],
  ['escapes are compared in one form', 'User-agent: *\nDisallow: /%e4%bd%a0', '/你', false],
  ['escapes of plain characters in a path are read', 'User-agent: *\nDisallow: /private', '/%70rivat%65/x', false],
  ['escapes of plain characters in a rule are read', 'User-agent: *\nDisallow: /%7Ejoe/%70', '/~joe/p', false],
  ['escapes of reserved characters stay what they are', 'User-agent: *\nDisallow: /a%2Fb', '/a/b', true],
  ['rules before any group mean nothing', 'Disallow: /', '/a', true],
  ['robots.txt itself is always allowed', 'User-agent: *\nDisallow: /', '/robots.txt', true],
])('%s', (_, robots, path, expected) => expect(allows(robots, path)).toBe(expected));

test('no pattern takes long, whatever it is made of', () => {
  const robots = `User-agent: *\nDisallow: /${'*a'.repeat(1000)}$\n`.repeat(100);
  const begun = performance.now();
  expect(allows(robots, `/${'a'.repeat(4000)}b`)).toBe(true);
  expect(performance.now() - begun).toBeLessThan(5000);
});

test('a file of 512 KB made to take long is a no after a moment', () => {
  const rule = `Disallow: /*${'a'.repeat(2030)}b\n`;
  const robots = `User-agent: *\n${rule.repeat(250)}`;
  const begun = performance.now();
  expect(allows(robots, `/${'a'.repeat(4000)}`)).toBe(false);
  expect(performance.now() - begun).toBeLessThan(2000);
});

test('sitemaps are listed', () => {
  expect(new RobotsRules('Sitemap: https://a.example/s.xml\nsitemap: not a url').sitemaps).toEqual([
    'https://a.example/s.xml',
  ]);
});
