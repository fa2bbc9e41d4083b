import { type AddressInfo, createServer, type Socket } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import type { FetchDeps } from '../../../dist/plugins/fetch/deps.js';
import { openTestFetch, publicAddress } from './support/open-test-fetch.ts';

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A site that answers each connection's first requests, and closes it with the next one unanswered. */
async function forgetfulSite(answers: number): Promise<{ deps: FetchDeps; url: string; requests: () => number }> {
  let requests = 0;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    let left = answers;
    sockets.add(socket);
    socket
      .on('error', () => undefined)
      .on('data', () => {
        requests++;
        if (left-- > 0) socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-type: text/plain\r\n\r\nok');
        else socket.destroy();
      });
  });
  await new Promise<void>((resolve) => server.listen(0, publicAddress, resolve));
  const { port } = server.address() as AddressInfo;
  const deps = openTestFetch([port], { obeyRobots: false });
  closers.push(
    () => deps.close(),
    () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  );
  return { deps, url: `http://site.example:${port}/`, requests: () => requests };
}

const asker = { signal: new AbortController().signal, principal: { id: 'a', kind: 'key' } } as const;

test('a kept connection that the site gave up is replaced by a new one', async () => {
  const { deps, url, requests } = await forgetfulSite(1);
  for (let index = 0; index < 3; index++)
    expect((await deps.request({ url, headers: {}, asker })).body.toString()).toBe('ok');
  expect(requests()).toBeGreaterThan(3); // one for each answer, and one that was lost with its connection
});

test('a site that never answers is asked twice, and not at all again with a method that changes something', async () => {
  const { deps, url, requests } = await forgetfulSite(0);
  await expect(deps.request({ url, headers: {}, asker })).rejects.toMatchObject({ code: 'upstream' });
  expect(requests()).toBe(2);
  await expect(deps.request({ url, method: 'POST', body: 'x', headers: {}, asker })).rejects.toMatchObject({
    code: 'upstream',
  });
  expect(requests()).toBe(3);
});
