import { expect, test } from 'vitest';
import { readFeed } from '../../../src/plugins/fetch/convert/feed.ts';

test('an Atom entry that was changed since then is among those asked for', () => {
  const entry = (title: string, updated: string) =>
    `<entry><title>${title}</title><published>2024-01-01T00:00:00Z</published><updated>${updated}</updated></entry>`;
  const xml = `<feed xmlns="http://www.w3.org/2005/Atom"><title>f</title>${entry('old', '2025-01-01T00:00:00Z')}${entry('new', '2026-08-01T00:00:00Z')}</feed>`;
  const feed = readFeed(xml, 'https://site.example/feed', Date.parse('2026-07-01'));
  expect(feed.entries.map(({ title }) => title)).toEqual(['new']);
  expect(feed.total).toBe(1);
});
