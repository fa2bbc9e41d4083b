import { expect, test } from 'vitest';
import { secretsOf } from '../../src/config/secrets.ts';
import { goodKey, load } from './support.ts';

test('keys, passwords of URLs and settings with a secret name are secrets, wherever they stand', async () => {
  const { config } = await load({
    yaml: `
auth: { keys: ["${goodKey}"] }
plugins:
  postgres: { databases: { a: "postgres://me:p%40ssw0rd@host/db", b: { url: "postgres://me:other-pass@host/db" }, c: embedded } }`,
  });
  const plugins = new Map([
    ...config.plugins,
    [
      'x',
      {
        enabled: true,
        port: undefined,
        settings: {
          githubToken: 't0ken',
          list: [{ apiKey: 'k' }],
          'x-headers': { Authorization: 'Bearer z' },
          open: '',
          name: 'plain',
          port: 5,
        },
      },
    ] as const,
  ]);
  expect(secretsOf({ ...config, plugins }).toSorted()).toEqual(
    [goodKey, 'Bearer z', 'k', 'other-pass', 'p%40ssw0rd', 'p@ssw0rd', 't0ken'].toSorted(),
  );
});
