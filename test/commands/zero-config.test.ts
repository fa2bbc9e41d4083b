import { describe, expect, test } from 'vitest';
import { folderWith } from '../support/config-folder.ts';
import { run, startGateway } from './support.ts';

const count = JSON.stringify({ sql: 'select count(*)::int as n from authors' });

describe('with nothing configured', () => {
  test('the embedded database answers, in a gateway and in a single command', async () => {
    const cwd = folderWith({});
    const local = await run(['call', '--local', 'postgres', 'execute_sql', count], { cwd });
    expect(local).toMatchObject({ code: 0, stderr: '' });
    const gateway = await startGateway({ cwd }, ['--port', '0']);
    const { code, stdout } = await run(['call', 'postgres', 'execute_sql', count, '--json', '--url', gateway.url], {
      cwd,
    });
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ row_count: 1 });
    gateway.child.kill();
    expect((await gateway.done).code).toBe(0);
  });

  test('check waits for the database to open, and says what to set for another one', async () => {
    const { code, stdout } = await run(['check'], { cwd: folderWith({}) });
    expect(stdout).toMatch(/^ok {4}postgres +healthy$/m);
    expect(stdout).toMatch(/^note {2}postgres, main: This is the embedded PostgreSQL.*DATABASE_URL/m);
    expect(code).toBe(0);
  });
});

test('check says of a database that is away what to do, and never its password', async () => {
  const env = { DATABASE_URL: 'postgres://reader:hunter2hunter2@127.0.0.1:1/app' };
  const { code, stdout, stderr } = await run(['check'], { cwd: folderWith({}), env });
  expect(code).toBe(1);
  expect(stdout).toMatch(/^fail {2}postgres +main: connection refused by 127\.0\.0\.1:1\./m);
  expect(stdout + stderr).not.toContain('hunter2');
});
