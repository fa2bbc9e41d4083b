import { expect, test } from 'vitest';
import { printBanner } from '../../src/commands/banner.ts';
import { columns, type Output, printable } from '../../src/commands/terminal.ts';
import { goodKey, load } from '../config/support.ts';

test('text of others cannot steer the terminal', () => {
  expect(printable('a\u001b[2Jb\u0007c\u009b31md\re\u0000')).toBe('a\ufffd[2Jb\ufffdc\ufffd31md\ufffde\ufffd');
  expect(printable('Zeilen\nund\tTabs, ümläute 日本 🎉')).toBe('Zeilen\nund\tTabs, ümläute 日本 🎉');
});

test('columns are of even width', () => {
  expect(
    columns([
      ['a', 'bb', 'c'],
      ['aaa', 'b', ''],
    ]),
  ).toEqual(['a    bb  c', 'aaa  b']);
});

async function bannerOf(given: Parameters<typeof load>[0]): Promise<string> {
  const lines: string[] = [];
  const out: Output = {
    line: (text) => void lines.push(text),
    progress: () => undefined,
    isTerminal: true,
    paint: (_, text) => text,
  };
  printBanner(out, await load(given), [{ url: 'http://127.0.0.1:8000', plugin: null }]);
  return lines.join('\n');
}

test('the banner shows where each plugin is, which database it is, and that no key is asked', async () => {
  const banner = await bannerOf({});
  expect(banner).toMatch(
    /^ {2}postgres +http:\/\/127\.0\.0\.1:8000\/postgres\/sse +http:\/\/127\.0\.0\.1:8000\/postgres\/mcp$/m,
  );
  expect(banner).toMatch(/^ {2}all of them +http:\/\/127\.0\.0\.1:8000\/sse /m);
  expect(banner).toMatch(/database +main: embedded PostgreSQL with sample data; set DATABASE_URL for your own$/m);
  expect(banner).toMatch(/keys +not asked for: only this machine can reach the port$/m);
});

test('the banner names databases and keys without their secrets', async () => {
  const banner = await bannerOf({
    yaml: 'plugins: { postgres: { databases: { main: "postgres://me:hunter2@db.example:5433/app", other: { url: "postgres://me:hunter2@db2/x" } } } }',
    env: { MCP_GATEWAY_KEY: goodKey, HOST: '0.0.0.0', MCP_GATEWAY_PUBLIC_URL: 'https://tools.example' },
  });
  expect(banner).toMatch(/database +main: db\.example:5433\/app$/m);
  expect(banner).toMatch(/database +other: db2\/x$/m);
  expect(banner).toMatch(/keys +asked for \(env\)$/m);
  expect(banner).toMatch(/public +https:\/\/tools\.example$/m);
  expect(banner).not.toContain('hunter2');
  expect(banner).not.toContain(goodKey);
});
