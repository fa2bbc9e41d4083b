import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FetchDeps } from '../../../dist/plugins/fetch/deps.js';
import { fetchPage } from '../../../dist/plugins/fetch/tools/fetch.js';
import { fetchFind } from '../../../dist/plugins/fetch/tools/fetch-find.js';
import { call, openTestFetch, publicAddress } from './support/open-test-fetch.ts';
import { type OriginServer, startOrigin } from './support/origin-server.ts';

/** Takes a browser a moment and this parser minutes: each closing tag is looked for in all that is open. */
const endless = `${'<div>'.repeat(60_000)}${'</x>'.repeat(600_000)}`;
const words = 'a'.repeat(5000);

let site: OriginServer;

beforeAll(async () => {
  site = await startOrigin(publicAddress, ({ path }, response) => {
    if (path === '/robots.txt') return response.writeHead(404).end();
    const body = path.startsWith('/hostile') ? endless : path.startsWith('/words') ? words : '<p>Small page.</p>';
    return response.writeHead(200, { 'content-type': 'text/html' }).end(body);
  });
});

afterAll(() => site.close());

const at = (path: string, host = 'site.example') => `http://${host}:${site.port}${path}`;

/** Runs `work` with a plugin of so many threads, each at its work already. */
async function withFetch(
  workers: number,
  work: (deps: FetchDeps) => Promise<void>,
  settings: Record<string, unknown> = {},
): Promise<void> {
  const deps = openTestFetch([site.port], { workers, hostConcurrency: 64, ...settings });
  try {
    await Promise.all(Array.from({ length: workers }, (_, n) => call(fetchPage, deps, { url: at(`/warm${n}`) })));
    await work(deps);
  } finally {
    await deps.close();
  }
}

/** No hostile page has had its time before the small ones are read, however busy the machine. */
const notYet = { convertTimeoutMs: 60_000 };

const seen = (path: string) => site.seen.filter((request) => request.path.startsWith(path)).length;

describe('a small page is read before any of the hostile pages that wait', () => {
  test.each([
    ['of another caller', 2, 'b', 'site.example'],
    ['of another caller, with more threads', 4, 'b', 'site.example'],
    ['of the same caller, from another site', 2, 'a', 'other.example'],
    ['of the same caller, from the same site', 2, 'a', 'site.example'],
  ])(
    '%s',
    async (_, workers, caller, host) => {
      await withFetch(
        workers,
        async (deps) => {
          const order: string[] = [];
          const before = seen('/hostile');
          const end = new AbortController();
          const hostile = Array.from({ length: 8 }, (__, n) =>
            call(fetchPage, deps, { url: at(`/hostile${n}`) }, end.signal, 'a').then(
              () => order.push('hostile'),
              () => undefined,
            ),
          );
          await expect.poll(() => seen('/hostile')).toBe(before + 8);
          for (let n = 0; n < 3; n++) {
            await call(fetchPage, deps, { url: at(`/small${n}`, host) }, undefined, caller);
            order.push('small');
          }
          expect(order).toEqual(['small', 'small', 'small']);
          end.abort();
          await Promise.all(hostile);
        },
        notYet,
      );
    },
    60_000,
  );
});

test('a simple expression is answered while expressions without end wait, of another caller and the same', async () => {
  await withFetch(2, async (deps) => {
    const order: string[] = [];
    const hostile = Array.from({ length: 8 }, (_, n) =>
      call(fetchFind, deps, { url: at(`/words${n}`), query: '(a+)+$b', regex: true }, undefined, 'a').then(
        () => undefined,
        () => order.push('endless'),
      ),
    );
    await expect.poll(() => seen('/words')).toBe(8);
    for (const caller of ['b', 'a']) {
      await call(fetchFind, deps, { url: at('/small'), query: 'sm.ll', regex: true }, undefined, caller);
      order.push(caller);
    }
    await Promise.all(hostile);
    expect(order.indexOf('a')).toBeLessThanOrEqual(3);
    expect(order.filter((name) => name === 'endless')).toHaveLength(8);
  });
}, 60_000);

test('a page that was set back for others is converted all the same', async () => {
  await withFetch(2, async (deps) => {
    const heavy = `<table>${`<tr>${'<td><b>cell</b> of a table</td>'.repeat(20)}</tr>`.repeat(6000)}</table>`;
    site.answer = ((before) => (seen, response) => {
      if (!seen.path.startsWith('/heavy')) return before(seen, response);
      return void response.writeHead(200, { 'content-type': 'text/html' }).end(heavy);
    })(site.answer);
    const all = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        call<{ total_length: number; kind: string }>(fetchPage, deps, { url: at(`/heavy${n}`), extract: 'full' }),
      ),
    );
    expect(new Set(all.map(({ data }) => data.kind))).toEqual(new Set(['html']));
  });
}, 120_000);

test('a page that had its time comes as bare text before the next one is begun', async () => {
  const convertTimeoutMs = 2000;
  const deps = openTestFetch([site.port], { workers: 1, convertTimeoutMs, hostConcurrency: 64 });
  try {
    const begun = performance.now();
    const end = new AbortController();
    const all = Array.from({ length: 5 }, (_, n) =>
      call<{ extraction: string }>(fetchPage, deps, { url: at(`/hostile/late${n}`) }, end.signal),
    );
    const first = await Promise.race(all);
    expect(first.data.extraction).toBe('fallback');
    expect(performance.now() - begun).toBeLessThan(4 * convertTimeoutMs);
    end.abort();
    await Promise.allSettled(all);
  } finally {
    await deps.close();
  }
}, 60_000);
