import { describe, expect, test } from 'vitest';
import { GatewayError } from '../../../../src/core/errors.ts';
import { parseTarget } from '../../../../src/plugins/postgres/server/target.ts';

describe('a database URL', () => {
  test.each([
    ['postgres://u:p@db.example:6000/shop', 'db.example:6000/shop', 'u', 'p'],
    ['postgresql://u@db.example', 'db.example:5432/u', 'u', ''],
    ['POSTGRES://u:p@[::1]:6000/shop', '[::1]:6000/shop', 'u', 'p'],
    ['postgres://u:p%40ss%2Fw%23rd%3F%25@h/shop', 'h:5432/shop', 'u', 'p@ss/w#rd?%'],
    ['postgres://u:p@ss:w%rd$&+!@h/shop', 'h:5432/shop', 'u', 'p@ss:w%rd$&+!'],
    ['postgres://us%20er:p@h/my%20shop', 'h:5432/my shop', 'us er', 'p'],
    ['postgres://u:p@a:1111,b:2222,c/shop', 'a:1111,b:2222,c:5432/shop', 'u', 'p'],
    ['postgres://u:p@%2Fvar%2Frun%2Fpostgresql/shop', '/var/run/postgresql/.s.PGSQL.5432/shop', 'u', 'p'],
    ['postgres://u:p@/shop?host=/tmp/pg&port=6000', '/tmp/pg/.s.PGSQL.6000/shop', 'u', 'p'],
    ['postgres:///shop?user=u&password=p', 'localhost:5432/shop', 'u', 'p'],
  ])('%s is understood', (url, shown, user, password) => {
    const target = parseTarget(url);
    expect([target.shown, target.user, target.password]).toEqual([shown, user, password]);
  });

  test('that other clients have decorated is taken without what means nothing here', () => {
    const neon = parseTarget(
      'postgresql://u:p@ep-x.neon.tech/db?sslmode=require&channel_binding=require&options=endpoint%3Dep-x',
    );
    expect([neon.tls.mode, neon.options, neon.ignored]).toEqual(['require', 'endpoint=ep-x', []]);
    const prisma = parseTarget('postgresql://u:p@h/db?schema=sales&pgbouncer=true&connection_limit=1&pool_timeout=0');
    expect([prisma.searchPath, prisma.ignored]).toEqual([['sales'], []]);
    const odd = parseTarget('postgresql://u:p@h/db?application_name=me&connect_timeout=3&frobnicate=1');
    expect([odd.applicationName, odd.connectTimeoutMs, odd.ignored]).toEqual(['me', 3000, ['frobnicate']]);
    expect(parseTarget('postgresql://u:p@h/db').applicationName).toBe('mcp-sse-gateway');
  });

  test.each([
    ['', 'prefer'],
    ['?sslmode=disable', 'disable'],
    ['?sslmode=allow', 'prefer'],
    ['?ssl=true', 'require'],
    ['?sslmode=verify-ca&sslrootcert=/ca.pem', 'verify-ca'],
    ['?sslmode=verify-full&sslrootcert=system', 'verify-full'],
  ])('with %s asks for TLS as libpq would: %s', (query, mode) => {
    expect(parseTarget(`postgres://u:p@h/db${query}`).tls.mode).toBe(mode);
  });

  test.each([
    ['mysql://u:hunter2@h/db', 'does not start with postgres://'],
    ['hunter2', 'does not start with postgres://'],
    ['postgres://u:hunter2@h:notaport/db', 'its port is not a number'],
    ['postgres://u:hun/hunter2@h/db', 'write / as %2F'],
    ['postgres://u:12/hunter2@h/db', 'write / as %2F'],
    ['postgres://u:12?hunter2@h/db', '? as %3F'],
    ['postgres://u:12#hunter2@h/db', '# as %23'],
    ['postgres://u:hunter2@::1/db', 'brackets'],
    ['postgres://u:hunter2%00@h/db', 'NUL'],
    ['postgres://u:hunter2@h/db?sslmode=sometimes', 'its sslmode is not one of'],
    ['postgres://u:hunter2@h/db?connect_timeout=soon', 'its connect_timeout is not a number'],
    ['postgres://u:hunter2@h/db?target_session_attrs=best', 'its target_session_attrs is not one of'],
  ])('%s is refused without repeating the password', (url, reason) => {
    const refuse = () => parseTarget(url);
    expect(refuse).toThrow(GatewayError);
    expect(refuse).toThrow(reason);
    expect(refuse).not.toThrow('hunter2');
  });
});
