import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openPglite } from '../../../../dist/plugins/postgres/embedded/pglite.js';
import { ask, endless, openForTest, silent, testFolder, value } from './open-engine.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const engineUrl = pathToFileURL(join(root, 'dist/plugins/postgres/embedded/engine.js')).href;

const pgdata = (folder: string) => join(folder, 'embedded', 'pgdata');
const publishers = '(SELECT count(*) FROM publishers)';

/** Puts a row into the user's database, as a user might with PGlite itself. */
async function addPublisher(folder: string): Promise<void> {
  const { pg } = await openPglite({ kind: 'folder', path: pgdata(folder) });
  await pg.exec("INSERT INTO publishers (name, country) VALUES ('Own Hand', 'NL')");
  await pg.close();
}

/** A gateway's engine in a process of its own; resolves when it has answered. */
async function otherProcess(folder: string, then: string): Promise<ChildProcess> {
  const script = `
    const { openEmbeddedEngine } = await import(${JSON.stringify(engineUrl)});
    const log = { debug() {}, info() {}, warn() {}, error() {}, child: () => log };
    const engine = openEmbeddedEngine({ dataFolder: ${JSON.stringify(folder)}, log });
    await engine.catalog('SELECT 1', []);
    console.log('answered');
    ${then}`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  await once(child.stdout, 'data');
  return child;
}

describe('the data folder', () => {
  test('is kept from one start to the next', async () => {
    const folder = testFolder();
    const first = openForTest(folder);
    expect(await value(first, publishers)).toBe('24');
    await first.close();
    expect(readdirSync(join(folder, 'embedded'))).toEqual(['pgdata']);
    await addPublisher(folder);
    const second = openForTest(folder);
    expect(await value(second, publishers)).toBe('25');
    expect(second.notice()).not.toContain('memory');
  });

  test('survives that a statement is stopped by force', async () => {
    const folder = testFolder();
    await openAndClose(folder);
    await addPublisher(folder);
    const engine = openForTest(folder);
    await expect(ask(engine, endless, { timeoutMs: 300 })).rejects.toMatchObject({ code: 'timeout' });
    expect(await value(engine, publishers)).toBe('25');
    expect(engine.notice()).not.toContain('could not be opened');
  });

  test('loses the spill files of a statement that was stopped', async () => {
    const folder = testFolder();
    const engine = openForTest(folder);
    const spills = () => {
      const temporary = join(pgdata(folder), 'base', 'pgsql_tmp');
      return existsSync(temporary) ? readdirSync(temporary).length : 0;
    };
    await value(engine, '1');
    const caller = new AbortController();
    const spilling = 'SELECT g, pg_sleep(1) FROM (SELECT g FROM generate_series(1, 500000) AS g ORDER BY g DESC) AS s';
    const stopped = ask(engine, spilling, { signal: caller.signal }).catch((error) => error.code);
    await expect.poll(spills, { timeout: 15_000 }).toBeGreaterThan(0);
    caller.abort();
    expect(await stopped).toBe('cancelled');
    await value(engine, '1');
    expect(spills()).toBe(0);
  });

  test.each<[string, (pgdata: string) => void, RegExp]>([
    ['of another version', (path) => writeFileSync(join(path, 'PG_VERSION'), '17\n'), /PostgreSQL version 17/],
    ['without a control file', (path) => rmSync(join(path, 'global', 'pg_control')), /pg_control/],
    ['that is something else', (path) => rmSync(join(path, 'PG_VERSION')), /no PG_VERSION/],
  ])('%s is moved aside, never deleted, and a fresh one made', async (_what, damage, reason) => {
    const folder = testFolder();
    await openAndClose(folder);
    writeFileSync(join(pgdata(folder), 'mine.txt'), 'do not lose me');
    damage(pgdata(folder));

    const engine = openForTest(folder);
    expect(await value(engine, publishers)).toBe('24');
    expect(engine.state()).toEqual({ is: 'up' });
    expect(engine.notice()).toMatch(reason);
    const [kept = ''] = readdirSync(join(folder, 'embedded')).filter((name) => name.includes('set-aside'));
    expect(engine.notice()).toContain(`kept as ${kept}`);
    expect(engine.notice()).not.toContain(folder);
    expect(readFileSync(join(folder, 'embedded', kept, 'mine.txt'), 'utf8')).toBe('do not lose me');
    expect(existsSync(pgdata(folder))).toBe(true);
  });

  test('that is deleted while it is open is made again', async () => {
    const folder = testFolder();
    const engine = openForTest(folder);
    await value(engine, '1');
    rmSync(join(folder, 'embedded'), { recursive: true });
    await expect(ask(engine, 'SELECT count(*) FROM order_items, reviews')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('try again'),
    });
    expect(engine.state()).toMatchObject({ is: 'starting', reason: expect.stringContaining('lost') });
    expect(await value(engine, publishers)).toBe('24');
    expect(existsSync(join(pgdata(folder), 'PG_VERSION'))).toBe(true);
  });

  test('that misses a table for good is moved aside', async () => {
    const folder = testFolder();
    const engine = openForTest(folder);
    const file = await value(engine, "pg_relation_filepath('publishers')");
    await engine.close();
    rmSync(join(pgdata(folder), String(file)));
    const damaged = openForTest(folder);
    for (const _ of [1, 2]) await expect(value(damaged, publishers)).rejects.toMatchObject({ code: 'unavailable' });
    expect(await value(damaged, publishers)).toBe('24');
    expect(damaged.notice()).toContain('kept as pgdata-set-aside');
  });

  test('that was left half made is made again', async () => {
    const folder = testFolder();
    mkdirSync(`${pgdata(folder)}.unfinished`, { recursive: true });
    writeFileSync(`${pgdata(folder)}.unfinished/PG_VERSION`, '18\n');
    expect(await value(openForTest(folder), publishers)).toBe('24');
  });

  test('that cannot be written to is replaced by memory, and that is said', async () => {
    const file = join(testFolder(), 'file');
    writeFileSync(file, '');
    const engine = openForTest(join(file, 'data'));
    expect(await value(engine, publishers)).toBe('24');
    expect(engine.notice()).toMatch(/data folder cannot be used \(ENOTDIR\).*in memory/);
  });
});

describe('two at once', () => {
  test('the second gets a copy in memory, says so, and leaves the folder alone', async () => {
    const folder = testFolder();
    await openAndClose(folder);
    await addPublisher(folder);
    const first = openForTest(folder);
    expect(await value(first, publishers)).toBe('25');
    const second = openForTest(folder);
    expect(await value(second, publishers)).toBe('24');
    expect(second.notice()).toContain(`Another gateway (process ${process.pid} on `);
    expect(await value(first, publishers)).toBe('25');
  });

  test('another process is noticed while it lives, and its folder is taken over when it has died', async () => {
    const folder = testFolder();
    const holder = await otherProcess(folder, 'setInterval(() => undefined, 1000)');
    const beside = openForTest(folder);
    expect(await value(beside, publishers)).toBe('24');
    expect(beside.notice()).toContain(`process ${holder.pid}`);
    await beside.close();

    holder.kill('SIGKILL');
    await once(holder, 'exit');
    const after = openForTest(folder);
    expect(await value(after, publishers)).toBe('24');
    expect(after.notice()).not.toContain('memory');
  });

  test.each<[string, object, boolean]>([
    ['a process id that nobody has', { pid: 2 ** 30, host: 'here' }, false],
    ['its own process id from before a restart', { pid: process.pid, host: 'here', identity: 'before' }, false],
    ['a host whose heartbeat is recent', { pid: 1, host: 'another-host' }, true],
  ])('a lock of %s is judged by whether its holder lives', async (_what, holder, lives) => {
    const folder = testFolder();
    const { hostname } = await import('node:os');
    mkdirSync(join(folder, 'embedded'));
    const content = JSON.stringify(holder).replace('"here"', JSON.stringify(hostname()));
    writeFileSync(`${pgdata(folder)}.lock`, content);
    const engine = openForTest(folder);
    await value(engine, '1');
    expect(engine.notice().includes('memory')).toBe(lives);
  });
});

describe('the process', () => {
  test('ends by itself after close, and without it', async () => {
    for (const end of ['await engine.close();', '']) {
      const child = await otherProcess(testFolder(), end);
      const [code] = await once(child, 'exit');
      expect(code).toBe(0);
    }
  });

  test('lives on while a call waits for the database to start', async () => {
    const child = await otherProcess(testFolder(), "console.log((await engine.catalog('SELECT 2', [])).length)");
    const [code] = await once(child, 'exit');
    expect(code).toBe(0);
  });
});

describe('the optional package', () => {
  /** The compiled gateway in a place from where no package can be found. */
  async function openCopy(prepare: (copy: string) => void) {
    const copy = testFolder();
    cpSync(join(root, 'dist/core'), join(copy, 'dist/core'), { recursive: true });
    cpSync(join(root, 'dist/plugins/postgres'), join(copy, 'dist/plugins/postgres'), { recursive: true });
    writeFileSync(join(copy, 'package.json'), '{ "type": "module" }');
    prepare(copy);
    const url = pathToFileURL(join(copy, 'dist/plugins/postgres/embedded/engine.js')).href;
    const { openEmbeddedEngine } = (await import(
      url
    )) as typeof import('../../../../dist/plugins/postgres/embedded/engine.js');
    const engine = openEmbeddedEngine({ dataFolder: testFolder(), log: silent });
    onTestFinished(() => engine.close());
    return engine;
  }

  test('where it is not installed, the state says so with both ways out', async () => {
    const engine = await openCopy(() => undefined);
    await expect(value(engine, '1')).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/pglite is not installed.*DATABASE_URL.*npm install @electric-sql\/pglite/),
    });
    expect(engine.state()).toMatchObject({ is: 'down', reason: expect.stringContaining('not installed') });
    await expect(value(engine, '1')).rejects.toMatchObject({ code: 'unavailable' });
  });

  test('where the build had no sample database, the state says so', async () => {
    const engine = await openCopy((copy) => {
      symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
      rmSync(join(copy, 'dist/plugins/postgres/embedded/sample.tar.br'));
    });
    await expect(value(engine, '1')).rejects.toMatchObject({ code: 'unavailable' });
    expect(engine.state()).toMatchObject({ is: 'down', reason: expect.stringContaining('npm run build') });
  });
});

async function openAndClose(folder: string): Promise<void> {
  const engine = openForTest(folder);
  await value(engine, '1');
  await engine.close();
}
