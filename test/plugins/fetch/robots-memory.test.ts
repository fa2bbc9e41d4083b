import { expect, test } from 'vitest';
import { Robots } from '../../../src/plugins/fetch/robots/robots.ts';

const asker = { signal: new AbortController().signal, principal: { id: 'a', kind: 'key' } } as const;

function robotsOf(body: string): Robots {
  const run = ({ url }: { readonly url: string }) =>
    Promise.resolve({
      url: new URL(url),
      status: 200,
      headers: {},
      body: Buffer.from(body),
      cut: false,
      redirects: [],
    });
  return new Robots({ run }, 'Reader/1.0');
}

test.each([
  ['of long comments', `#${'x'.repeat(500_000)}`],
  ['of many short rules', `User-agent: *\n${'allow:/\n'.repeat(60_000)}`],
  ['of many names', 'user-agent:a\n'.repeat(38_000)],
])('the robots.txt files of many origins %s take bounded memory together', async (_, body) => {
  const robots = robotsOf(body);
  for (let index = 0; index < 60; index++) await robots.of(`https://o${index}.example`, asker);
  expect(robots.keptBytes).toBeGreaterThan(body.length);
  expect(robots.keptBytes).toBeLessThanOrEqual(16 * 1024 * 1024);
});

test('a file that is fetched again for an origin is counted once', async () => {
  const robots = robotsOf('');
  for (let index = 0; index < 3; index++) await robots.of('https://o.example', asker);
  expect(robots.keptBytes).toBe(0);
});
