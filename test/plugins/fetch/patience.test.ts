import type { ServerResponse } from 'node:http';
import { describe, expect, test } from 'vitest';
import type { PagePartData } from '../../../dist/plugins/fetch/page/page-output.js';
import { fetchPage } from '../../../dist/plugins/fetch/tools/fetch.js';
import { oneSite } from './support/one-site.ts';
import { call } from './support/open-test-fetch.ts';

/** Sends a byte now and then for as long as somebody reads, as a site does that wants to keep its reader. */
function drip(response: ServerResponse, onClosed: () => void): void {
  response.writeHead(200, { 'content-type': 'text/html' });
  const timer = setInterval(() => response.write('x'), 20);
  response.on('close', () => {
    clearInterval(timer);
    onClosed();
  });
}

describe('a site that never ends is given up as a whole, however often it sends something', () => {
  const here = oneSite();
  const fetched = (input: Record<string, unknown>, signal?: AbortSignal) =>
    call<PagePartData>(fetchPage, here.deps, input, signal);

  test('a page that drips ends at the budget of the call, and its connection with it', async () => {
    let closed = 0;
    here.site.answer = ({ path }, response) => {
      if (path === '/drip') drip(response, () => closed++);
      else response.writeHead(path === '/robots.txt' ? 404 : 200).end('quick');
    };
    const slow = fetched({ url: here.url('/drip'), timeout_s: 0.4 });
    await expect(slow).rejects.toMatchObject({ code: 'timeout', message: expect.stringContaining('400 ms') });
    await expect.poll(() => closed).toBe(1);
    expect((await fetched({ url: here.url('/quick') })).data.content).toBe('quick');
  });

  test('so does a robots.txt that drips, before the page is asked for', async () => {
    let closed = 0;
    here.site.answer = ({ path }, response) => {
      if (path === '/robots.txt') drip(response, () => closed++);
      else response.end('page');
    };
    await expect(fetched({ url: here.url('/page'), timeout_s: 0.4 })).rejects.toMatchObject({ code: 'timeout' });
    await expect.poll(() => closed).toBe(1);
    expect(here.site.seen.map(({ path }) => path)).toEqual(['/robots.txt']);
  });

  test('redirects share one budget: each in time, all together not', async () => {
    here.site.answer = ({ path }, response) => {
      const next = () => response.writeHead(302, { location: `/${Number(path.slice(1)) + 1}` }).end();
      if (path === '/robots.txt') response.writeHead(404).end();
      else setTimeout(next, 250);
    };
    await expect(fetched({ url: here.url('/1'), timeout_s: 0.6 })).rejects.toMatchObject({ code: 'timeout' });
  });

  test('a caller who goes away takes the connection along, and leaves the others waiting for the page unharmed', async () => {
    let closed = 0;
    let asked = 0;
    here.site.answer = ({ path }, response) => {
      if (path === '/robots.txt') response.writeHead(404).end();
      else if (++asked === 1) drip(response, () => closed++);
      else response.end('page');
    };
    const impatient = new AbortController();
    const first = fetched({ url: here.url('/page') }, impatient.signal);
    await expect.poll(() => asked).toBe(1);
    const second = fetched({ url: here.url('/page') });
    impatient.abort(new Error('gone'));
    await expect(first).rejects.toThrow('gone');
    await expect.poll(() => closed).toBe(1);
    expect((await second).data.content).toBe('page');
  });
});
