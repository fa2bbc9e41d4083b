import { Connection } from './connection.ts';
import { dial } from './dial.ts';
import { ConnectError, outageOf, passing } from './outage.ts';
import { type Address, type ServerTarget, showAddress } from './target.ts';

/**
 * Dials the target's addresses in turn, logs in at the first that will do. Each may take the target's connect
 * timeout. `usualTimeoutMs` is what most statements will be given. Rejects with a ConnectError.
 */
export async function openConnection(target: ServerTarget, usualTimeoutMs: number): Promise<Connection> {
  let failure: unknown;
  let primary: Connection | undefined;
  for (const address of target.addresses) {
    try {
      const connection = await openAt(target, address, usualTimeoutMs);
      if (target.role === 'any' || connection.standby === (target.role !== 'primary')) {
        primary?.close();
        return connection;
      }
      if (target.role === 'prefer-standby' && !primary) primary = connection;
      else connection.close();
      failure ??= new ConnectError(
        passing(`none of its servers is a ${target.role}`, 'Check target_session_attrs in the URL'),
      );
    } catch (error) {
      failure = error;
    }
  }
  if (primary) return primary;
  throw failure instanceof ConnectError ? failure : new ConnectError(outageOf(failure, target), { cause: failure });
}

async function openAt(target: ServerTarget, address: Address, usualTimeoutMs: number): Promise<Connection> {
  const startedAt = performance.now();
  const socket = await dial(target, address, target.connectTimeoutMs);
  const connection = new Connection(socket, target, address);
  const left = Math.max(100, target.connectTimeoutMs - (performance.now() - startedAt));
  const timer = setTimeout(() => {
    const outage = passing(
      `${showAddress(address)} took the connection but did not finish the login within ${target.connectTimeoutMs} ms`,
      'Check that a PostgreSQL server listens there',
    );
    socket.destroy(new ConnectError(outage));
  }, left);
  try {
    await connection.logIn(usualTimeoutMs);
    return connection;
  } catch (error) {
    connection.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
